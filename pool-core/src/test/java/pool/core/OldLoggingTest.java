package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** A class path with SLF4J 1.7, which somebody else has brought: it has no fluent calls. */
@Timeout(60)
class OldLoggingTest {

  static final class Program {
    private Program() {}

    public static void main(String[] args) {
      WorkerFactory<String, String> breaks =
          WorkerFactory.of(
              "breaks",
              String.class,
              String.class,
              _ ->
                  _ -> {
                    throw new WorkerBrokenException("the line is dead");
                  });
      try (var pool = WorkerPool.of(breaks).name("old").workers(1).open()) {
        List<?> _ = pool.mapAll(List.of("one"));
      }
    }
  }

  @Test
  void everyLineIsThereWithItsCause() throws Exception {
    List<String> logging;
    try (Stream<Path> jars = Files.list(Path.of("target", "slf4j-1.7").toAbsolutePath())) {
      logging = jars.map(Path::toString).toList();
    }
    assertFalse(logging.isEmpty());
    ChildJvm.Ended ended =
        ChildJvm.run(
            List.of(),
            List.of(
                "-Dorg.slf4j.simpleLogger.logFile=System.out",
                "-Dorg.slf4j.simpleLogger.defaultLogLevel=debug",
                "-Dorg.slf4j.simpleLogger.showThreadName=false"),
            logging,
            Program.class);
    assertEquals(0, ended.status(), ended::toString);
    String line = " pool.core.WorkerPool - ";
    assertEquals(1, ended.count("WARN" + line + "old-0 broke: "), ended::toString);
    assertEquals(
        1, ended.count("pool.api.WorkerBrokenException: the line is dead"), ended::toString);
    assertEquals(1, ended.count("INFO" + line + "pool 'old' closed cleanly"), ended::toString);
  }
}
