package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;

/** A JVM that has {@code java.base} only. */
@Timeout(60)
class WithoutManagementTest {

  static final class Program {
    private Program() {}

    @SuppressWarnings("SystemOut")
    public static void main(String[] args) {
      WorkerFactory<String, String> same =
          WorkerFactory.of("same", String.class, String.class, _ -> job -> job);
      PoolMeter meter = new PoolMeter();
      try (var pool = WorkerPool.of(same).workers(2).listener(meter).open()) {
        System.out.println("ran " + pool.map(List.of("one", "two")));
      }
      System.out.println("modules " + ModuleLayer.boot().modules().size());
    }
  }

  @Test
  void aPoolWorksAndNothingOfItsMBeanIsLoaded() throws Exception {
    List<String> options = List.of("--limit-modules=java.base", "-Xlog:class+load:stdout:none");
    ChildJvm.Ended ended = ChildJvm.run(options, Program.class);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(1, ended.count("ran [one, two]"), ended::toString);
    assertEquals(1, ended.count("modules 1"), ended::toString);
    assertEquals(1, ended.count("pool.core.WorkerPool "), "the classes that are loaded are told");
    assertTrue(
        ended.lines().stream().noneMatch(line -> line.contains("jmx") || line.contains("javax.m")),
        ended::toString);
  }
}
