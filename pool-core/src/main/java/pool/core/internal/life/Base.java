package pool.core.internal.life;

import java.util.function.BooleanSupplier;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.PoolLock;

/** What every part of a pool stands on: its settings, its lock and its life, and whom to tell. */
public record Base(
    Settings settings,
    PoolLock lock,
    Lifecycle life,
    PoolEvents events,
    CloseReportBuilder report,
    HelperThreads helpers,
    Bell bell) {

  /**
   * For a new pool.
   *
   * @param startSupervisor false when no thread can be had
   */
  public static Base of(Settings settings, BooleanSupplier startSupervisor) {
    PoolLock lock = new PoolLock();
    PoolEvents events = new PoolEvents(settings.name(), settings.listener());
    Lifecycle life = new Lifecycle(events, settings);
    return new Base(
        settings,
        lock,
        life,
        events,
        new CloseReportBuilder(settings.name(), lock, life),
        new HelperThreads(settings.name(), lock),
        new Bell(lock, life, startSupervisor));
  }

  /** Takes the lock, for a block. */
  public PoolLock.Held hold() {
    return lock.hold();
  }
}
