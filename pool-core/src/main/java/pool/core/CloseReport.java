package pool.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import pool.api.internal.SafeText;

/**
 * Reports how a pool ended. The counts add up: {@code submitted = succeeded + failed + cancelled +
 * notStarted}.
 *
 * @param pool the name of the pool
 * @param submitted the number of jobs that the pool accepted
 * @param succeeded the number of jobs that succeeded
 * @param failed the number of jobs that failed: the run threw, or took longer than {@code
 *     jobTimeout}, or no worker could be opened for the job
 * @param cancelled the number of jobs that anybody cancelled
 * @param cancelledByClose the number of those that the close cancelled while they ran
 * @param notStarted the number of jobs that were not started
 * @param notStartedJobs the jobs that were not started, in no particular order; unmodifiable
 * @param closeFailures what {@code finish} and {@code close} of the workers threw; unmodifiable
 * @param abandoned the workers that did not come back in time; unmodifiable
 * @param workers how long opening and closing took, by slot; unmodifiable
 * @param took how long closing took, from the end of the intake
 */
public record CloseReport(
    String pool,
    long submitted,
    long succeeded,
    long failed,
    long cancelled,
    long cancelledByClose,
    long notStarted,
    List<Object> notStartedJobs,
    List<CloseFailure> closeFailures,
    List<Abandoned> abandoned,
    List<WorkerTimes> workers,
    Duration took) {

  private static final Duration WORTH_A_LINE = Duration.ofSeconds(1);

  /** Copies the lists. */
  public CloseReport {
    notStartedJobs = List.copyOf(notStartedJobs);
    closeFailures = List.copyOf(closeFailures);
    abandoned = List.copyOf(abandoned);
    workers = List.copyOf(workers);
  }

  /**
   * A failure of a worker's {@code finish} or {@code close}, or of closing a resource that the
   * worker owned.
   *
   * @param worker the name of the worker
   * @param cause what was thrown
   */
  public record CloseFailure(String worker, Throwable cause) {}

  /**
   * How long it took to open and to close the workers of one slot.
   *
   * @param worker the name of the workers, which is the same for all of a slot
   * @param opened how many workers were opened, one after the other
   * @param opening how long all openings took together
   * @param closing how long all completed closings took together
   */
  public record WorkerTimes(String worker, int opened, Duration opening, Duration closing) {}

  /**
   * A worker that did not come back in time. If it ever does, it closes on its own thread.
   *
   * @param worker the name of the worker
   * @param job the job that it was running; empty if it was opening, finishing, closing or in a
   *     callback
   * @param stack the stack trace of its thread
   */
  public record Abandoned(String worker, Optional<Object> job, List<StackTraceElement> stack) {}

  /**
   * Returns whether nothing was lost: the close left no job unstarted and cancelled none, no worker
   * was abandoned, and every worker finished and closed without an exception. Jobs that failed do
   * not make a close unclean.
   *
   * @return {@code true} if the close was clean
   */
  public boolean isClean() {
    return notStartedJobs.isEmpty()
        && cancelledByClose == 0
        && closeFailures.isEmpty()
        && abandoned.isEmpty();
  }

  /**
   * Returns this report as an operator wants to read it: a line of counts, a line for each thing
   * that went wrong, and the slowest opening and closing if they took a second or longer.
   */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    text.append(
        "pool '%s' closed %s in %d ms: %d submitted = %d succeeded + %d failed + %d cancelled + %d not started"
            .formatted(
                pool,
                isClean() ? "cleanly" : "uncleanly",
                took.toMillis(),
                submitted,
                succeeded,
                failed,
                cancelled,
                notStarted));
    if (cancelledByClose > 0) {
      text.append("%n  %d running jobs were cancelled by the close".formatted(cancelledByClose));
    }
    for (CloseFailure failure : closeFailures) {
      text.append(
          "%n  %s failed to close: %s".formatted(failure.worker(), SafeText.of(failure.cause())));
    }
    for (Abandoned worker : abandoned) {
      text.append("%n  %s was abandoned".formatted(worker.worker()));
      worker.job().ifPresent(job -> text.append(" with job ").append(SafeText.of(job)));
      text.append(SafeText.lines(worker.stack()));
    }
    return text.append(slowest("open", WorkerTimes::opening))
        .append(slowest("close", WorkerTimes::closing))
        .toString();
  }

  private String slowest(String toDo, Function<WorkerTimes, Duration> took) {
    return workers.stream()
        .filter(slot -> took.apply(slot).compareTo(WORTH_A_LINE) >= 0)
        .max(Comparator.comparing(took))
        .map(slot ->
            "%n  slowest to %s: %s, %d ms%s"
                .formatted(
                    toDo,
                    slot.worker(),
                    took.apply(slot).toMillis(),
                    slot.opened() > 1 ? " for " + slot.opened() + " workers" : ""))
        .orElse("");
  }
}
