package pool.cli;

import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;
import pool.cli.input.InputLine;
import pool.core.JobRun;

/** A line of input and the job that the factory made of it. */
final class Line {

  private final Recorder recorder;
  private final InputLine read;
  private final String text;
  private final @Nullable Object job;

  private volatile @Nullable Run run; // the last one; its worker writes it
  private volatile @Nullable Throwable thrown;

  // Each becomes true once, at which a worker that waits for that goes on.
  private volatile boolean isWatched;
  private volatile boolean isRecorded;
  private volatile @Nullable Thread waiting; // the worker

  /** A run of the job. Its worker makes it, and says when it is over. */
  static final class Run {

    private static final long GOES_ON = -1;

    private final String worker;
    private final int attempt;
    private final long since = System.currentTimeMillis();
    private final long from = System.nanoTime();
    private volatile long nanos = GOES_ON;

    private Run(String worker, int attempt) {
      this.worker = worker;
      this.attempt = attempt;
    }

    String worker() {
      return worker;
    }

    /** Its number, from 1. */
    int attempt() {
      return attempt;
    }

    /** When it began, in UTC. */
    String began() {
      return UtcTime.text(since);
    }

    /** How long it took, or has taken so far, with three decimals. */
    String millis() {
      long took = nanos == GOES_ON ? System.nanoTime() - from : nanos;
      long micros = Math.max(0, took) / 1_000;
      long rest = micros % 1_000;
      return micros / 1_000 + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + rest;
    }

    private void ends() {
      nanos = System.nanoTime() - from;
    }
  }

  /**
   * A line that was read.
   *
   * @param recorder will have its outcome
   * @param read what was read
   * @param text as it is shown, see {@link #shown}
   * @param job what it means, null when it makes no job
   */
  Line(Recorder recorder, InputLine read, String text, @Nullable Object job) {
    this.recorder = recorder;
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

  @Override
  public String toString() {
    return text;
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

  /** Its end will be recorded, whoever settles its job: a worker may begin it. */
  void watched() {
    isWatched = true;
    LockSupport.unpark(waiting);
  }

  /** Its outcome is where it belongs: its worker may begin another job. */
  void recorded() {
    isRecorded = true;
    LockSupport.unpark(waiting);
  }

  /**
   * A worker begins to run it, once its end will be recorded.
   *
   * @throws NoOutputException when it will not
   */
  void begins(String worker) throws NoOutputException, InterruptedException {
    await(() -> isWatched);
    recorder.requireOutput();
    Run before = run;
    run = new Run(worker, before == null ? 1 : before.attempt() + 1);
  }

  /** The run is over. */
  void ends() {
    Run last = run;
    if (last != null) {
      last.ends();
    }
  }

  /** Returns when it is recorded; called by the worker that has run it last. */
  void awaitRecord() throws InterruptedException {
    await(() -> isRecorded);
  }

  /**
   * Waits also when it is interrupted, and says so then: the job that was to begin is not wanted.
   */
  private void await(BooleanSupplier condition) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return;
    }
    waiting = Thread.currentThread(); // before the condition is looked at again
    boolean wasInterrupted = false;
    while (!condition.getAsBoolean()) {
      LockSupport.park(this);
      wasInterrupted |= Thread.interrupted();
    }
    if (wasInterrupted) {
      throw new InterruptedException();
    }
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
