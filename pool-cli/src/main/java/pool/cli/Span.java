package pool.cli;

import org.jspecify.annotations.Nullable;
import pool.core.JobRun;

/**
 * What a worker did for some time.
 *
 * @param worker the worker's name
 * @param kind what it did
 * @param from when it began, in nanoseconds since the beginning of the run
 * @param nanos how long it took
 * @param run the run of a job; null for all other kinds
 */
record Span(String worker, Kind kind, long from, long nanos, @Nullable JobRun run) {

  enum Kind {
    OPEN,
    JOB,
    IDLE,
    FINISH,
    CLOSE;

    /** The kind in lower case, for people. */
    String word() {
      return switch (this) {
        case OPEN -> "open";
        case JOB -> "job";
        case IDLE -> "idle";
        case FINISH -> "finish";
        case CLOSE -> "close";
      };
    }
  }

  long to() {
    return from + nanos;
  }

  /** Returns whether it is a run that threw. */
  boolean hasFailed() {
    return run != null && run.failure().isPresent();
  }
}
