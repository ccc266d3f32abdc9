package pool.core;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
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
final class LogLine {

  private final Logger logger;
  private final Level level;
  private final Map<String, Object> keys = new LinkedHashMap<>();
  private @Nullable Throwable cause;

  private LogLine(Logger logger, Level level) {
    this.logger = logger;
    this.level = level;
  }

  static LogLine of(Logger logger, Level level, String pool) {
    return new LogLine(logger, level).with("pool", pool);
  }

  static LogLine of(Logger logger, Level level, WorkerThread<?, ?> worker) {
    return of(logger, level, worker.pool()).with("worker", worker.name());
  }

  LogLine with(String key, Object value) {
    keys.put(key, value);
    return this;
  }

  LogLine causedBy(Throwable e) {
    cause = e;
    return this;
  }

  /** Writes it; false when the logger threw. */
  boolean log(String message, @Nullable Object... arguments) {
    try {
      LoggingEventBuilder event = logger.atLevel(level);
      if (logger instanceof LoggingEventAware) {
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
