package pool.core.internal.discovery;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/** Measures the directory of a zip file, which whoever opens the file holds in memory. */
public final class ZipDirectory {

  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_LENGTH = 22;
  private static final int LOCATOR_SIGNATURE = 0x07064b50;
  private static final int LOCATOR_LENGTH = 20;
  private static final int END_64_LENGTH = 56;
  private static final int LONGEST_TAIL = 1 << 17; // twice what the JDK looks through

  private ZipDirectory() {}

  /**
   * Its length in bytes, 0 if it is no zip file. The record that tells it ends the file, but for a
   * comment; where several look like it, the longest that the file may have counts.
   */
  public static long length(Path path) throws IOException {
    try (RandomAccessFile file = new RandomAccessFile(path.toFile(), "r")) {
      int length = (int) Math.min(file.length(), LONGEST_TAIL);
      ByteBuffer tail = read(file, file.length() - length, length);
      long longest = 0;
      for (int at = length - END_LENGTH; at >= 0; at--) {
        if (tail.getInt(at) == END_SIGNATURE) {
          long said = Integer.toUnsignedLong(tail.getInt(at + 12));
          long directory = said == 0xffffffffL ? of64Bits(file, tail, at) : said;
          longest = directory > file.length() ? longest : Math.max(longest, directory);
        }
      }
      return longest;
    }
  }

  private static long of64Bits(RandomAccessFile file, ByteBuffer tail, int at) throws IOException {
    int locator = at - LOCATOR_LENGTH;
    if (locator < 0 || tail.getInt(locator) != LOCATOR_SIGNATURE) {
      return 0;
    }
    long end = tail.getLong(locator + 8);
    boolean isInside = end >= 0 && end <= file.length() - END_64_LENGTH;
    return isInside ? Math.max(0, read(file, end, END_64_LENGTH).getLong(40)) : 0;
  }

  private static ByteBuffer read(RandomAccessFile file, long at, int length) throws IOException {
    byte[] bytes = new byte[length];
    file.seek(at);
    file.readFully(bytes);
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
