package pool.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import pool.cli.input.LineCount;
import pool.core.PoolStats;
import pool.core.WorkerStats;

/** Shows on standard error how far a run is, on a thread that holds up no other. */
@SuppressWarnings("try") // close() may be interrupted
final class Progress implements AutoCloseable {

  /** The kinds to choose from. */
  enum Kind {
    AUTO,
    PLAIN,
    NONE
  }

  /** Shows progress; used by one thread. */
  interface Display {

    Duration interval();

    void show(Standing standing);

    void end();
  }

  private final Tally tally;
  private final Supplier<PoolStats> stats;
  private final CountDownLatch over = new CountDownLatch(1);
  private final Thread thread;

  // Used by the progress thread:
  private final TimeLeft timeLeft;
  private OptionalLong lines = OptionalLong.empty();

  /**
   * Begins.
   *
   * @param input the input if it is a file
   * @param before how many of its lines are not run again
   */
  Progress(
      Display display, Tally tally, Optional<Path> input, long before, Supplier<PoolStats> stats) {
    this.tally = tally;
    this.stats = stats;
    this.timeLeft = new TimeLeft(stats.get().workers().size());
    this.thread =
        Thread.ofPlatform().daemon(true).name("progress").start(() -> tell(display, input, before));
  }

  private void tell(Display display, Optional<Path> input, long before) {
    try {
      display.show(standing());
      lines =
          input.map(this::count).orElse(OptionalLong.empty()).stream()
              .map(all -> all - before)
              .findAny();
      while (!over.await(display.interval().toMillis(), TimeUnit.MILLISECONDS)) {
        display.show(standing());
      }
    } catch (InterruptedException e) {
      // nothing interrupts it, and nothing is lost
    } finally {
      display.end();
    }
  }

  private OptionalLong count(Path input) {
    try {
      return LineCount.of(input, () -> over.getCount() == 0);
    } catch (IOException e) {
      return OptionalLong.empty(); // the reader will report it
    }
  }

  private Standing standing() {
    long nanos = tally.nanos();
    long failed = tally.failed();
    long done = tally.succeeded() + failed;
    boolean stopping = tally.isStopping();
    boolean noneComes = stopping || tally.isReadWholly();
    OptionalLong all = noneComes ? OptionalLong.of(tally.read()) : lines;
    OptionalLong left =
        all.isEmpty() || stopping
            ? OptionalLong.empty()
            : timeLeft.at(nanos, done, all.getAsLong(), this::longestRun);
    return new Standing(done, failed, tally.notDone(), all, nanos, stopping, left);
  }

  private long longestRun() {
    Instant now = Instant.now();
    return stats.get().workers().stream()
        .map(WorkerStats::currentJobSince)
        .flatMap(Optional::stream)
        .mapToLong(since -> Duration.between(since, now).toNanos())
        .max()
        .orElse(0);
  }

  /** Returns when nothing more will be shown. */
  @Override
  public void close() throws InterruptedException {
    over.countDown();
    thread.join();
  }
}
