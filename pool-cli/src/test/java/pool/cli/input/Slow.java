package pool.cli.input;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Random;

/**
 * Input that comes in pieces, so that every end of a line is met at an end of what was read, too.
 */
final class Slow {

  private Slow() {}

  static InputStream of(byte[] bytes, Random random) {
    return new FilterInputStream(new ByteArrayInputStream(bytes)) {
      @Override
      public int read(byte[] buffer, int from, int length) throws IOException {
        return super.read(buffer, from, Math.min(length, 1 + random.nextInt(3)));
      }
    };
  }
}
