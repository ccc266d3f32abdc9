package pool.cli;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.charset.Charset;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Standard output of a command; unlike {@code System.out} it keeps the reason of a failure. */
final class CommandOut extends FilterOutputStream {

  private @Nullable IOException failure;
  private final PrintWriter writer;

  CommandOut(Charset charset) {
    this(StandardStreams.unchecked(), charset);
  }

  private CommandOut(OutputStream out, Charset charset) {
    super(out);
    this.writer = new PrintWriter(new BufferedOutputStream(this), false, charset);
  }

  PrintWriter writer() {
    return writer;
  }

  /** Writes the rest; returns the reason if not everything could be written. */
  Optional<IOException> end() {
    writer.flush();
    return Optional.ofNullable(failure);
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int from, int length) throws IOException {
    try {
      out.write(bytes, from, length);
    } catch (IOException e) {
      failure = failure == null ? e : failure;
      throw e;
    }
  }
}
