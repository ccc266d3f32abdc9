package pool.core;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import pool.api.internal.SafeText;

/**
 * How a pool ended. {@code submitted = succeeded + failed + cancelled + notStarted}.
 *
 * @param pool the pool's name
 * @param submitted jobs that were accepted
 * @param succeeded jobs that were done
 * @param failed jobs whose run threw or took longer than {@code jobTimeout}, or that no worker
 *     could be opened for
 * @param cancelled jobs that were cancelled, by anybody
 * @param cancelledByClose those among them that the close cancelled while they ran
 * @param notStarted jobs that were not started
 * @param notStartedJobs the jobs that the close returned, in no particular order
 * @param closeFailures what {@code finish} and {@code close} threw
 * @param abandoned the workers that did not come back in time
 * @param workers what opening and closing took, by slot
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
   * A failure of a worker's {@code finish} or {@code close}, or of closing what it owned.
   *
   * @param worker the worker's name
   * @param cause what was thrown
   */
  public record CloseFailure(String worker, Throwable cause) {}

  /**
   * What it took to open and to close the workers of a slot.
   *
   * @param worker their name
   * @param opened how many were opened, one after the other
   * @param opening how long all their openings took
   * @param closing how long all their closings took, of those that have closed
   */
  public record WorkerTimes(String worker, int opened, Duration opening, Duration closing) {}

  /**
   * A worker that did not come back in time. It closes on its own thread if it ever does.
   *
   * @param worker the worker's name
   * @param job what it was running, empty when it was opening, finishing, closing or in a callback
   * @param stack where its thread was
   */
  public record Abandoned(String worker, Optional<Object> job, List<StackTraceElement> stack) {}

  /**
   * Whether nothing was lost: the close returned no job, cancelled none, abandoned no worker, and
   * no worker failed to finish or close. Failed jobs alone do not make it unclean.
   *
   * @return true when it was clean
   */
  public boolean isClean() {
    return notStartedJobs.isEmpty()
        && cancelledByClose == 0
        && closeFailures.isEmpty()
        && abandoned.isEmpty();
  }

  /**
   * What an operator wants to read: a line of counts, then a line for each thing that went wrong.
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
    slowest(WorkerTimes::opening)
        .ifPresent(slow ->
            text.append(
                "%n  slowest to open: %s, %s"
                    .formatted(slow.worker(), times(slow.opened(), slow.opening()))));
    slowest(WorkerTimes::closing)
        .ifPresent(slow ->
            text.append(
                "%n  slowest to close: %s, %s"
                    .formatted(slow.worker(), times(slow.opened(), slow.closing()))));
    return text.toString();
  }

  private Optional<WorkerTimes> slowest(Function<WorkerTimes, Duration> what) {
    return workers.stream()
        .filter(slot -> what.apply(slot).compareTo(WORTH_A_LINE) >= 0)
        .max(Comparator.comparing(what));
  }

  private static String times(int opened, Duration took) {
    return "%d ms%s".formatted(took.toMillis(), opened > 1 ? " for " + opened + " workers" : "");
  }
}
