package pool.core.internal.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.PoolState;
import pool.core.ReplaceReason;
import pool.core.internal.util.HelperThreads;

/**
 * What happens to a pool, for those who look on: its listener, and the JVM's flight recorder. When
 * nobody does, a job costs the question whether somebody does, and no clock.
 */
public final class PoolEvents {

  private final String pool;
  private final @Nullable ListenerThread listening;

  public PoolEvents(String pool, @Nullable PoolListener listener) {
    this.pool = pool;
    this.listening = listener == null ? null : new ListenerThread(pool, listener);
  }

  /** Before the pool opens. */
  public void begin() {
    JfrEvents.initialize();
    if (listening != null) {
      listening.start();
    }
  }

  public void awaitEnd() throws InterruptedException {
    if (listening != null) {
      listening.awaitEnd(Duration.ofSeconds(1));
    }
  }

  /** An event that is told with the time of now. */
  private interface Event {
    void tell(PoolListener listener, Instant at);
  }

  private void tell(Event event) {
    if (listening != null) {
      Instant at = Instant.now();
      listening.tell(listener -> event.tell(listener, at));
    }
  }

  // The pool, under its lock

  public void stateIs(PoolState state) {
    tell((listener, at) -> listener.stateChanged(state, at));
    JfrEvents.stateIs(pool, state);
  }

  /** Nothing more is told; what happened before still is. */
  public void closed() {
    if (listening != null) {
      Instant at = Instant.now();
      listening.end(listener -> listener.stateChanged(PoolState.CLOSED, at));
    }
    JfrEvents.stateIs(pool, PoolState.CLOSED);
  }

  public void queueIsFull() {
    tell(PoolListener::queueFull);
    JfrEvents.queueIsFull(pool);
  }

  // Workers

  /** Something that takes time begins on this thread. */
  public Timing opens(String worker) {
    return new Timing(JfrEvents.opens(pool, worker));
  }

  public Duration opened(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerOpened(worker, ended.minus(took), took));
    return took;
  }

  public void notOpened(String worker, Throwable cause) {
    tell((listener, at) -> listener.workerNotOpened(worker, at, cause));
    JfrEvents.notOpened(pool, worker, cause);
  }

  public void broke(String worker, Throwable cause) {
    tell((listener, at) -> listener.workerBroke(worker, at, cause));
    JfrEvents.broke(pool, worker, cause);
  }

  /**
   * A worker is abandoned. Under the pool's lock: once it is not counted on, another may end the
   * closing. The recorder asks the job for its text, which may hang: not on this thread.
   */
  public void abandoned(CloseReport.Abandoned abandoned, HelperThreads threads) {
    tell((listener, at) -> listener.workerAbandoned(abandoned, at));
    if (JfrEvents.recordsAbandonments()) {
      Thread _ =
          threads.start(
              "recorder", () -> JfrEvents.abandoned(pool, abandoned), "nothing is recorded");
    }
  }

  /** The worker that comes is to be the how many-th of its slot. */
  public void replaces(String worker, int slot, ReplaceReason why, int number) {
    tell((listener, at) -> listener.workerReplaced(worker, at, why));
    JfrEvents.replaces(pool, worker, slot, why, number);
  }

  public Timing finishes(String worker) {
    return new Timing(JfrEvents.finishes(pool, worker));
  }

  public void finished(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerFinished(worker, ended.minus(took), took));
  }

  public Timing closes(String worker) {
    return new Timing(JfrEvents.closes(pool, worker));
  }

  public Duration closed(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerClosed(worker, ended.minus(took), took));
    return took;
  }

  // Jobs, on their worker

  /** Whether somebody wants to know of each run. */
  public boolean timesJobs() {
    return listening != null || JfrEvents.recordsJobs();
  }

  public Timing runs(String worker) {
    return new Timing(JfrEvents.runs(pool, worker));
  }

  /** What is to be told of a run. */
  public record Ran(
      Object job,
      Instant started,
      Duration waited,
      Duration took,
      @Nullable Throwable failure,
      boolean dropped,
      JfrEvents.@Nullable WorkerEvent flight) {}

  /** A run has returned, and its job has settled. */
  public void ran(String worker, Ran run) {
    if (run.flight != null) {
      JfrEvents.ran(run.flight, run);
    }
    if (listening != null) {
      JobRun told =
          new JobRun(
              worker,
              run.job,
              run.started,
              run.waited,
              run.took,
              Optional.ofNullable(run.failure),
              run.dropped);
      listening.tell(listener -> listener.jobRan(told));
    }
  }

  /** Something that takes time. */
  public static final class Timing {

    private final long began = System.nanoTime();
    private final JfrEvents.@Nullable WorkerEvent flight;

    Timing(JfrEvents.@Nullable WorkerEvent flight) {
      this.flight = flight;
    }

    Duration end() {
      if (flight != null) {
        flight.commit();
      }
      return Duration.ofNanos(System.nanoTime() - began);
    }

    public long began() {
      return began;
    }

    /** The run has returned. */
    public Ran ran(Object job, long waited, @Nullable Throwable failure, boolean dropped) {
      if (flight != null) {
        flight.end();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      Instant started = Instant.now().minus(took);
      return new Ran(job, started, Duration.ofNanos(waited), took, failure, dropped, flight);
    }
  }
}
