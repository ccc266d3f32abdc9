package pool.cli;

import org.jspecify.annotations.Nullable;
import pool.core.JobRun;

/**
 * What a worker did for a while.
 *
 * @param worker its name
 * @param kind what that was
 * @param from when it began, in nanoseconds since the run did
 * @param nanos how long it took
 * @param run the job's, null of all else
 */
record Span(String worker, Kind kind, long from, long nanos, @Nullable JobRun run) {

  enum Kind {
    OPEN,
    JOB,
    IDLE,
    FINISH,
    CLOSE;

    /** In small letters, for people. */
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

  /** Whether it is a run that threw. */
  boolean hasFailed() {
    return run != null && run.failure().isPresent();
  }
}
