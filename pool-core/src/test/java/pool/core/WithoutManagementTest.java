package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;

/** A JVM that has no more modules than {@code pool.core} requires of the JDK. */
@Timeout(60)
class WithoutManagementTest {

  static final class Program {
    private Program() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
      WorkerFactory<String, String> same =
          WorkerFactory.of("same", String.class, String.class, _ -> job -> job);
      try (var pool = WorkerPool.of(same).workers(2).open()) {
        System.out.println("ran " + pool.map(List.of("one", "two")));
      }
      System.out.println("modules " + ModuleLayer.boot().modules().size());
    }
  }

  @Test
  void aPoolWorksAndLoadsNothingOfManagement() throws Exception {
    List<String> options = List.of("--limit-modules=jdk.jfr", "-Xlog:class+load:stdout:none");
    ChildJvm.Ended ended = ChildJvm.run(options, Program.class);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(1, ended.count("ran [one, two]"), ended::toString);
    assertEquals(1, ended.count("modules 2"), ended::toString);
    assertEquals(1, ended.count("pool.core.WorkerPool "), "the classes that are loaded are told");
    assertTrue(
        ended.lines().stream().noneMatch(line -> line.contains("javax.management")),
        ended::toString);
  }
}
