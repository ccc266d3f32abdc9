package pool.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;

/**
 * Standard error for the log and for plugins: each printed line stays one line, whatever it
 * contains.
 */
final class PlainErr extends PrintStream {

  PlainErr(OutputStream err, Charset charset) {
    super(err, true, charset);
  }

  @Override
  public void println(@Nullable String line) {
    super.println(plain(line));
  }

  /** Gets the lines of a stack trace. */
  @Override
  public void println(@Nullable Object line) {
    super.println(plain(String.valueOf(line)));
  }

  /** Keeps tabs, since stack traces have them. */
  private static String plain(@Nullable String line) {
    String text = String.valueOf(line);
    String indent = text.startsWith("\t") ? "\t" : "";
    return indent + Printable.line(Credentials.hiddenInUrls(text.substring(indent.length())));
  }
}
