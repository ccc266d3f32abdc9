package pool.cli;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;
import pool.cli.input.InputLine;
import pool.core.JobRun;

/** A line of input and the job that the factory made of it. */
final class Line {

  private final InputLine read;
  private final String text;
  private final @Nullable Object job;

  private volatile @Nullable Run run; // the last one; its worker writes it
  private volatile @Nullable Throwable thrown;

  // Its reader sets it to true, at which a worker that waits for that goes on.
  private volatile boolean isWatched;
  private volatile @Nullable Thread waiting;

  /**
   * A run of the job.
   *
   * @param worker that does it
   * @param attempt its number, from 1
   * @param since when it began, in milliseconds since 1970
   * @param from the same by the clock of the JVM, in nanoseconds
   */
  record Run(String worker, int attempt, long since, long from) {

    /** When it began, in UTC. */
    String began() {
      return UtcTime.text(since);
    }

    /** For how long it has run, with three decimals. */
    String millis() {
      long micros = Math.max(0, System.nanoTime() - from) / 1_000;
      long rest = micros % 1_000;
      return micros / 1_000 + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + rest;
    }
  }

  /**
   * A line that was read.
   *
   * @param read what was read
   * @param text as it is shown, see {@link #shown}
   * @param job what it means, null when it makes no job
   */
  Line(InputLine read, String text, @Nullable Object job) {
    this.read = read;
    this.text = text;
    this.job = job;
  }

  /** What was read, without the credentials of URLs: outcomes, traces and reports go to others. */
  static String shown(String read) {
    return Credentials.hiddenInUrls(read);
  }

  /** The line that ran; of a batch the first. */
  static Line of(JobRun run) {
    return (Line) (run.job() instanceof List<?> batch ? batch.getFirst() : run.job());
  }

  /** What ran: the text of the line, and how many others with it. */
  static String textOf(JobRun run) {
    String text = of(run).text();
    return run.jobs() == 1 ? text : "%s (and %d more)".formatted(text, run.jobs() - 1);
  }

  long number() {
    return read.number();
  }

  int hash() {
    return read.hash();
  }

  String text() {
    return text;
  }

  Object job() {
    return Objects.requireNonNull(job, "no such line is submitted");
  }

  /** Its last run, null when there was none. */
  @Nullable Run run() {
    return run;
  }

  /** Whoever is told of its end has said so. */
  void isWatched() {
    isWatched = true;
    LockSupport.unpark(waiting);
  }

  /**
   * A worker begins to run it. The worker waits for {@link #isWatched}, so that it is the worker
   * which tells of the end, before it begins the next job.
   */
  void begins(String worker) {
    waiting = isWatched ? null : Thread.currentThread();
    while (!isWatched) {
      LockSupport.park(this);
    }
    Run before = run;
    int attempt = before == null ? 1 : before.attempt() + 1;
    run = new Run(worker, attempt, System.currentTimeMillis(), System.nanoTime());
  }

  /** Its run threw that, on the worker. */
  void threw(Throwable e) {
    thrown = e;
  }

  /**
   * Whether a failure is what its run threw, which may be of any class: then the job was run and
   * has failed. Else it is the pool that tells what became of the job.
   */
  @SuppressWarnings("ReferenceEquality")
  boolean hasThrown(Throwable e) {
    return thrown == e;
  }
}
