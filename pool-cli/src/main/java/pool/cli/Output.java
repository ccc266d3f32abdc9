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
 * Where outcomes go, one whole line at a time. A file keeps its content until {@link #begin}, since
 * the command may still be refused until then. After that no other run may begin to write it, if
 * its file system has locks. If the disk has no room for a line, the file keeps no part of it, and
 * accepts nothing after a failure.
 *
 * <p>Any thread may write. Threads that wait for the disk share one call: the first one makes
 * durable what all have written by then.
 */
final class Output extends OutputStream {

  private final OutputStream stream;
  private final @Nullable FileChannel file; // null when it is a pipe, a terminal, a device
  private final Sync sync;
  private final Check mayBegin;

  private @Nullable FileLock lock; // used by the thread that begins

  private final Object writing = new Object();
  private final Object syncing = new Object();
  private volatile long written; // bytes of the file; changed under that lock
  private volatile @Nullable IOException failure; // the first, after which nothing is written
  private long durable; // of those bytes; guarded by syncing

  /** Checks that the content of a file may be lost. */
  interface Check {
    void run() throws IOException;
  }

  /** Makes the disk take what was written. */
  interface Sync {
    void run() throws IOException;
  }

  /** Made of parts, for the tests of {@link #sync}. */
  Output(OutputStream stream, @Nullable FileChannel file, Sync sync, Check mayBegin) {
    this.stream = stream;
    this.file = file;
    this.sync = sync;
    this.mayBegin = mayBegin;
  }

  /** Unlike {@code System.out}, it reports when it cannot be written. */
  static Output standard() {
    return ofStream(StandardStreams.output());
  }

  /** An output that is not a file. */
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
    if (!path.equals(Path.of(path.toString()))) { // its name is not text, see Names
      return new Output(Channels.newOutputStream(file), file, () -> file.force(false), mayBegin);
    }
    file.close();
    // Unlike a channel, it is not closed when a thread that writes is interrupted.
    FileOutputStream stream = new FileOutputStream(path.toString(), true);
    return new Output(stream, stream.getChannel(), () -> stream.getFD().sync(), mayBegin);
  }

  /** Whether it is a file, which can be read, and continued later. */
  boolean isFile() {
    return file != null;
  }

  /** Discards the file's content; from now on it holds what is written. */
  void begin() throws IOException {
    if (file != null) {
      mayBegin.run();
      claim();
      file.truncate(0);
    }
  }

  /**
   * Keeps only the first bytes of the file's content; what is written follows them.
   *
   * @param kept how many bytes to keep
   * @param length the file's size when that was decided
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
   * Prevents other runs from writing the file. The system ends this when the process closes the
   * same file elsewhere, so call it again after that.
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
      // reported below
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
    boolean wasInterrupted = Thread.interrupted(); // the flag would close a channel
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

  /** Returns when what the caller has written is durable, if this is a file. */
  void sync() throws IOException {
    long own = written;
    synchronized (syncing) {
      requireNoFailure();
      if (durable < own) {
        long all = written;
        try {
          sync.run();
        } catch (IOException e) { // the system may have dropped data
          failure = e;
          throw e;
        }
        durable = all;
      }
    }
  }

  /** Makes the name of a file durable, which may be new. */
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
