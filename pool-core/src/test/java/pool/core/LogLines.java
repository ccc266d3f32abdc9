package pool.core;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.util.function.Consumer;
import org.slf4j.LoggerFactory;

/** What is written to the log of pools. */
public final class LogLines {

  private LogLines() {}

  /** Does something; tells of each line that this thread writes meanwhile. */
  public static void during(Level from, Consumer<ILoggingEvent> told, Runnable action) {
    Logger logger = (Logger) LoggerFactory.getLogger(WorkerPool.class);
    Thread here = Thread.currentThread();
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent line) {
            if (Thread.currentThread() == here) {
              told.accept(line);
            }
          }
        };
    appender.start();
    logger.setLevel(from);
    logger.setAdditive(false);
    logger.addAppender(appender);
    try {
      action.run();
    } finally {
      logger.detachAppender(appender);
      logger.setAdditive(true);
      logger.setLevel(null);
    }
  }
}
