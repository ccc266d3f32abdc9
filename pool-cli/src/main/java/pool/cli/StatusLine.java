package pool.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.Charset;

/**
 * A terminal whose last line shows a status. Other output appears above it: the line is erased
 * before, and comes back when the cursor is at the beginning of a line again.
 */
final class StatusLine extends OutputStream {

  /** Goes to the beginning of the line, and erases it. */
  private static final String ERASE = "\r\u001b[K";

  private final OutputStream terminal;
  private final Charset charset;

  // Guarded by this object's monitor:
  private String status = "";
  private boolean isShown;
  private boolean atLineStart = true;

  StatusLine(OutputStream terminal, Charset charset) {
    this.terminal = terminal;
    this.charset = charset;
  }

  /** Sets the status line; empty for none. */
  synchronized void show(String text) throws IOException {
    if (text.equals(status)) {
      return;
    }
    status = text;
    write(new byte[0], 0, 0);
    flush();
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  /** Writes everything at once, so that the line does not flicker. */
  @Override
  public synchronized void write(byte[] bytes, int from, int length) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    if (isShown) {
      out.writeBytes(ERASE.getBytes(charset));
    }
    if (length > 0) {
      out.write(bytes, from, length);
      atLineStart = bytes[from + length - 1] == '\n';
    }
    isShown = atLineStart && !status.isEmpty();
    if (isShown) {
      out.writeBytes(status.getBytes(charset));
    }
    terminal.write(out.toByteArray());
  }

  @Override
  public void flush() throws IOException {
    terminal.flush();
  }
}
