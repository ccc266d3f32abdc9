package pool.core.internal.util;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line for the log, with keys for those who collect them: {@code pool}, {@code worker} and what
 * else there is. The message says the same to people, so the keys are left out where the logger
 * would put them before the message instead of keeping them apart.
 *
 * <p>A logger that throws must not end a worker, a supervisor or a close: the line is lost then.
 */
public final class LogLine {

  private static final Logger LOG = LoggerFactory.getLogger("pool.core.WorkerPool"); // the only one

  private final Level level;
  private final Map<String, Object> keys = new LinkedHashMap<>();
  private @Nullable Throwable cause;

  private LogLine(Level level, String pool) {
    this.level = level;
    keys.put("pool", pool);
  }

  public static LogLine of(Level level, String pool) {
    return new LogLine(level, pool);
  }

  public LogLine worker(String name) {
    return with("worker", name);
  }

  public LogLine with(String key, Object value) {
    keys.put(key, value);
    return this;
  }

  public LogLine causedBy(Throwable e) {
    cause = e;
    return this;
  }

  /** Writes it; false when the logger threw. */
  public boolean log(String message, @Nullable Object... arguments) {
    try {
      LoggingEventBuilder event = LOG.atLevel(level);
      if (LOG instanceof LoggingEventAware) {
        for (Map.Entry<String, Object> key : keys.entrySet()) {
          event = event.addKeyValue(key.getKey(), key.getValue());
        }
      }
      if (cause != null) {
        event = event.setCause(cause);
      }
      event.log(message, arguments);
      return true;
    } catch (Throwable e) {
      return false;
    }
  }
}
