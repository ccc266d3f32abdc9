package pool.core;

import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * Log events with keys, for those who collect them: {@code pool}, {@code worker} and what else
 * there is. The messages say the same to people, so the keys are left out where the logger would
 * put them before the message instead of keeping them apart.
 */
final class Keys {

  private Keys() {}

  static LoggingEventBuilder of(Logger logger, Level level, String pool) {
    return with(logger, logger.atLevel(level), "pool", pool);
  }

  static LoggingEventBuilder of(Logger logger, Level level, WorkerThread<?, ?> worker) {
    return with(logger, of(logger, level, worker.pool()), "worker", worker.name());
  }

  static LoggingEventBuilder with(
      Logger logger, LoggingEventBuilder event, String key, Object value) {
    return logger instanceof LoggingEventAware ? event.addKeyValue(key, value) : event;
  }
}
