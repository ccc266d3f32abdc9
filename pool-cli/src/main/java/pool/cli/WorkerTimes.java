package pool.cli;

import java.util.EnumMap;
import java.util.LongSummaryStatistics;
import java.util.Map;

/** The total times of a slot's workers, or of all workers. */
final class WorkerTimes {

  private final Map<Span.Kind, LongSummaryStatistics> nanos = new EnumMap<>(Span.Kind.class);
  private long failures;

  void add(Span span) {
    of(span.kind()).accept(span.nanos());
    if (span.hasFailed()) {
      failures++;
    }
  }

  private LongSummaryStatistics of(Span.Kind kind) {
    return nanos.computeIfAbsent(kind, _ -> new LongSummaryStatistics());
  }

  long count(Span.Kind kind) {
    return of(kind).getCount();
  }

  long nanos(Span.Kind kind) {
    return of(kind).getSum();
  }

  /** Runs that failed. */
  long failures() {
    return failures;
  }

  /** The share of the open time in which jobs ran, from 0 to 1. */
  double utilization() {
    long jobs = nanos(Span.Kind.JOB);
    long open = jobs + nanos(Span.Kind.IDLE);
    return open == 0 ? 0 : (double) jobs / open;
  }
}
