package pool.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;
import pool.core.JobRun;

/** A line of input and the job that the factory made of it. */
final class Line {

  private final long number;
  private final String text;
  private final Object job;
  private volatile @Nullable Throwable thrown;

  /**
   * A line that makes a job.
   *
   * @param number from 1
   * @param text as it is shown, see {@link #shown}
   * @param job what it means
   */
  Line(long number, String text, Object job) {
    this.number = number;
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
    return number;
  }

  String text() {
    return text;
  }

  Object job() {
    return job;
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
