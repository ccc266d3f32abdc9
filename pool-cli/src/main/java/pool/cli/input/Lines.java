package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines of UTF-8, which end as those of {@link java.io.BufferedReader} do. A line that is too
 * long, or not UTF-8, does not prevent others from being read. Of a long line only the allowed
 * length is kept in memory. A byte-order mark before the first line is not part of it. A blank line
 * is a line.
 */
public final class Lines implements LineSource {

  private static final int SHOWN = 100; // bytes of a line that is too long

  private static final byte[] BYTE_ORDER_MARK = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  /** Sees all bytes of the lines, even those that are not kept, but not the ends of the lines. */
  interface Watcher {

    void see(byte[] buffer, int from, int to);
  }

  private final InputStream in;
  private final int longest;
  private final Watcher watcher;

  private final byte[] buffer = new byte[1 << 16];
  private int from;
  private int to;
  private boolean atBeginning = true;
  private boolean isOver; // a terminal, asked again after its end, would wait for another
  private boolean afterReturn; // a line feed that comes next belongs to its end

  private byte[] line = new byte[1 << 10];
  private long length; // as read; only the allowed length is kept
  private final CRC32C hash = new CRC32C(); // of all that was read
  private long number;
  private String end = ""; // of the last line, as far as it is known
  private String endBefore = "";

  /**
   * Reads lines from a stream, which it does not close.
   *
   * @param in the bytes
   * @param longest the most bytes that a line with a job may have, at least 1
   */
  public Lines(InputStream in, int longest) {
    this(in, longest, (_, _, _) -> {});
  }

  Lines(InputStream in, int longest, Watcher watcher) {
    this.in = in;
    this.longest = longest;
    this.watcher = watcher;
  }

  /**
   * The line end between the last line and the one before it. It cannot be known earlier: waiting
   * for a line feed after a carriage return may take for ever.
   */
  String endBefore() {
    return endBefore;
  }

  @Override
  public @Nullable InputLine next() throws IOException {
    length = 0;
    hash.reset();
    while (from < to || fill()) {
      if (afterReturn) {
        afterReturn = false;
        if (buffer[from] == '\n') {
          from++;
          end = "\r\n";
          continue;
        }
      }
      int stop = from;
      while (stop < to && buffer[stop] != '\n' && buffer[stop] != '\r') {
        stop++;
      }
      keep(stop);
      if (stop < to) {
        afterReturn = buffer[stop] == '\r';
        from = stop + 1;
        return ended(afterReturn ? "\r" : "\n");
      }
    }
    return length == 0 ? null : ended("");
  }

  private boolean fill() throws IOException {
    from = 0;
    to = read(0);
    if (atBeginning) {
      atBeginning = false;
      skipByteOrderMark();
    }
    return to > 0;
  }

  private int read(int at) throws IOException {
    int count = isOver ? -1 : in.read(buffer, at, buffer.length - at);
    isOver = count < 0;
    return Math.max(0, count);
  }

  /** Skips the mark that some editors write before the first line; it may come in pieces. */
  private void skipByteOrderMark() throws IOException {
    while (to < BYTE_ORDER_MARK.length && startsMark(to)) {
      int more = read(to);
      if (more == 0) {
        return;
      }
      to += more;
    }
    if (startsMark(BYTE_ORDER_MARK.length)) {
      from = BYTE_ORDER_MARK.length;
      if (from == to) {
        from = 0;
        to = read(0);
      }
    }
  }

  private boolean startsMark(int length) {
    return length <= to && Arrays.equals(buffer, 0, length, BYTE_ORDER_MARK, 0, length);
  }

  private void keep(int stop) {
    int kept = (int) Math.min(length, longest);
    int more = Math.min(stop - from, longest - kept);
    if (kept + more > line.length) {
      line = Arrays.copyOf(line, (int) Math.min(longest, 2L * (kept + more)));
    }
    System.arraycopy(buffer, from, line, kept, more);
    hash.update(buffer, from, stop - from);
    watcher.see(buffer, from, stop);
    length += stop - from;
    from = stop;
  }

  private InputLine ended(String by) {
    endBefore = end;
    end = by;
    return text();
  }

  private InputLine text() {
    number++;
    int sum = (int) hash.getValue();
    if (length > longest) {
      String beginning = decoded(Math.min(SHOWN, longest));
      return new InputLine(
          number,
          beginning,
          sum,
          "it is %d bytes long, and --max-line is %d; only its beginning is shown"
              .formatted(length, longest));
    }
    String text = new String(line, 0, (int) length, StandardCharsets.UTF_8);
    return new InputLine(number, text, sum, text.indexOf('\uFFFD') < 0 ? null : notUtf8());
  }

  /** Decodes the first bytes, without a character that is cut. */
  private String decoded(int bytes) {
    CharBuffer text = CharBuffer.allocate(bytes);
    StandardCharsets.UTF_8
        .newDecoder()
        .onMalformedInput(CodingErrorAction.REPLACE)
        .decode(ByteBuffer.wrap(line, 0, bytes), text, false);
    return text.flip().toString();
  }

  /** Checks again, since the line may really contain a replacement character. */
  private @Nullable String notUtf8() {
    ByteBuffer bytes = ByteBuffer.wrap(line, 0, (int) length);
    CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    if (!strict.decode(bytes, CharBuffer.allocate((int) length), true).isError()) {
      return null;
    }
    return "it is not UTF-8: byte %d is 0x%02x; what cannot be read is shown as \uFFFD"
        .formatted(bytes.position() + 1, bytes.get() & 0xff);
  }
}
