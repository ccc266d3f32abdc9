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
 * Results of a batch that a child has not sent yet, in a file that it shares with its parent. They
 * outlive the child, however it ends, because mapped memory belongs to the system.
 *
 * <p>The file contains the number of the request, the count of results that were sent before those
 * in the file, and their length; then the results, as in {@link Message#RESULTS}. The child writes
 * the length after what it covers, with release semantics, and sets it to 0 before it changes the
 * count. So at whatever instruction the child ends, either the results in the file were not sent,
 * or the parent, which counts what it receives, sees that they were.
 */
final class ResultsFile {

  /** The name within the folder of the socket. */
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

  /** Creates the file of a child. */
  static ResultsFile open(Path path) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      ByteBuffer empty = ByteBuffer.allocate(HEAD + CAPACITY);
      while (empty.hasRemaining()) { // mapped memory without blocks on the disk fails when written
        int _ = channel.write(empty);
      }
      MappedByteBuffer mapped = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEAD + CAPACITY);
      return new ResultsFile(mapped);
    }
  }

  /** Begins a request, none of whose results has been sent. */
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

  /** Returns whether there is room for a result. */
  boolean hasRoom(int bytes) {
    return length + bytes <= CAPACITY;
  }

  /** Adds a result, for which there must be room. */
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

  /**
   * Notes that all results were sent. Empties the file first, so that it never contains results
   * that count as sent before.
   */
  void sent() {
    publish(0);
    sent += count;
    count = 0;
    VarHandle.releaseFence();
    file.putInt(SENT, sent);
  }

  /** Notes that a result was sent alone, since there was no room for it. */
  void sentAlone() {
    sent++;
    file.putInt(SENT, sent);
  }

  /**
   * The results that a child left when it ended.
   *
   * @param sent how many results of the request were sent before these
   */
  record Left(int sent, DataInputStream results) {}

  /**
   * Returns the results left for a request; none when the file does not exist, or belongs to
   * another request.
   */
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
