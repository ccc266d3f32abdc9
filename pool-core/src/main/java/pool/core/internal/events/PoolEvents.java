package pool.core.internal.events;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;
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
 *
 * <p>Nothing that is told here is thrown at the pool. When memory is short, or a class of the
 * recorder's cannot be initialized, an event is lost.
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
    try {
      JfrEvents.initialize();
    } catch (Throwable e) {
      // nothing is recorded
    }
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
    try {
      if (listening != null) {
        Instant at = Instant.now();
        listening.tell(listener -> event.tell(listener, at));
      }
    } catch (Throwable e) {
      // lost
    }
  }

  private static Timing timing(Supplier<JfrEvents.@Nullable WorkerEvent> flight) {
    try {
      return new Timing(flight.get());
    } catch (Throwable e) { // it is not recorded
      return new Timing(null);
    }
  }

  // The pool, under its lock

  public void stateIs(PoolState state) {
    try {
      tell((listener, at) -> listener.stateChanged(state, at));
      JfrEvents.stateIs(pool, state);
    } catch (Throwable e) {
      // lost
    }
  }

  /** Nothing more is told; what happened before still is. */
  public void closed() {
    try {
      if (listening != null) {
        Instant at = Instant.now();
        listening.end(listener -> listener.stateChanged(PoolState.CLOSED, at));
      }
    } catch (Throwable e) {
      listening.end(_ -> {}); // there is no memory for what is to be told
    }
    try {
      JfrEvents.stateIs(pool, PoolState.CLOSED);
    } catch (Throwable e) {
      // lost
    }
  }

  public void queueIsFull() {
    try {
      tell(PoolListener::queueFull);
      JfrEvents.queueIsFull(pool);
    } catch (Throwable e) {
      // lost
    }
  }

  // Workers

  /** Something that takes time begins on this thread. */
  public Timing opens(String worker) {
    return timing(() -> JfrEvents.opens(pool, worker));
  }

  public Duration opened(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerOpened(worker, ended.minus(took), took));
    return took;
  }

  public void notOpened(String worker, Throwable cause) {
    try {
      tell((listener, at) -> listener.workerNotOpened(worker, at, cause));
      JfrEvents.notOpened(pool, worker, cause);
    } catch (Throwable e) {
      // lost
    }
  }

  public void broke(String worker, Throwable cause) {
    try {
      tell((listener, at) -> listener.workerBroke(worker, at, cause));
      JfrEvents.broke(pool, worker, cause);
    } catch (Throwable e) {
      // lost
    }
  }

  /**
   * A worker is abandoned. Under the pool's lock: once it is not counted on, another may end the
   * closing. The recorder asks the job for its text, which may hang: not on this thread.
   */
  public void abandoned(CloseReport.Abandoned abandoned, HelperThreads threads) {
    try {
      tell((listener, at) -> listener.workerAbandoned(abandoned, at));
      if (JfrEvents.recordsAbandonments()) {
        Thread _ =
            threads.start(
                "recorder", () -> JfrEvents.abandoned(pool, abandoned), "nothing is recorded");
      }
    } catch (Throwable e) {
      // lost
    }
  }

  /** The worker that comes is to be the how many-th of its slot. */
  public void replaces(String worker, int slot, ReplaceReason why, int number) {
    try {
      tell((listener, at) -> listener.workerReplaced(worker, at, why));
      JfrEvents.replaces(pool, worker, slot, why, number);
    } catch (Throwable e) {
      // lost
    }
  }

  public Timing finishes(String worker) {
    return timing(() -> JfrEvents.finishes(pool, worker));
  }

  public void finished(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerFinished(worker, ended.minus(took), took));
  }

  public Timing closes(String worker) {
    return timing(() -> JfrEvents.closes(pool, worker));
  }

  public Duration closed(String worker, Timing timing) {
    Duration took = timing.end();
    tell((listener, ended) -> listener.workerClosed(worker, ended.minus(took), took));
    return took;
  }

  // Jobs, on their worker

  /** Whether somebody wants to know of each run. */
  public boolean timesJobs() {
    try {
      return listening != null || JfrEvents.recordsJobs();
    } catch (Throwable e) { // it is not recorded
      return false;
    }
  }

  public Timing runs(String worker) {
    return timing(() -> JfrEvents.runs(pool, worker));
  }

  /** What is to be told of a run. */
  public record Ran(JobRun run, JfrEvents.@Nullable WorkerEvent flight) {}

  /** A run has returned, and its job has settled. */
  public void ran(Ran told) {
    try {
      if (told.flight != null) {
        JfrEvents.ran(told.flight, told.run);
      }
      if (listening != null) {
        listening.tell(listener -> listener.jobRan(told.run));
      }
    } catch (Throwable e) {
      // lost
    }
  }

  /** A job is to be run again later. */
  public void putOff(String worker, Object job, Duration delay, Throwable cause) {
    try {
      tell((listener, at) -> listener.jobPutOff(worker, job, at, delay, cause));
      JfrEvents.putOff(pool, worker, job, delay, cause);
    } catch (Throwable e) {
      // lost
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
      try {
        if (flight != null) {
          flight.commit();
        }
      } catch (Throwable e) {
        // lost
      }
      return Duration.ofNanos(System.nanoTime() - began);
    }

    public long began() {
      return began;
    }

    /** The run has returned. */
    public Ran ran(
        String worker,
        Object job,
        int jobs,
        long waited,
        @Nullable Throwable failure,
        boolean dropped) {
      if (flight != null) {
        flight.end();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - began);
      JobRun run =
          new JobRun(
              worker,
              job,
              Instant.now().minus(took),
              Duration.ofNanos(waited),
              took,
              Optional.ofNullable(failure),
              dropped,
              jobs);
      return new Ran(run, flight);
    }
  }
}
