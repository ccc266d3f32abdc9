package pool.cli;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.Charset;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;

/**
 * Standard error for the log and for plugins: each line that is printed is one, whatever is in it.
 */
final class PlainErr extends PrintStream {

  PlainErr(OutputStream err, Charset charset) {
    super(err, true, charset);
  }

  @Override
  public void println(@Nullable String line) {
    super.println(plain(line));
  }

  /** The lines of a stack trace come here. */
  @Override
  public void println(@Nullable Object line) {
    super.println(plain(String.valueOf(line)));
  }

  /** Tabs are left: stack traces have them. */
  private static String plain(@Nullable String line) {
    String text = String.valueOf(line);
    String indent = text.startsWith("\t") ? "\t" : "";
    return indent + Printable.line(Credentials.hiddenInUrls(text.substring(indent.length())));
  }
}
