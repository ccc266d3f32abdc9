package pool.plugins.example.download;

import java.sql.SQLException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tries again while another connection holds the lock of a SQLite database. Unlike SQLite's own
 * busy time-out, it covers every statement (even the switch to WAL, which SQLite does not wait
 * for), ends with an interrupt, and reports what it waited for.
 */
final class Patience {

  /** Shorter than the pool's default {@code openTimeout}, whose message would not mention locks. */
  static final Duration TO_OPEN = Duration.ofSeconds(10);

  /** Long, since another program may be building a large index. */
  static final Duration TO_WORK = Duration.ofMinutes(5);

  /** How long SQLite itself waits each time; only then an interrupt is noticed. */
  static final Duration EACH_TRY = Duration.ofMillis(100);

  private static final Logger LOG = LoggerFactory.getLogger(Patience.class);
  private static final Duration WARN_AFTER = Duration.ofSeconds(10);
  private static final Duration PAUSE = Duration.ofMillis(5);

  private static final int SQLITE_BUSY = 5;
  private static final int SQLITE_LOCKED = 6; // the same, between connections that share a cache
  private static final int SQLITE_PROTOCOL = 15; // too many race for the first transaction in WAL

  /** What is done with a database. */
  @FunctionalInterface
  interface Work<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private Patience() {}

  /**
   * Runs work that a lock may hold up, as often as needed.
   *
   * @param work must have done nothing when it throws
   */
  static <T extends @Nullable Object> T run(Duration limit, String place, Work<T> work)
      throws SQLException {
    long begin = System.nanoTime();
    boolean warned = false;
    while (true) {
      try {
        return work.run();
      } catch (SQLException e) {
        if (!isLocked(e)) {
          throw e;
        }
        long waited = System.nanoTime() - begin;
        if (waited >= limit.toNanos() || Thread.currentThread().isInterrupted()) {
          throw lockedFor(waited, e); // the flag stays set, for the pool
        }
        if (!warned && waited >= WARN_AFTER.toNanos()) {
          warned = true;
          LOG.warn("waiting for the lock of '{}', which another connection holds", place);
        }
      }
      LockSupport.parkNanos(PAUSE.toNanos());
    }
  }

  private static SQLException lockedFor(long nanos, SQLException cause) {
    String interrupted = Thread.currentThread().isInterrupted() ? "interrupted: " : "";
    return new SQLTransientException(
        "%sanother connection has held its lock for %d s (%s)"
            .formatted(interrupted, TimeUnit.NANOSECONDS.toSeconds(nanos), cause.getMessage()),
        cause.getSQLState(),
        cause.getErrorCode(),
        cause);
  }

  private static boolean isLocked(SQLException e) {
    int code = e.getErrorCode() & 0xff; // the primary code, without the extension
    return code == SQLITE_BUSY || code == SQLITE_LOCKED || code == SQLITE_PROTOCOL;
  }
}
