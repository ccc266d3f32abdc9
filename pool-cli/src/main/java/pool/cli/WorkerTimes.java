package pool.cli;

/** What a slot's workers, or those of all slots, did in all. */
final class WorkerTimes {

  private final long[] nanos = new long[Span.Kind.values().length];
  private final long[] counts = new long[nanos.length];
  private long failures;

  void add(Span span) {
    nanos[span.kind().ordinal()] += span.nanos();
    counts[span.kind().ordinal()]++;
    if (span.hasFailed()) {
      failures++;
    }
  }

  long count(Span.Kind kind) {
    return counts[kind.ordinal()];
  }

  long nanos(Span.Kind kind) {
    return nanos[kind.ordinal()];
  }

  /** Runs that failed. */
  long failures() {
    return failures;
  }

  /** The part of its open time in which it ran jobs, from 0 to 1. */
  double utilization() {
    long jobs = nanos(Span.Kind.JOB);
    long open = jobs + nanos(Span.Kind.IDLE);
    return open == 0 ? 0 : (double) jobs / open;
  }
}
