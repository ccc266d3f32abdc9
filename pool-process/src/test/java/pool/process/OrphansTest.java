package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pool.core.WorkerPool;

/** Children whose parent is killed. */
@Timeout(60)
class OrphansTest {

  @TempDir Path folder;

  /** A parent: opens a pool, tells its children, and runs a job in each. */
  static final class Parent {

    private Parent() {}

    public static void main(String[] arguments) throws InterruptedException {
      var pool =
          WorkerPool.of(ProcessFactory.of(TroubleFactory.class).heap("64m"))
              .workers(2)
              .option("journal", arguments[0])
              .option("in-cancel", arguments[2])
              .open();
      pool.broadcast("pid").forEach(outcome -> System.out.println(outcome.orElseThrow()));
      System.out.println("ready");
      var _ = pool.broadcast(arguments[1]);
      Thread.currentThread().join(); // until it is killed
    }
  }

  /** One that has ended may be in the process table until the system's first process sees to it. */
  private static boolean runs(ProcessHandle child) {
    try {
      String state = Files.readString(Path.of("/proc/" + child.pid() + "/stat"));
      return !state.substring(state.lastIndexOf(')')).startsWith(") Z");
    } catch (IOException e) {
      return child.isAlive();
    }
  }

  private static long count(Path journal, String what) throws Exception {
    try (Stream<String> lines = Files.lines(journal)) {
      return lines.filter(line -> line.startsWith(what)).count();
    }
  }

  @ParameterizedTest
  @CsvSource({"good, ''", "sleep, ''", "loop, ''", "sleep, loop"})
  void aChildClosesItsWorkerAndEndsWithinTwoSecondsOfItsParent(String job, String inCancel)
      throws Exception {
    Path journal = folder.resolve("journal");
    Process parent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                "-Djava.io.tmpdir=" + folder,
                Parent.class.getName(),
                journal.toString(),
                job,
                inCancel)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader lines = parent.inputReader()) {
      List<ProcessHandle> children =
          lines
              .lines()
              .takeWhile(line -> !line.equals("ready"))
              .map(line -> ProcessHandle.of(Long.parseLong(line)).orElseThrow())
              .toList();
      assertEquals(2, children.size());
      while (!job.equals("good") && count(journal, "begin") < 2) { // bounded by the time-out
        Thread.sleep(5);
      }
      parent.destroyForcibly().waitFor();
      long killed = System.nanoTime();
      for (ProcessHandle child : children) {
        while (runs(child)) { // onExit looks only every two seconds at others' children
          Thread.sleep(5);
        }
      }
      Duration took = Duration.ofNanos(System.nanoTime() - killed);
      assertTrue(took.toMillis() < 2_500, took::toString); // two seconds, and to be scheduled
      assertEquals(0, count(journal, "finish"));
      assertEquals((job + inCancel).contains("loop") ? 0 : 2, count(journal, "close"));
    }
    try (var files = Files.list(folder)) {
      assertEquals(List.of(journal), files.filter(f -> !f.toString().contains("hsperf")).toList());
    }
  }
}
