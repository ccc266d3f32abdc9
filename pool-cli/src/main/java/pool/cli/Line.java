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

  // Each becomes true once; then a worker that waits for it goes on.
  private volatile boolean isWatched;
  private volatile boolean isRecorded;
  private volatile @Nullable Thread waiting; // the worker

  /** A run of the job. Its worker creates it, and notes its end. */
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

    /** The number of the run, from 1. */
    int attempt() {
      return attempt;
    }

    /** When the run began, in UTC. */
    String began() {
      return UtcTime.text(since);
    }

    /** The duration, so far if the run goes on, in milliseconds with three decimals. */
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
   * @param recorder records its outcome
   * @param read what was read
   * @param text as it is shown, see {@link #shown}
   * @param job the job that the line means, null when it makes none
   */
  Line(Recorder recorder, InputLine read, String text, @Nullable Object job) {
    this.recorder = recorder;
    this.read = read;
    this.text = text;
    this.job = job;
  }

  /**
   * What was read, with credentials in URLs hidden, since other people see outcomes and reports.
   */
  static String shown(String read) {
    return Credentials.hiddenInUrls(read);
  }

  /** The line that ran; for a batch the first one. */
  static Line of(JobRun run) {
    return (Line) (run.job() instanceof List<?> batch ? batch.getFirst() : run.job());
  }

  /** The text of the line that ran, and how many others ran with it. */
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

  /** The last run of the job, null when there was none. */
  @Nullable Run run() {
    return run;
  }

  /** From now on the end will be recorded, whichever thread settles the job: a worker may begin. */
  void watched() {
    isWatched = true;
    LockSupport.unpark(waiting);
  }

  /** The outcome has been recorded: the worker may begin another job. */
  void recorded() {
    isRecorded = true;
    LockSupport.unpark(waiting);
  }

  /**
   * Begins a run on a worker, after the end is sure to be recorded.
   *
   * @throws NoOutputException when it cannot be recorded any more
   */
  void begins(String worker) throws NoOutputException, InterruptedException {
    await(() -> isWatched);
    recorder.requireOutput();
    Run before = run;
    run = new Run(worker, before == null ? 1 : before.attempt() + 1);
  }

  /** Notes the end of the run. */
  void ends() {
    Run last = run;
    if (last != null) {
      last.ends();
    }
  }

  /** Returns when the outcome is recorded; called by the worker that ran the job last. */
  void awaitRecord() throws InterruptedException {
    await(() -> isRecorded);
  }

  /**
   * Waits even when it is interrupted, and throws afterwards, because the job that was to begin is
   * no longer wanted.
   */
  private void await(BooleanSupplier condition) throws InterruptedException {
    if (condition.getAsBoolean()) {
      return;
    }
    waiting = Thread.currentThread(); // before the condition is checked again
    boolean wasInterrupted = false;
    while (!condition.getAsBoolean()) {
      LockSupport.park(this);
      wasInterrupted |= Thread.interrupted();
    }
    if (wasInterrupted) {
      throw new InterruptedException();
    }
  }

  /** Notes what the run threw, on the worker. */
  void threw(Throwable e) {
    thrown = e;
  }

  /**
   * Returns whether a failure is what the run threw, which may be of any class. Then the job was
   * run and has failed; otherwise the failure comes from the pool.
   */
  @SuppressWarnings("ReferenceEquality")
  boolean hasThrown(Throwable e) {
    return thrown == e;
  }
}
