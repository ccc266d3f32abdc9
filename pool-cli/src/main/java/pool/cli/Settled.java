package pool.cli;

import java.io.ByteArrayOutputStream;
import org.jspecify.annotations.Nullable;
import pool.cli.outcome.Outcome;
import pool.core.PoolClosedException;

/**
 * The outcome of a line, and its text.
 *
 * @param line the line that was read
 * @param outcome how its job ended
 * @param failure why it failed, null when it did not
 * @param text the outcome as it is written
 */
record Settled(Line line, Outcome outcome, @Nullable Failure failure, ByteArrayOutputStream text) {

  /** The outcome of a job, from its future. The plugin's code makes the text of a result. */
  static Settled of(
      Line line, @Nullable Object result, @Nullable Throwable cause, boolean isCancelled) {
    if (cause == null) {
      return succeeded(line, result);
    }
    boolean _ = Ending.OF_PROCESS.noticeMemory(cause);
    if (line.hasThrown(cause)) {
      return failed(line, Failure.of(line, cause));
    }
    if (isCancelled) {
      return notDone(line, Outcome.CANCELLED);
    }
    boolean wasNotRun = cause instanceof PoolClosedException || cause instanceof NoOutputException;
    return wasNotRun ? notDone(line, Outcome.NOT_STARTED) : failed(line, Failure.of(line, cause));
  }

  private static Settled succeeded(Line line, @Nullable Object result) {
    try {
      return new Settled(line, Outcome.SUCCEEDED, null, OutcomeLines.succeeded(line, result));
    } catch (Throwable e) {
      boolean _ = Ending.OF_PROCESS.noticeMemory(e);
      return failed(line, Failure.notWritable(line, e));
    }
  }

  /** The outcome of a line that makes no job. */
  static Settled refused(Line line, String why) {
    return failed(line, Failure.notAJob(line, why));
  }

  private static Settled failed(Line line, Failure failure) {
    return new Settled(line, Outcome.FAILED, failure, OutcomeLines.failed(line, failure));
  }

  private static Settled notDone(Line line, Outcome outcome) {
    return new Settled(line, outcome, null, OutcomeLines.notDone(line, outcome));
  }
}
