package pool.core.internal.life;

import org.jspecify.annotations.Nullable;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.PoolState;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.Nanos;
import pool.core.internal.util.TimedWait;

/**
 * The life of a pool: all of its state, and nothing else changes it.
 *
 * <pre>
 *                every worker is open         a slot is empty
 *    OPENING ──────────────────────────▶ OPEN ◀─────────────▶ DEGRADED
 *       │ │     minOpen workers are open   │   all are filled    ▲ │
 *       │ └────────────────────────────────┼─────────────────────┘ │
 *       │ a worker cannot open             │ the intake stops      │
 *       └────────────────────────────────▶ ▼ ◀─────────────────────┘
 *                                       DRAINING ─── a deadline passes ───▶ STOPPED
 *                                          │ all that was accepted          ▲  │
 *                                          ▼ has settled                    │  │
 *                                       DRAINED ──── a deadline passes ─────┘  │
 *                                          │ (healthy workers finish, close)   │
 *                                          ▼                                   │
 *                                       CLOSED ◀───────────────────────────────┘
 *                                          every worker is closed or abandoned
 * </pre>
 *
 * <p>A pool that could not be opened goes from OPENING to DRAINING and at once on to STOPPED.
 * DRAINING, DRAINED and STOPPED are CLOSING to the outside. Two counts belong to the state:
 * <em>living</em> threads, which were started and have neither ended nor been abandoned, and
 * <em>open</em> workers. A pool is <em>broken</em> while none could be opened for {@code
 * openTimeout}.
 *
 * <p>Everything changes under the pool's lock; what is volatile may be read without.
 */
public final class Lifecycle {

  private enum Phase {
    OPENING,
    OPEN,
    DEGRADED,
    DRAINING,
    DRAINED,
    STOPPED,
    CLOSED
  }

  private final PoolEvents events;
  private final Settings settings;

  private volatile Phase phase = Phase.OPENING;
  private volatile @Nullable PoolBrokenException broken;

  // Under the lock:
  private int living;
  private int open;
  private long noneOpenSince;

  public Lifecycle(PoolEvents events, Settings settings) {
    this.events = events;
    this.settings = settings;
  }

  public PoolState state() {
    return switch (phase) {
      case OPENING -> PoolState.OPENING;
      case OPEN -> PoolState.OPEN;
      case DEGRADED -> PoolState.DEGRADED;
      case DRAINING, DRAINED, STOPPED -> PoolState.CLOSING;
      case CLOSED -> PoolState.CLOSED;
    };
  }

  public boolean isOpening() {
    return phase == Phase.OPENING;
  }

  public boolean acceptsJobs() {
    Phase now = phase;
    return now == Phase.OPEN || now == Phase.DEGRADED;
  }

  public boolean isClosing() {
    return phase.compareTo(Phase.DRAINING) >= 0;
  }

  /**
   * Whether the intake has stopped and all has settled, and workers finish: neither stopped nor
   * closed.
   */
  public boolean isDrained() {
    return phase == Phase.DRAINED;
  }

  /** Whether workers are to leave at once, without finishing, or have left. */
  public boolean isStopped() {
    return phase.compareTo(Phase.STOPPED) >= 0;
  }

  public boolean isClosed() {
    return phase == Phase.CLOSED;
  }

  /** Why no job is done at the moment; null while there is hope. */
  public @Nullable PoolBrokenException broken() {
    return broken;
  }

  /** What a submit, or the future of a job that was not started, fails with. */
  public PoolClosedException closedCause(String what) {
    return new PoolClosedException(
        "pool '%s' is %s: %s".formatted(settings.name(), isClosed() ? "closed" : "closing", what));
  }

  // Under the lock:

  private void becomes(Phase next) {
    PoolState before = state();
    phase = next;
    if (next == Phase.CLOSED) {
      events.closed();
    } else if (state() != before) {
      events.stateIs(state());
    }
  }

  /** So many threads are about to be started. */
  public void threadsStart(int threads) {
    living += threads;
  }

  /** A thread has ended, was abandoned, or could not be started. */
  public void threadEnded() {
    living--;
  }

  public int living() {
    return living;
  }

  /** With {@code minOpen} 0 a pool is open before any worker is. */
  public void beginOpening() {
    enoughMayBeOpen();
  }

  public void workerOpened() {
    open++;
    broken = null;
    if (open == settings.workers() && !isClosing()) {
      becomes(Phase.OPEN);
    }
    enoughMayBeOpen();
  }

  private void enoughMayBeOpen() {
    if (isOpening() && open >= settings.minOpen()) {
      noneOpenSince = System.nanoTime();
      becomes(Phase.DEGRADED);
    }
  }

  /** An open worker serves no longer: it broke, was abandoned, or is to be recycled. */
  public void workerLeft() {
    open--;
    if (open == 0) {
      noneOpenSince = System.nanoTime();
    }
    if (phase == Phase.OPEN) {
      becomes(Phase.DEGRADED);
    }
  }

  /** How many nanoseconds are left until the pool is broken; for ever while it cannot become so. */
  public long untilBroken() {
    return open > 0 || broken != null || isOpening() || isDrained() || isStopped()
        ? TimedWait.NEVER
        : Nanos.of(settings.openTimeout()) - (System.nanoTime() - noneOpenSince);
  }

  public void breaks(PoolBrokenException cause) {
    broken = cause;
  }

  /** The intake stops; false when it had before. */
  public boolean beginClosing() {
    if (isClosing()) {
      return false;
    }
    becomes(Phase.DRAINING);
    return true;
  }

  /** All that was accepted has settled; does nothing unless the pool drains. */
  public void drained() {
    if (phase == Phase.DRAINING) {
      becomes(Phase.DRAINED);
    }
  }

  /** False when it was stopped before, or is closed. */
  public boolean stop() {
    if (isStopped()) {
      return false;
    }
    becomes(Phase.STOPPED);
    return true;
  }

  public void closed() {
    becomes(Phase.CLOSED);
  }
}
