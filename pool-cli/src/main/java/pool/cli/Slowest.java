package pool.cli;

import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** The few jobs that ran longest. */
final class Slowest {

  private static final int MOST = 20;
  private static final int LONGEST = 160;

  /** One of them; its text may be shown. */
  record Job(
      long line, String text, String worker, long from, long waited, long ran, boolean failed) {}

  private final PriorityQueue<Job> jobs = new PriorityQueue<>(Comparator.comparingLong(Job::ran));

  /** Adds the span of a job's run. */
  void add(Span span, pool.core.JobRun run) {
    long ran = run.ran().toNanos();
    if (jobs.size() == MOST && ran <= jobs.element().ran()) {
      return;
    }
    jobs.add(
        new Job(
            Line.of(run).number(),
            Printable.line(Line.textOf(run), LONGEST),
            Printable.line(span.worker()),
            span.from(),
            run.waited().toNanos(),
            ran,
            span.hasFailed()));
    if (jobs.size() > MOST) {
      jobs.remove();
    }
  }

  /** The jobs, the slowest first. */
  List<Job> jobs() {
    return jobs.stream().sorted(Comparator.comparingLong(Job::ran).reversed()).toList();
  }
}
