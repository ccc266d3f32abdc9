package pool.codec;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An exception as bytes: class, message, frames, cause, suppressed exceptions. Each part is
 * bounded, and so is the whole; the reader treats everything as mere text.
 */
public final class FailureBytes {

  private static final int DEEPEST = 8;
  private static final int MOST_SUPPRESSED = 8;
  private static final int MOST_FRAMES = 100;
  private static final int LONGEST_MESSAGE = 10_000; // characters
  private static final int LONGEST_NAME = 500;
  private static final int LONGEST_BYTES = 4 * LONGEST_MESSAGE;

  /**
   * After so many bytes only classes are written: a failure is far shorter than any message may be.
   */
  private static final int ENOUGH = 250_000; // bytes

  private FailureBytes() {}

  /**
   * Writes an exception, whose methods may throw as well.
   *
   * @param thrown the exception that a worker threw
   * @param out where to write it; bytes that are already there count towards the bound of the whole
   * @throws IOException when {@code out} does
   */
  public static void write(Throwable thrown, DataOutputStream out) throws IOException {
    write(thrown, out, DEEPEST);
  }

  private static void write(Throwable thrown, DataOutputStream out, int deep) throws IOException {
    name(
        thrown instanceof RemoteFailure remote ? remote.className() : thrown.getClass().getName(),
        out);
    String message = out.size() < ENOUGH ? message(thrown) : null;
    out.writeBoolean(message != null);
    if (message != null) {
      text(message, LONGEST_MESSAGE, out);
    }
    writeFrames(frames(thrown), out);
    Throwable cause = deep > 0 ? cause(thrown) : null;
    out.writeBoolean(cause != null);
    if (cause != null) {
      write(cause, out, deep - 1);
    }
    // Only the outermost exception keeps its suppressed ones; otherwise there could be many.
    Throwable[] suppressed = deep == DEEPEST ? thrown.getSuppressed() : new Throwable[0];
    int told = Math.min(suppressed.length, MOST_SUPPRESSED);
    out.writeByte(told);
    for (int i = 0; i < told; i++) {
      write(suppressed[i], out, DEEPEST - 1);
    }
  }

  private static void writeFrames(StackTraceElement[] frames, DataOutputStream out)
      throws IOException {
    int shown = out.size() < ENOUGH ? Math.min(frames.length, MOST_FRAMES) : 0;
    out.writeByte(shown);
    for (int i = 0; i < shown; i++) {
      frame(frames[i], out);
    }
  }

  /** Returns the message; the exception's code may be a plugin's, and may throw. */
  private static @Nullable String message(Throwable thrown) {
    try {
      return thrown.getMessage();
    } catch (Throwable unreadable) {
      return null;
    }
  }

  private static StackTraceElement[] frames(Throwable thrown) {
    try {
      return Arrays.stream(thrown.getStackTrace())
          .filter(Objects::nonNull)
          .toArray(StackTraceElement[]::new);
    } catch (Throwable unreadable) {
      return new StackTraceElement[0];
    }
  }

  private static @Nullable Throwable cause(Throwable thrown) {
    try {
      return thrown.getCause();
    } catch (Throwable unreadable) {
      return null;
    }
  }

  private static void frame(StackTraceElement frame, DataOutputStream out) throws IOException {
    for (String part :
        new @Nullable String[] {
          frame.getModuleName(), frame.getClassName(), frame.getMethodName(), frame.getFileName()
        }) {
      name(part == null ? "" : part, out);
    }
    out.writeInt(frame.getLineNumber());
  }

  private static void name(String name, DataOutputStream out) throws IOException {
    text(name, LONGEST_NAME, out);
  }

  private static void text(String text, int longest, DataOutputStream out) throws IOException {
    int kept = longest - 40;
    String cut =
        text.length() <= longest
            ? text
            : text.substring(0, kept) + "... (" + (text.length() - kept) + " more)";
    byte[] bytes = cut.getBytes(StandardCharsets.UTF_8);
    out.writeInt(bytes.length);
    out.write(bytes);
  }

  /**
   * Reads a failure.
   *
   * @param in bytes that may come from anybody
   * @return what they describe
   * @throws IOException when they are not the bytes of a failure
   */
  public static RemoteFailure read(DataInputStream in) throws IOException {
    return read(in, DEEPEST);
  }

  private static RemoteFailure read(DataInputStream in, int deep) throws IOException {
    if (deep < 0) {
      throw new IOException("a failure has more causes than " + DEEPEST);
    }
    String className = text(in);
    String message = in.readBoolean() ? text(in) : null;
    StackTraceElement[] frames = new StackTraceElement[atMost(MOST_FRAMES, in.readUnsignedByte())];
    for (int i = 0; i < frames.length; i++) {
      frames[i] = frame(in);
    }
    RemoteFailure cause = in.readBoolean() ? read(in, deep - 1) : null;
    RemoteFailure failure = new RemoteFailure(className, message, cause);
    failure.setStackTrace(frames);
    int suppressed = atMost(deep == DEEPEST ? MOST_SUPPRESSED : 0, in.readUnsignedByte());
    for (int i = 0; i < suppressed; i++) {
      failure.addSuppressed(read(in, DEEPEST - 1));
    }
    return failure;
  }

  private static StackTraceElement frame(DataInputStream in) throws IOException {
    List<String> parts = List.of(text(in), text(in), text(in), text(in));
    String module = parts.get(0);
    String file = parts.get(3);
    return new StackTraceElement(
        null,
        module.isEmpty() ? null : module,
        null,
        parts.get(1),
        parts.get(2),
        file.isEmpty() ? null : file,
        in.readInt());
  }

  private static String text(DataInputStream in) throws IOException {
    int length = in.readInt();
    byte[] bytes = in.readNBytes(atMost(Math.min(LONGEST_BYTES, in.available()), length));
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private static int atMost(int most, int count) throws IOException {
    if (count < 0 || count > most) {
      throw new IOException("a failure has a length of %d, at most %d".formatted(count, most));
    }
    return count;
  }
}
