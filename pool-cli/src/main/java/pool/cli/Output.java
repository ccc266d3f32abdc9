package pool.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where outcomes go, a whole line at a time. A file keeps what it held until {@link #begin}, for
 * until then the command may still be refused; it keeps no part of a line for which the disk had no
 * room, and from then on no other run may begin to write it.
 *
 * <p>Any thread may write. What all have written until a moment is made durable by one of them, for
 * which those wait that need it.
 */
final class Output extends OutputStream {

  private final OutputStream stream;
  private final @Nullable FileChannel file; // null when it is a pipe, a terminal, a device
  private final Sync sync;
  private final Check mayBegin;

  private final Object writing = new Object();
  private final Object syncing = new Object();
  private volatile long written; // bytes of the file; changed under that lock
  private long durable; // of those; under the lock of syncing

  /** Whether what a file holds may be lost. */
  interface Check {
    void run() throws IOException;
  }

  private interface Sync {
    void run() throws IOException;
  }

  private Output(OutputStream stream, @Nullable FileChannel file, Sync sync, Check mayBegin) {
    this.stream = stream;
    this.file = file;
    this.sync = sync;
    this.mayBegin = mayBegin;
  }

  /** Unlike {@code System.out}, it tells when it cannot be written. */
  static Output standard() {
    return ofStream(StandardStreams.output());
  }

  /** What is no file. */
  static Output ofStream(OutputStream stream) {
    return new Output(stream, null, () -> {}, () -> {});
  }

  static Output file(Path path) throws IOException {
    return file(path, () -> {});
  }

  static Output file(Path path, Check mayBegin) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a folder");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      return ofStream(Files.newOutputStream(path, StandardOpenOption.WRITE));
    }
    if (!path.equals(Path.of(path.toString()))) { // its name is no text, see Names
      FileChannel file =
          FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
      return new Output(Channels.newOutputStream(file), file, () -> file.force(false), mayBegin);
    }
    // Unlike a channel, it is not closed by an interrupt that reaches whoever writes.
    FileOutputStream stream = new FileOutputStream(path.toString(), true);
    return new Output(stream, stream.getChannel(), () -> stream.getFD().sync(), mayBegin);
  }

  /** Whether it is a file, which can be read and gone on with. */
  boolean isFile() {
    return file != null;
  }

  void begin() throws IOException {
    begin(0, -1);
  }

  /**
   * From here on it holds the first bytes of what it held, and what is written.
   *
   * @param kept how many
   * @param length what it must have held, -1 for whatever it did
   */
  void begin(long kept, long length) throws IOException {
    if (file == null) {
      return;
    }
    mayBegin.run();
    claim(file);
    if (length >= 0 && file.size() != length) {
      throw new IOException("another process has written it meanwhile");
    }
    file.truncate(kept);
    written = kept;
  }

  private static void claim(FileChannel file) throws IOException {
    try {
      if (file.tryLock() != null) {
        return;
      }
    } catch (OverlappingFileLockException e) {
      // said below
    } catch (IOException e) {
      return; // this file system has no locks
    }
    throw new IOException("another run is writing it");
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] line, int from, int length) throws IOException {
    synchronized (writing) {
      try {
        stream.write(line, from, length);
        written += length;
      } catch (IOException e) {
        dropPart(e);
        throw e;
      }
    }
  }

  private void dropPart(IOException because) {
    try {
      if (file != null) {
        file.truncate(written);
      }
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  /** Returns when what the caller has written is durable, if it is in a file. */
  void sync() throws IOException {
    long own = written;
    synchronized (syncing) {
      if (durable < own) {
        long all = written;
        sync.run();
        durable = all;
      }
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
