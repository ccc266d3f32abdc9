package pool.core;

import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Several listeners as one: each is told of everything, whatever the others throw. */
final class Listeners implements PoolListener {

  private final List<PoolListener> listeners;

  Listeners(List<PoolListener> listeners) {
    this.listeners = listeners;
  }

  private void each(Consumer<PoolListener> event) {
    Throwable thrown = null;
    for (PoolListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable e) {
        thrown = thrown == null ? e : withSuppressed(thrown, e);
      }
    }
    Listeners.<RuntimeException>rethrow(thrown);
  }

  private static Throwable withSuppressed(Throwable first, Throwable next) {
    Suppressed.add(first, next);
    return first;
  }

  /** As it is, also when it is checked: what listeners throw is logged by the pool. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void rethrow(@Nullable Throwable thrown) throws E {
    if (thrown != null) {
      throw (E) thrown;
    }
  }

  @Override
  public void stateChanged(PoolState state) {
    each(listener -> listener.stateChanged(state));
  }

  @Override
  public void workerOpened(String worker, Duration took) {
    each(listener -> listener.workerOpened(worker, took));
  }

  @Override
  public void workerNotOpened(String worker, Throwable cause) {
    each(listener -> listener.workerNotOpened(worker, cause));
  }

  @Override
  public void workerBroke(String worker, Throwable cause) {
    each(listener -> listener.workerBroke(worker, cause));
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned abandoned) {
    each(listener -> listener.workerAbandoned(abandoned));
  }

  @Override
  public void workerReplaced(String worker, ReplaceReason why) {
    each(listener -> listener.workerReplaced(worker, why));
  }

  @Override
  public void workerFinished(String worker, Duration took) {
    each(listener -> listener.workerFinished(worker, took));
  }

  @Override
  public void workerClosed(String worker, Duration took) {
    each(listener -> listener.workerClosed(worker, took));
  }

  @Override
  public void jobRan(JobRun run) {
    each(listener -> listener.jobRan(run));
  }

  @Override
  public void queueFull() {
    each(PoolListener::queueFull);
  }

  @Override
  public void eventsLost(long events) {
    each(listener -> listener.eventsLost(events));
  }
}
