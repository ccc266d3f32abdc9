package pool.core.internal.close;

import java.lang.ref.Cleaner;
import org.slf4j.event.Level;
import pool.core.internal.life.Base;
import pool.core.internal.util.LogLine;

/**
 * Closes a pool that nobody can close any more, since what the application holds of it is
 * unreachable, and says where it was opened.
 */
public final class LeakDetector implements Runnable {

  private static final Cleaner CLEANER = Cleaner.create();

  private final Base base;
  private final String pool;
  private final Closing<?, ?> closing;
  private final Throwable openedHere = new Throwable("the pool was opened here");

  public LeakDetector(Base base, Closing<?, ?> closing) {
    this.base = base;
    this.pool = base.settings().name();
    this.closing = closing;
  }

  /** Watches what the application holds; to be cleaned once the pool is closed. */
  public Cleaner.Cleanable watch(Object held) {
    return CLEANER.register(held, this);
  }

  @Override
  public void run() {
    if (base.life().isClosing()) {
      return;
    }
    LogLine.of(Level.WARN, pool)
        .causedBy(openedHere)
        .log(
            "pool '{}' was forgotten: nobody can close it any more. It drains and closes by itself",
            pool);
    Thread closer = base.helpers().start("forgotten", this::close, "the workers close unreported");
    if (closer == null) {
      closing.beginShutdown();
    }
  }

  private void close() {
    closing.insist(closing.closeTimeout());
  }
}
