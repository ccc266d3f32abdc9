package pool.core;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** Several listeners as one: each is notified of everything, whatever the others throw. */
final class Listeners implements PoolListener {

  private final List<PoolListener> listeners;

  Listeners(List<PoolListener> listeners) {
    this.listeners = listeners;
  }

  private void each(Consumer<PoolListener> event) {
    List<Throwable> thrown = new ArrayList<>(0);
    for (PoolListener listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable e) {
        thrown.add(e);
      }
    }
    if (thrown.size() == 1) {
      Listeners.<RuntimeException>rethrow(thrown.getFirst());
    } else if (!thrown.isEmpty()) { // what they throw is theirs, and stays as it is
      RuntimeException all =
          new IllegalStateException(thrown.size() + " listeners threw", thrown.getFirst());
      thrown.subList(1, thrown.size()).forEach(all::addSuppressed);
      throw all;
    }
  }

  /** Throws it as it is, even if it is checked: the pool logs what listeners throw. */
  @SuppressWarnings("unchecked")
  private static <E extends Throwable> void rethrow(Throwable thrown) throws E {
    throw (E) thrown;
  }

  @Override
  public void stateChanged(PoolState state, Instant at) {
    each(listener -> listener.stateChanged(state, at));
  }

  @Override
  public void workerOpened(String worker, Instant began, Duration took) {
    each(listener -> listener.workerOpened(worker, began, took));
  }

  @Override
  public void workerNotOpened(String worker, Instant at, Throwable cause) {
    each(listener -> listener.workerNotOpened(worker, at, cause));
  }

  @Override
  public void workerBroke(String worker, Instant at, Throwable cause) {
    each(listener -> listener.workerBroke(worker, at, cause));
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {
    each(listener -> listener.workerAbandoned(abandoned, at));
  }

  @Override
  public void workerReplaced(String worker, Instant at, ReplaceReason why) {
    each(listener -> listener.workerReplaced(worker, at, why));
  }

  @Override
  public void workerFinished(String worker, Instant began, Duration took) {
    each(listener -> listener.workerFinished(worker, began, took));
  }

  @Override
  public void workerClosed(String worker, Instant began, Duration took) {
    each(listener -> listener.workerClosed(worker, began, took));
  }

  @Override
  public void jobPutOff(String worker, Object job, Instant at, Duration delay, Throwable cause) {
    each(listener -> listener.jobPutOff(worker, job, at, delay, cause));
  }

  @Override
  public void jobRan(JobRun run) {
    each(listener -> listener.jobRan(run));
  }

  @Override
  public void queueFull(Instant at) {
    each(listener -> listener.queueFull(at));
  }

  @Override
  public void eventsLost(long events) {
    each(listener -> listener.eventsLost(events));
  }
}
