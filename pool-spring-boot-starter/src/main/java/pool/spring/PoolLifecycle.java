package pool.spring;

import java.util.List;
import org.springframework.context.SmartLifecycle;
import pool.core.WorkerPool;

/**
 * Closes the pools when nobody uses them any more, and before what their workers use is gone.
 *
 * <p>A web server stops in two phases: first it accepts nothing and waits for its requests ({@code
 * WebServerGracefulShutdownLifecycle}, {@link #DEFAULT_PHASE} - 1024), then it ends ({@code
 * WebServerStartStopLifecycle}, {@link #DEFAULT_PHASE} - 2048). Listeners for messages, schedulers
 * and executors stop before that, and pollers of Spring Integration later, in the phase {@code
 * Integer.MAX_VALUE / 2}. All of them may submit jobs, so the pools close after them. What workers
 * use must outlast the pools: Redis's connections stop in phase 0, and beans such as a {@code
 * DataSource} are destroyed after all phases.
 *
 * <p>To open, pools need no phase: they are open when their beans are made, which is before any
 * phase starts, and so before the web server accepts.
 */
final class PoolLifecycle implements SmartLifecycle {

  /** Between those that submit jobs and what workers use. */
  static final int PHASE = Integer.MAX_VALUE / 4;

  private final Pools pools;
  private final PoolClosing closing;
  private final int phase;
  private volatile State state = State.NEW;

  PoolLifecycle(Pools pools, PoolClosing closing, int phase) {
    this.pools = pools;
    this.closing = closing;
    this.phase = phase;
  }

  /** NEW, RUNNING, CLOSED, in that order; or NEW again where there are no pools. */
  private enum State {
    NEW,
    RUNNING,
    CLOSED
  }

  @Override
  public void start() {
    if (state == State.CLOSED) {
      throw new IllegalStateException(
          "the pools of this context were closed when it was stopped, and cannot be opened again: make a new context instead of starting it again");
    }
    state = State.RUNNING;
  }

  @Override
  public void stop() {
    List<WorkerPool<?, ?>> all = pools.all();
    closing.closeAll(all.reversed());
    state = all.isEmpty() ? State.NEW : State.CLOSED;
  }

  /** On a thread of its own, so that the container waits no longer than it means to. */
  @Override
  public void stop(Runnable done) {
    Thread.ofPlatform()
        .name("pools-close")
        .start(() -> {
          try {
            stop();
          } finally {
            done.run();
          }
        });
  }

  @Override
  public boolean isRunning() {
    return state == State.RUNNING;
  }

  @Override
  public int getPhase() {
    return phase;
  }

  /**
   * A pool that is closed stays so; one that has nothing to do costs nothing while others pause.
   */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
