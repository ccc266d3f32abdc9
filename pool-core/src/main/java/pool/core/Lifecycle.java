package pool.core;

/**
 * The life of a pool, under its lock; {@link #state} may be read without.
 *
 * <p>With {@code minOpen}, OPENING becomes DEGRADED as soon as enough workers are open.
 *
 * <pre>
 *            every worker is open        a slot is empty
 *   OPENING ─────────────────────▶ OPEN ◀──────────────▶ DEGRADED
 *      │                             │     every slot is    │
 *      │ a worker cannot open        │     filled again     │
 *      ▼                             ▼                      │
 *   CLOSING ◀───────────── the intake stops ◀───────────────┘
 *      │
 *      ├─ draining: what was accepted is done, then every healthy worker finishes
 *      ├─ stopped:  a deadline passed, or opening failed; what waits is returned, what runs is stopped
 *      │
 *      ▼  every worker is closed or abandoned
 *   CLOSED
 * </pre>
 */
final class Lifecycle {

  private final PoolEvents events;
  private volatile PoolState state = PoolState.OPENING;
  private boolean stopped;

  Lifecycle(PoolEvents events) {
    this.events = events;
  }

  PoolState state() {
    return state;
  }

  boolean acceptsJobs() {
    return state == PoolState.OPEN || state == PoolState.DEGRADED;
  }

  boolean isClosing() {
    return state == PoolState.CLOSING || state == PoolState.CLOSED;
  }

  /** Whether workers are to leave at once, without finishing. */
  boolean isStopped() {
    return stopped;
  }

  boolean isClosed() {
    return state == PoolState.CLOSED;
  }

  void everyWorkerIsOpen() {
    if (state == PoolState.OPENING || state == PoolState.DEGRADED) {
      becomes(PoolState.OPEN);
    }
  }

  /** A worker broke, was abandoned or is to be recycled. */
  void workerLeft() {
    if (state == PoolState.OPEN) {
      becomes(PoolState.DEGRADED);
    }
  }

  /** As many workers are open as {@code open()} waits for, but not all. */
  void enoughWorkersAreOpen() {
    if (state == PoolState.OPENING) {
      becomes(PoolState.DEGRADED);
    }
  }

  /** False when it had begun before. */
  boolean beginClosing() {
    if (isClosing()) {
      return false;
    }
    becomes(PoolState.CLOSING);
    return true;
  }

  /** False when it was stopped before. */
  boolean stop() {
    beginClosing();
    if (stopped) {
      return false;
    }
    stopped = true;
    return true;
  }

  void closed() {
    state = PoolState.CLOSED;
    events.closed();
  }

  private void becomes(PoolState next) {
    state = next;
    events.stateIs(next);
  }
}
