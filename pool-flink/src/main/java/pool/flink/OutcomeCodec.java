package pool.flink;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.jspecify.annotations.Nullable;
import pool.codec.Codec;
import pool.codec.FailureBytes;
import pool.codec.RemoteFailure;
import pool.core.Outcome;

/**
 * The codec of outcomes: how the job ended, the length of the job's bytes, the job's bytes, and its
 * result or failure.
 *
 * @param <J> the jobs
 * @param <R> the results
 * @param jobs the codec of the jobs
 * @param results the codec of the results
 */
record OutcomeCodec<J, R>(Codec<J> jobs, Codec<R> results) implements Codec<Outcome<J, R>> {

  // Savepoints contain these numbers, so none may change its meaning.
  private static final int SUCCEEDED = 1;
  private static final int SUCCEEDED_WITH_NULL = 2;
  private static final int FAILED = 3;
  private static final int CANCELLED = 4;
  private static final int NOT_STARTED = 5;

  /** Returns the outcome of a job that succeeded. */
  byte[] succeeded(byte[] job, @Nullable R result) throws IOException {
    return result == null
        ? bytes(SUCCEEDED_WITH_NULL, job, new byte[0])
        : bytes(SUCCEEDED, job, results.toBytes(result));
  }

  /** Returns the outcome of a job that failed. */
  byte[] failed(byte[] job, Throwable cause) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    FailureBytes.write(cause, new DataOutputStream(bytes));
    return bytes(FAILED, job, bytes.toByteArray());
  }

  private static byte[] bytes(int tag, byte[] job, byte[] rest) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(5 + job.length + rest.length);
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeByte(tag);
    out.writeInt(job.length);
    out.write(job);
    out.write(rest);
    return bytes.toByteArray();
  }

  @Override
  public byte[] toBytes(Outcome<J, R> outcome) throws IOException {
    byte[] job = jobs.toBytes(outcome.job());
    return switch (outcome) {
      case Outcome.Succeeded<J, R>(J _, R result) -> succeeded(job, result);
      case Outcome.Failed<J, R>(J _, Throwable cause) -> failed(job, cause);
      case Outcome.Cancelled<J, R> _ -> bytes(CANCELLED, job, new byte[0]);
      case Outcome.NotStarted<J, R> _ -> bytes(NOT_STARTED, job, new byte[0]);
    };
  }

  @Override
  public Outcome<J, R> fromBytes(byte[] bytes) throws IOException {
    DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
    int tag = in.readUnsignedByte();
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new IOException(
          "an outcome of %d bytes has a job of %d bytes".formatted(bytes.length, length));
    }
    J job = jobs.fromBytes(in.readNBytes(length));
    Outcome<J, R> outcome =
        switch (tag) {
          case SUCCEEDED -> succeeded(job, in.readAllBytes());
          case SUCCEEDED_WITH_NULL -> new Outcome.Succeeded<>(job, null);
          case FAILED -> new Outcome.Failed<>(job, FailureBytes.read(in));
          case CANCELLED -> new Outcome.Cancelled<>(job);
          case NOT_STARTED -> new Outcome.NotStarted<>(job);
          default -> throw new IOException("no outcome has the tag " + tag);
        };
    if (in.available() > 0) {
      throw new IOException("an outcome is followed by %d bytes".formatted(in.available()));
    }
    return outcome;
  }

  /** An unreadable result fails only its job, since a restart would not change it. */
  private Outcome<J, R> succeeded(J job, byte[] result) {
    try {
      return new Outcome.Succeeded<>(job, results.fromBytes(result));
    } catch (IOException | RuntimeException | Error e) {
      String message = "the result cannot be read: " + e.getMessage();
      return new Outcome.Failed<>(job, new RemoteFailure(e.getClass().getName(), message, null));
    }
  }

  /**
   * Returns the bytes of a job.
   *
   * @throws SuppressRestartsException when it has none; a restart would not change that
   */
  byte[] jobToBytes(J job) {
    try {
      return jobs.toBytes(job);
    } catch (IOException | RuntimeException | Error e) {
      throw new SuppressRestartsException(new IOException("a job cannot travel: " + e, e));
    }
  }

  /**
   * Returns the job of some bytes.
   *
   * @throws SuppressRestartsException when they are not the bytes of a job
   */
  J jobFromBytes(byte[] bytes) {
    try {
      return jobs.fromBytes(bytes);
    } catch (IOException | RuntimeException | Error e) {
      throw new SuppressRestartsException(new IOException("a job cannot be read back: " + e, e));
    }
  }
}
