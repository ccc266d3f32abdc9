package pool.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where outcomes go, a whole line at a time. A file keeps what it held until {@link #begin}, for
 * until then the command may still be refused; it keeps no part of a line for which the disk had no
 * room.
 */
final class Output extends OutputStream {

  private final OutputStream stream;
  private final @Nullable FileChannel file; // null when it is a pipe, a terminal, a device
  private final Check mayBegin;

  /** Whether what a file holds may be lost. */
  interface Check {
    void run() throws IOException;
  }

  private Output(OutputStream stream, @Nullable FileChannel file, Check mayBegin) {
    this.stream = stream;
    this.file = file;
    this.mayBegin = mayBegin;
  }

  /** Unlike {@code System.out}, it tells when it cannot be written. */
  static Output standard() {
    return new Output(StandardStreams.output(), null, () -> {});
  }

  static Output file(Path path) throws IOException {
    return file(path, () -> {});
  }

  static Output file(Path path, Check mayBegin) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a folder");
    }
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new Output(
        Channels.newOutputStream(channel), Files.isRegularFile(path) ? channel : null, mayBegin);
  }

  void begin() throws IOException {
    if (file != null) {
      mayBegin.run();
      file.truncate(0);
    }
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] line, int from, int length) throws IOException {
    long whole = file == null ? 0 : file.position();
    try {
      stream.write(line, from, length);
    } catch (IOException e) {
      dropPart(whole, e);
      throw e;
    }
  }

  private void dropPart(long whole, IOException because) {
    try {
      if (file != null) {
        file.truncate(whole);
      }
    } catch (IOException e) {
      because.addSuppressed(e);
    }
  }

  @Override
  public void close() throws IOException {
    stream.close();
  }
}
