package pool.cli;

import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where outcomes go, a whole line at a time. A file keeps what it held until {@link #begin}, for
 * until then the command may still be refused. From then on no other run may begin to write it, as
 * far as its file system has locks. It keeps no part of a line for which the disk had no room, and
 * takes nothing after a failure.
 *
 * <p>Any thread may write. Several that wait for the disk share one call: whoever comes first makes
 * durable what all have written by then.
 */
final class Output extends OutputStream {

  private final OutputStream stream;
  private final @Nullable FileChannel file; // null when it is a pipe, a terminal, a device
  private final Sync sync;
  private final Check mayBegin;

  private @Nullable FileLock lock; // the main thread's

  private final Object writing = new Object();
  private final Object syncing = new Object();
  private volatile long written; // bytes of the file; changed under that lock
  private volatile @Nullable IOException failure; // the first, after which nothing is written
  private long durable; // of those bytes; under the lock of syncing

  /** Whether what a file holds may be lost. */
  interface Check {
    void run() throws IOException;
  }

  /** Has the disk take what was written. */
  interface Sync {
    void run() throws IOException;
  }

  /** Of parts; for the tests of {@link #sync}. */
  Output(OutputStream stream, @Nullable FileChannel file, Sync sync, Check mayBegin) {
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
    FileChannel file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    if (!path.equals(Path.of(path.toString()))) { // its name is no text, see Names
      return new Output(Channels.newOutputStream(file), file, () -> file.force(false), mayBegin);
    }
    file.close();
    // Unlike a channel, it is not closed by an interrupt that comes while somebody writes.
    FileOutputStream stream = new FileOutputStream(path.toString(), true);
    return new Output(stream, stream.getChannel(), () -> stream.getFD().sync(), mayBegin);
  }

  /** Whether it is a file, which can be read and gone on with. */
  boolean isFile() {
    return file != null;
  }

  /** From here on it holds what is written. */
  void begin() throws IOException {
    if (file != null) {
      mayBegin.run();
      claim();
      file.truncate(0);
    }
  }

  /**
   * From here on it holds the first bytes of what it held, and what is written.
   *
   * @param kept how many
   * @param length what it held when that was decided
   */
  void goOn(long kept, long length) throws IOException {
    if (file != null) {
      mayBegin.run();
      claim();
      if (file.size() != length) {
        throw new IOException("another process has written it meanwhile");
      }
      file.truncate(kept);
      written = kept;
    }
  }

  /**
   * No other run writes the file from now on; or until this process closes the same file elsewhere,
   * as the system has it, so that this is said again.
   */
  void claim() throws IOException {
    try {
      if (lock != null) {
        lock.release();
      }
      lock = file == null ? null : file.tryLock();
      if (file == null || lock != null) {
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
    boolean wasInterrupted = Thread.interrupted(); // at which a channel would be closed
    try {
      synchronized (writing) {
        requireNoFailure();
        try {
          stream.write(line, from, length);
          written += length;
        } catch (IOException e) {
          dropPart(e);
          failure = e;
          throw e;
        }
      }
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void requireNoFailure() throws IOException {
    IOException before = failure;
    if (before != null) {
      throw before;
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
      requireNoFailure();
      if (durable < own) {
        long all = written;
        try {
          sync.run();
        } catch (IOException e) { // the system may have dropped what it could not write
          failure = e;
          throw e;
        }
        durable = all;
      }
    }
  }

  /** Makes the name of a file durable that may be new. */
  static void syncFolderOf(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null) {
      try (FileChannel open = FileChannel.open(folder, StandardOpenOption.READ)) {
        open.force(true);
      }
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
