package pool.process;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import pool.api.BatchRolledBackException;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.codec.FailureBytes;
import pool.codec.RemoteFailure;

/**
 * Sends what a worker throws to the parent. Exceptions that the pool understands have the same
 * class there, with the original as their cause; all others become a {@link RemoteFailure}.
 */
final class Failures {

  private static final int PLAIN = 0;
  private static final int BROKEN = 1;
  private static final int LATER = 2;
  private static final int LATER_PAUSING = 3;
  private static final int ROLLED_BACK = 4;
  private static final int ERROR = 5;

  private Failures() {}

  static void write(Throwable thrown, DataOutputStream out) throws IOException {
    switch (thrown) {
      case WorkerBrokenException _ -> out.writeByte(BROKEN);
      case RetryLaterException later -> {
        out.writeByte(later.isPausingPool() ? LATER_PAUSING : LATER);
        Message.write(later.delay().toString(), out);
      }
      case BatchRolledBackException _ -> out.writeByte(ROLLED_BACK);
      case Error _ -> out.writeByte(ERROR);
      default -> out.writeByte(PLAIN);
    }
    FailureBytes.write(thrown, out);
  }

  private static Duration delay(String text) throws IOException {
    try {
      return Duration.parse(text);
    } catch (DateTimeParseException e) {
      throw new IOException("no delay: " + text, e);
    }
  }

  static Exception read(DataInputStream in) throws IOException {
    int kind = in.readByte();
    Duration delay =
        kind == LATER || kind == LATER_PAUSING ? delay(Message.readText(in)) : Duration.ZERO;
    RemoteFailure failure = FailureBytes.read(in);
    Throwable cause = failure.getCause() == null ? failure : failure.getCause();
    return switch (kind) {
      case BROKEN -> new WorkerBrokenException(String.valueOf(failure.getMessage()), failure);
      case ERROR -> new WorkerBrokenException(failure.toString(), failure);
      case LATER -> new RetryLaterException(delay, cause);
      case LATER_PAUSING -> new RetryLaterException(delay, cause).pausingPool();
      case ROLLED_BACK -> new BatchRolledBackException(cause);
      case PLAIN -> failure;
      default -> throw new IOException("no failure is of the kind " + kind);
    };
  }
}
