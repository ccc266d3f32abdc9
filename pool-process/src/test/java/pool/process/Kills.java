package pool.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import java.util.stream.Stream;
import pool.api.WorkerBrokenException;
import pool.core.CloseReport;
import pool.core.PoolStats;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/**
 * A pool of processes under load, of which one after the other is killed at a random moment: while
 * it opens, runs or idles. Each kill may cost one job, and nothing else.
 */
final class Kills {

  private static final int AT_A_TIME = 20; // jobs

  /** What was done. */
  record Tally(long kills, long jobs, long failed, long processes) {

    Tally plus(Tally other) {
      return new Tally(
          kills + other.kills,
          jobs + other.jobs,
          failed + other.failed,
          processes + other.processes);
    }

    @Override
    public String toString() {
      return "%,d kills, %,d processes, %,d jobs, of which %,d failed"
          .formatted(kills, processes, jobs, failed);
    }
  }

  private Kills() {}

  /**
   * Plays one pool.
   *
   * @param kills at least so many
   * @throws AssertionError when something was lost or is left
   */
  static Tally play(ThreadKind threads, int kills, long seed) throws Exception {
    long foldersBefore = folders();
    ProcessFactory<String, String> factory = ProcessFactory.of(TroubleFactory.class).heap("64m");
    List<CompletableFuture<String>> futures = new ArrayList<>();
    Set<Long> killed = new HashSet<>(); // by number: one that is killed is listed until it is gone
    PoolStats stats;
    try (var pool =
        WorkerPool.of(factory)
            .workers(2)
            .threads(threads)
            .openTimeout(Duration.ofSeconds(60))
            .open()) {
      Random random = new Random(seed);
      while (killed.size() < kills) {
        for (int i = 0; i < AT_A_TIME; i++) {
          futures.add(pool.submit("job " + i));
        }
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        killOne(random, killed);
      }
      CloseReport report = pool.shutdown(Duration.ofSeconds(60));
      require(report.abandoned().isEmpty(), () -> "abandoned: " + report.abandoned());
      require(report.notStartedJobs().isEmpty(), () -> "left: " + report.notStartedJobs());
      stats = pool.stats();
    }
    long failed = failures(futures);
    int most = killed.size();
    require(failed <= most, () -> failed + " jobs failed, with " + most + " kills");
    require(
        stats.submitted() == futures.size()
            && stats.failed() == failed
            && stats.succeeded() == futures.size() - failed,
        stats::toString);
    require(ProcessHandle.current().children().findAny().isEmpty(), () -> "a process is left");
    require(folders() == foldersBefore, () -> "a temporary folder is left");
    require(factory.counts().killed() == 0, () -> "all died: " + factory.counts());
    return new Tally(most, futures.size(), failed, factory.counts().started());
  }

  private static void killOne(Random random, Set<Long> killed) {
    List<ProcessHandle> children =
        ProcessHandle.current().children().filter(child -> !killed.contains(child.pid())).toList();
    if (!children.isEmpty()) {
      ProcessHandle child = children.get(random.nextInt(children.size()));
      if (child.destroyForcibly()) {
        killed.add(child.pid());
      }
    }
  }

  private static long failures(List<CompletableFuture<String>> futures) throws Exception {
    long failed = 0;
    for (int i = 0; i < futures.size(); i++) {
      int number = i % AT_A_TIME;
      try {
        String result = futures.get(i).get(0, TimeUnit.SECONDS);
        require(result.equals("job " + number), () -> "job " + number + " gave " + result);
      } catch (ExecutionException e) {
        require(e.getCause() instanceof WorkerBrokenException, () -> "failed with " + e.getCause());
        failed++;
      }
    }
    return failed;
  }

  private static void require(boolean holds, Supplier<String> otherwise) {
    if (!holds) {
      throw new AssertionError(otherwise.get());
    }
  }

  /** Of this library's sockets. */
  static long folders() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
      return files.filter(file -> file.getFileName().toString().matches("pool[0-9]+")).count();
    }
  }

  /** What this process has open; 0 where the system does not list it. */
  static long descriptors() throws IOException {
    Path open = Path.of("/proc/self/fd");
    if (!Files.isDirectory(open)) {
      return 0;
    }
    try (Stream<Path> files = Files.list(open)) {
      return files.count();
    }
  }
}
