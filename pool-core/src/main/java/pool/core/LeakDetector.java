package pool.core;

import java.lang.ref.Cleaner;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Closes a pool that nobody can close any more, since its {@link WorkerPool} is unreachable, and
 * says where it was opened. Refers to the core only, as workers, futures and the exit hook do.
 */
final class LeakDetector implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final PoolCore<?, ?> core;
  private final Throwable openedHere;

  private LeakDetector(PoolCore<?, ?> core) {
    this.core = core;
    this.openedHere = new Throwable("the pool was opened here");
  }

  /** Watches a pool; to be cleaned once it is closed. */
  static Cleaner.Cleanable watch(WorkerPool<?, ?> pool, PoolCore<?, ?> core) {
    return CLEANER.register(pool, new LeakDetector(core));
  }

  @Override
  public void run() {
    if (core.life.isClosing()) {
      return;
    }
    LogLine.of(LOG, Level.WARN, core.settings.name())
        .causedBy(openedHere)
        .log(
            "pool '{}' was forgotten: nobody can close it any more. It drains and closes by itself",
            core.settings.name());
    try {
      Thread.ofPlatform().daemon(true).name(core.settings.name() + "-forgotten").start(this::close);
    } catch (Throwable e) { // no thread can be had: the workers close by themselves, unreported
      core.closing.begin();
    }
  }

  private void close() {
    CloseReport _ = core.closing.close();
  }
}
