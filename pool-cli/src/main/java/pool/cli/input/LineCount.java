package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Counts the lines of a file, if that takes only a moment. */
public final class LineCount {

  private static final long LARGEST = 500_000_000;

  private LineCount() {}

  /**
   * Counts lines as {@link Lines} would read them.
   *
   * @param file the input of a run
   * @return empty if it is not a file, or too large to be read twice
   * @throws IOException when it cannot be read
   */
  public static OptionalLong of(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
      return OptionalLong.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return OptionalLong.of(count(in));
    }
  }

  private static long count(InputStream in) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long lines = 0;
    int last = '\n';
    for (int length; (length = in.read(buffer)) > 0; ) {
      for (int i = 0; i < length; i++) {
        int next = buffer[i];
        if (next == '\r' || (next == '\n' && last != '\r')) {
          lines++;
        }
        last = next;
      }
    }
    return last == '\n' || last == '\r' ? lines : lines + 1;
  }
}
