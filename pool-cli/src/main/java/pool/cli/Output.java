package pool.cli;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Where outcomes go. A file keeps what it held until {@link #begin}, for until then the command may
 * still be refused.
 *
 * @param stream to write to
 * @param file what is to be emptied, null when nothing is
 */
record Output(OutputStream stream, @Nullable FileChannel file) {

  /** Unlike {@code System.out}, it tells when it cannot be written. */
  static Output standard() {
    return new Output(new FileOutputStream(FileDescriptor.out), null);
  }

  static Output file(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      throw new IOException("it is a folder");
    }
    FileChannel channel =
        FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    return new Output(
        Channels.newOutputStream(channel), Files.isRegularFile(path) ? channel : null);
  }

  void begin() throws IOException {
    if (file != null) {
      file.truncate(0);
    }
  }
}
