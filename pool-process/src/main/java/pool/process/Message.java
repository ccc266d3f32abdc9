package pool.process;

import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import org.jspecify.annotations.Nullable;

/** The kinds of frames, and how their bodies are written. */
final class Message {

  /** Both ends normally come from one build; a child with a configured class path may not. */
  static final int VERSION = 2;

  static final int LARGEST_VALUE = 64 << 20; // bytes of a job or a result

  // From the child, on each of its two channels: a version, a token
  static final int HELLO = 1;

  // Requests of the parent: a number, whether the pool is closing, and what is stated here
  static final int OPEN = 10; // an OpenRequest
  static final int DESCRIBE = 11; // an OpenRequest, too
  static final int RUN = 12; // a job
  static final int RUN_ALL = 13; // indexes and jobs
  static final int PING = 14;
  static final int FINISH = 15;
  static final int CLOSE = 16;

  // From the parent, on the second channel, without an answer: the number of the request to stop
  static final int STOP = 20;

  // Answers of the child: the number of the request, and what is stated here. The last answer is
  // DONE or THREW
  static final int DONE = 30; // the result
  static final int THREW = 31; // a failure
  static final int RESULTS =
      32; // for jobs of a batch: index, whether it succeeded, result or failure

  private Message() {}

  /** Writes a body. */
  interface Body {
    void writeTo(DataOutputStream out) throws IOException;
  }

  static byte[] bytes(Body body) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      body.writeTo(out);
    }
    return bytes.toByteArray();
  }

  /** Returns a body that begins with the number of a request. */
  static byte[] bytes(long number, Body body) throws IOException {
    return bytes(out -> {
      out.writeLong(number);
      body.writeTo(out);
    });
  }

  /** Returns the body of a request. */
  static byte[] request(long number, boolean isClosing, byte[] what) throws IOException {
    return bytes(
        number,
        out -> {
          out.writeBoolean(isClosing);
          out.write(what);
        });
  }

  /** Writes a value with its length. */
  static void write(byte[] value, DataOutputStream out) throws IOException {
    out.writeInt(value.length);
    out.write(value);
  }

  /** Returns the result of one job of a batch, as in {@link #RESULTS}. */
  static byte[] result(int index, byte @Nullable [] result) {
    ByteBuffer bytes = ByteBuffer.allocate(result == null ? 6 : 10 + result.length);
    bytes.putInt(index).put((byte) 1).put((byte) (result == null ? 0 : 1));
    if (result != null) {
      bytes.putInt(result.length).put(result);
    }
    return bytes.array();
  }

  /** Returns the failure of one job of a batch, as in {@link #RESULTS}. */
  static byte[] failure(int index, byte[] failure) {
    return ByteBuffer.allocate(5 + failure.length).putInt(index).put((byte) 0).put(failure).array();
  }

  /** Throws when a job or a result is too long to travel. */
  static void requireFits(String what, int bytes) throws IOException {
    if (bytes > LARGEST_VALUE) {
      throw new IOException(
          "the %s has %d bytes, of which a message takes at most %d: send the name of a file instead"
              .formatted(what, bytes, LARGEST_VALUE));
    }
  }

  /** Writes a value with its length, or null. */
  static void writeNullable(byte @Nullable [] value, DataOutputStream out) throws IOException {
    out.writeBoolean(value != null);
    if (value != null) {
      write(value, out);
    }
  }

  /** Writes a text of any length, also halves of surrogate pairs, which names of files may have. */
  static void write(String text, DataOutputStream out) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(text.length(), Character.BYTES));
    CharBuffer _ = bytes.asCharBuffer().put(text);
    write(bytes.array(), out);
  }

  static byte[] readBytes(DataInputStream in) throws IOException {
    int length = in.readInt();
    if (length < 0 || length > in.available()) {
      throw new BadMessageException("a value claims to have %d bytes".formatted(length));
    }
    return in.readNBytes(length);
  }

  static byte @Nullable [] readNullable(DataInputStream in) throws IOException {
    return in.readBoolean() ? readBytes(in) : null;
  }

  static String readText(DataInputStream in) throws IOException {
    return ByteBuffer.wrap(readBytes(in)).asCharBuffer().toString();
  }
}
