package pool.core.internal.util;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;
import pool.api.internal.SafeText;

/**
 * A line for the log, with keys for those who collect them: {@code pool}, {@code worker} and what
 * else there is. The message says the same to people, so the keys are left out where the logger
 * would put them before the message instead of keeping them apart, and with SLF4J 1.7, which knows
 * no keys.
 *
 * <p>A logger that throws must not end a worker, a supervisor or a close: the line is lost then.
 */
public final class LogLine {

  private static final String LOGGER = "pool.core.WorkerPool"; // the only one

  private final Level level;
  private final Map<String, Object> keys;
  private @Nullable Throwable cause;

  private LogLine(Level level, Map<String, Object> keys) {
    this.level = level;
    this.keys = keys;
  }

  /**
   * Has SLF4J begin, on the thread that opens a pool: when several workers were the first to use
   * it, it would complain.
   */
  public static void begin() {
    try {
      Object _ = LoggerFactory.getILoggerFactory();
    } catch (Throwable e) {
      // then lines are lost
    }
  }

  public static LogLine of(Level level, String pool) {
    return new LogLine(level, new LinkedHashMap<>()).with("pool", pool);
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
      Logger logger = LoggerFactory.getLogger(LOGGER); // while SLF4J begins, one without keys
      if (takesKeys(logger)) {
        logWithKeys(logger, message, arguments);
      } else {
        logPlainly(logger, message, arguments);
      }
      return true;
    } catch (Throwable e) {
      return false;
    }
  }

  /**
   * Writes it, with what an exception and its causes say at its end; and at DEBUG with the stack,
   * which nobody else may have.
   */
  public void logFailure(Throwable failure, String message, Object... arguments) {
    Object[] all = Arrays.copyOf(arguments, arguments.length + 1);
    all[arguments.length] = SafeText.of(failure);
    boolean _ = log(message + ": {}", all);
    LogLine stack = new LogLine(Level.DEBUG, keys).causedBy(failure);
    boolean _ = stack.log(message, arguments);
  }

  private static boolean takesKeys(Logger logger) {
    try {
      return logger instanceof LoggingEventAware;
    } catch (NoClassDefFoundError e) {
      return false; // before SLF4J 2.0
    }
  }

  private void logWithKeys(Logger logger, String message, @Nullable Object[] arguments) {
    LoggingEventBuilder event = logger.atLevel(level);
    for (Map.Entry<String, Object> key : keys.entrySet()) {
      event = event.addKeyValue(key.getKey(), key.getValue());
    }
    event.setCause(cause).log(message, arguments);
  }

  private void logPlainly(Logger logger, String message, @Nullable Object[] arguments) {
    @Nullable Object[] all = Arrays.copyOf(arguments, arguments.length + (cause == null ? 0 : 1));
    if (cause != null) {
      all[arguments.length] = cause; // where SLF4J looks for it
    }
    switch (level) {
      case ERROR -> logger.error(message, all);
      case WARN -> logger.warn(message, all);
      case INFO -> logger.info(message, all);
      case DEBUG -> logger.debug(message, all);
      case TRACE -> logger.trace(message, all);
    }
  }
}
