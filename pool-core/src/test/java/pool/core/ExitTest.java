package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.Logger;
import pool.api.Worker;

/** A pool that is still open when its JVM ends closes every worker; seen from another JVM. */
@Timeout(60)
class ExitTest {

  private record Ended(int status, List<String> lines) {
    long count(String prefix) {
      return lines.stream().filter(line -> line.startsWith(prefix)).count();
    }
  }

  private static Ended run(ThreadKind threads, String way) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                ExitProgram.class.getName(),
                threads.name(),
                way)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    List<String> lines = new ArrayList<>();
    try (BufferedReader out = child.inputReader()) {
      String line;
      while ((line = out.readLine()) != null) {
        lines.add(line);
        if (line.equals("ready")) {
          child.toHandle().destroy(); // SIGTERM; Process.destroy would close the stream
        }
      }
    }
    assertTrue(child.waitFor(20, TimeUnit.SECONDS));
    return new Ended(child.exitValue(), lines);
  }

  private static String classPath() throws Exception {
    List<String> parts = new ArrayList<>();
    for (Class<?> type : List.of(Worker.class, WorkerPool.class, ExitProgram.class, Logger.class)) {
      parts.add(
          Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    // Classes of the module that the tests patch all claim to come from the module itself.
    parts.add(Path.of("target", "test-classes").toAbsolutePath().toString());
    return String.join(File.pathSeparator, parts);
  }

  @ParameterizedTest
  @EnumSource
  void mainReturns(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "return"), 0);
  }

  @ParameterizedTest
  @EnumSource
  void systemExit(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "exit"), 5);
  }

  @ParameterizedTest
  @EnumSource
  void sigterm(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "sigterm"), 128 + 15);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatCallsExitIsNotWaitedFor(ThreadKind threads) throws Exception {
    Ended ended = run(threads, "worker");
    assertEquals(7, ended.status());
    assertEquals(ExitProgram.WORKERS - 1, ended.count("close"));
  }

  private static void assertClosed(Ended ended, int status) {
    assertEquals(status, ended.status(), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("open"), ended::toString);
    assertEquals(9, ended.count("ran"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("finish"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("close"), ended::toString);
  }
}
