package pool.spring;

import java.util.List;
import org.springframework.context.SmartLifecycle;
import pool.core.WorkerPool;

/**
 * Closes the pools when nothing uses them any longer, and before the resources of their workers are
 * gone.
 *
 * <p>A web server stops in two phases: first it accepts nothing more and waits for its requests
 * ({@code WebServerGracefulShutdownLifecycle}, {@link #DEFAULT_PHASE} - 1024), then it ends ({@code
 * WebServerStartStopLifecycle}, {@link #DEFAULT_PHASE} - 2048). Message listeners, schedulers and
 * executors stop before that; pollers of Spring Integration stop later, in the phase {@code
 * Integer.MAX_VALUE / 2}. All of them may submit jobs, so the pools close after them. The resources
 * of workers must outlast the pools: Redis's connections stop in phase 0, and beans such as a
 * {@code DataSource} are destroyed after all phases.
 *
 * <p>Opening needs no phase: pools are open when their beans are made, which is before any phase
 * starts, and so before the web server accepts requests.
 */
final class PoolLifecycle implements SmartLifecycle {

  /** After all that submit jobs, and before the resources of workers. */
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

  /** NEW, RUNNING, CLOSED, in that order; without pools, NEW again instead of CLOSED. */
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

  /** Stops on another thread, so that the container waits no longer than it means to. */
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
   * Never pauses: a closed pool cannot be opened again, and an idle pool costs nothing while other
   * beans pause.
   */
  @Override
  public boolean isPauseable() {
    return false;
  }
}
