package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;

/** Counts the lines of a file, if that takes only a moment. */
public final class LineCount {

  private static final long LARGEST = 500_000_000;

  private LineCount() {}

  /**
   * Counts lines as {@link Lines} would read them.
   *
   * @param file the input of a run
   * @param isInVain asked now and then: whether nobody needs the number any more
   * @return empty if it is not a file, is too large to be read twice, or nobody needs the number
   * @throws IOException when it cannot be read
   */
  public static OptionalLong of(Path file, BooleanSupplier isInVain) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) > LARGEST) {
      return OptionalLong.empty();
    }
    try (InputStream in = Files.newInputStream(file)) {
      return count(in, isInVain);
    }
  }

  private static OptionalLong count(InputStream in, BooleanSupplier isInVain) throws IOException {
    byte[] buffer = new byte[1 << 16];
    long lines = 0;
    int last = '\n';
    for (int length; (length = in.read(buffer)) > 0; ) {
      if (isInVain.getAsBoolean()) {
        return OptionalLong.empty();
      }
      for (int i = 0; i < length; i++) {
        int next = buffer[i];
        if (next == '\r' || (next == '\n' && last != '\r')) {
          lines++;
        }
        last = next;
      }
    }
    return OptionalLong.of(last == '\n' || last == '\r' ? lines : lines + 1);
  }
}
