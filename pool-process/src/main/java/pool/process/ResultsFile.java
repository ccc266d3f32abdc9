package pool.process;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Results of a batch that a child has not sent yet, in a file that it shares with its parent: they
 * outlive the child, however it ends, since what is written to mapped memory is the system's.
 *
 * <p>The file has the number of the request, how many results of it were sent before those that are
 * here, and how long these are; then the results, as in {@link Message#RESULTS}. The length is
 * written after what it covers, with release semantics, and set to 0 before the count of those sent
 * changes. So at whatever instruction the child ends, results that are here were not sent, or the
 * parent, which counts what it receives, sees that they were.
 */
final class ResultsFile {

  /** In the folder of the socket. */
  static final String NAME = "results";

  private static final VarHandle INT =
      MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);

  private static final int NUMBER = 0;
  private static final int SENT = Long.BYTES;
  private static final int LENGTH = SENT + Integer.BYTES;
  private static final int HEAD = LENGTH + Integer.BYTES;
  private static final int CAPACITY = 1 << 15; // bytes of results

  private final ByteBuffer file;
  private int length;
  private int count; // of results
  private int sent;

  private ResultsFile(ByteBuffer file) {
    this.file = file;
  }

  /** Of a child. */
  static ResultsFile open(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEAD + CAPACITY);
      return new ResultsFile(mapped);
    }
  }

  /** A request begins, of which nothing was sent. */
  void begin(long number) {
    publish(0);
    count = 0;
    sent = 0;
    file.putInt(SENT, 0).putLong(NUMBER, number);
  }

  private void publish(int newLength) {
    length = newLength;
    INT.setRelease(file, LENGTH, newLength);
  }

  boolean isEmpty() {
    return length == 0;
  }

  /** Whether a result finds room. */
  boolean hasRoom(int bytes) {
    return length + bytes <= CAPACITY;
  }

  /** Adds a result that finds room. */
  void add(byte[] result) {
    file.put(HEAD + length, result);
    count++;
    publish(length + result.length);
  }

  byte[] bytes() {
    byte[] all = new byte[length];
    file.get(HEAD, all);
    return all;
  }

  /** All was sent. Empty first: at no moment are results here that count as sent before. */
  void sent() {
    publish(0);
    sent += count;
    count = 0;
    VarHandle.releaseFence();
    file.putInt(SENT, sent);
  }

  /** One was sent that found no room. */
  void sentAlone() {
    sent++;
    file.putInt(SENT, sent);
  }

  /**
   * What a child has left, once it has ended.
   *
   * @param sent how many results of the request were sent before
   */
  record Left(int sent, DataInputStream results) {}

  /** Of a request; nothing is left when the file is not there, or is about another request. */
  static Left left(Path path, long number) throws IOException {
    if (!Files.exists(path)) {
      return new Left(0, new DataInputStream(new ByteArrayInputStream(new byte[0])));
    }
    ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path));
    boolean isAbout = file.capacity() == HEAD + CAPACITY && file.getLong(NUMBER) == number;
    int length = isAbout ? Math.clamp(file.getInt(LENGTH), 0, CAPACITY) : 0;
    return new Left(
        isAbout ? file.getInt(SENT) : 0,
        new DataInputStream(new ByteArrayInputStream(file.array(), isAbout ? HEAD : 0, length)));
  }
}
