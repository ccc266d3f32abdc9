package pool.core.internal.stream;

import java.util.function.BiFunction;
import java.util.function.Supplier;
import java.util.stream.Gatherer;
import pool.core.internal.stream.JobWindow.Settled;
import pool.core.internal.util.Interrupts;

/**
 * Jobs of a pool in the middle of a stream: takes each element as a job, and pushes outcomes on as
 * they are ready, or when the {@link JobWindow} is full.
 *
 * <p>What it sees pass through ends it: when the next stage wants no more, or throws, or a job has
 * failed that was to succeed, what is under way is cancelled and has stopped. Of an exception of a
 * stage before, or of an iterator that nobody asks any more, a gatherer is not told.
 *
 * <p>It is sequential: in a parallel stream the stages before it run in parallel, and its elements
 * come one after the other, in their order.
 */
final class Gathering<J, R, T> {

  private final JobWindow<J, R> window;
  private final BiFunction<JobWindow<J, R>, Settled<J, R>, T> shown;

  private Gathering(JobWindow<J, R> window, BiFunction<JobWindow<J, R>, Settled<J, R>, T> shown) {
    this.window = window;
    this.shown = shown;
  }

  /**
   * A gatherer, which may be used again and again.
   *
   * @param shown what is pushed on of an outcome
   */
  static <J, R, T> Gatherer<J, ?, T> of(
      Supplier<JobWindow<J, R>> windows, BiFunction<JobWindow<J, R>, Settled<J, R>, T> shown) {
    return Gatherer.<J, Gathering<J, R, T>, T>ofSequential(
        () -> new Gathering<>(windows.get(), shown),
        Gatherer.Integrator.of(Gathering::take),
        Gathering::finish);
  }

  private interface Step {
    boolean run() throws InterruptedException;
  }

  private boolean take(J job, Gatherer.Downstream<? super T> next) {
    return guarded(() -> {
      while (!window.take(job)) {
        if (!push(next)) {
          return false;
        }
      }
      while (window.isReady() || window.isFull()) {
        if (!push(next)) {
          return false;
        }
      }
      return true;
    });
  }

  private void finish(Gatherer.Downstream<? super T> next) {
    boolean _ =
        guarded(() -> {
          while (!window.isEmpty()) {
            if (!push(next)) {
              return false;
            }
          }
          return true;
        });
  }

  /** Waits for the next outcome and pushes it on; false when no more are wanted. */
  private boolean push(Gatherer.Downstream<? super T> next) throws InterruptedException {
    Settled<J, R> settled = next.isRejecting() ? null : window.next();
    return settled != null && next.push(shown.apply(window, settled));
  }

  /** Ends what is under way when no more is wanted, or something throws. */
  private boolean guarded(Step step) {
    boolean goesOn = false;
    try {
      goesOn = step.run();
      return goesOn;
    } catch (InterruptedException e) {
      throw Interrupts.flagKept("the next outcome of a stream", e);
    } finally {
      if (!goesOn) {
        window.cancel();
      }
    }
  }
}
