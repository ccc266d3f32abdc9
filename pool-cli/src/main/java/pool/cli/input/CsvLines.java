package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * Reads the records of any CSV; the first one is the header. A record continues on the next line
 * while a quoted field is open. Empty lines between records are counted, but are not records.
 *
 * <p>The hash of a record covers the header, its lines and their ends, because with other columns
 * it would be another record.
 */
public final class CsvLines implements LineSource {

  private static final int SHOWN = 100; // characters of a record that is too long

  private final QuoteScanner quotes = new QuoteScanner();
  private final Lines lines;
  private final int longest;
  private final CRC32C hash = new CRC32C();
  private long length; // of a record, including the ends of its lines
  private boolean isAtHeader = true;
  private int hashOfHeader;

  /**
   * Reads records from a stream, which is not closed.
   *
   * @param in the bytes
   * @param longest how many bytes a record may have that makes a job, at least 1
   */
  public CsvLines(InputStream in, int longest) {
    this.lines = new Lines(in, longest, quotes);
    this.longest = longest;
  }

  @Override
  public void readHeader() throws IOException {
    InputLine _ = header();
  }

  /** The header; null when there is none, or it was read already. */
  @Nullable InputLine header() throws IOException {
    if (!isAtHeader) {
      return null;
    }
    InputLine header = record();
    isAtHeader = false;
    hashOfHeader = header == null ? 0 : header.hash();
    return header;
  }

  @Override
  public @Nullable InputLine next() throws IOException {
    readHeader();
    return record();
  }

  /** Reads a record: as many lines as belong together, after any empty ones. */
  private @Nullable InputLine record() throws IOException {
    InputLine first;
    do {
      quotes.begins();
      first = lines.next();
    } while (first != null && quotes.length() == 0);
    return first == null ? null : record(first);
  }

  private InputLine record(InputLine first) throws IOException {
    StringBuilder text = new StringBuilder(first.text());
    String wrong = first.wrong();
    hash.reset();
    update(hashOfHeader);
    update(first.hash());
    length = quotes.length();
    long ends = 0;
    long opened = first.number();
    boolean _ = quotes.hasOpened(); // forget fields that the first line opened
    while (quotes.isOpen()) {
      InputLine line = lines.next();
      if (line == null) {
        wrong = "a quoted field that begins in line %d is never closed".formatted(opened);
        break;
      }
      if (quotes.hasOpened()) {
        opened = line.number();
      }
      update(lines.endBefore());
      update(line.hash());
      ends += lines.endBefore().length();
      length = quotes.length() + ends;
      if (wrong == null && line.wrong() != null) {
        wrong = "in line %d, %s".formatted(line.number(), line.wrong());
      }
      if (length <= longest) {
        text.append(lines.endBefore()).append(line.text());
      }
    }
    return record(first.number(), text, wrong);
  }

  private InputLine record(long number, StringBuilder text, @Nullable String wrong) {
    int sum = (int) hash.getValue();
    if (length <= longest) {
      return new InputLine(number, text.toString(), sum, wrong);
    }
    String why =
        "it is %d bytes long, and --max-line is %d; only its beginning is shown"
            .formatted(length, longest);
    return new InputLine(number, beginning(text), sum, wrong == null ? why : wrong);
  }

  /** The beginning of a text, without half of a surrogate pair. */
  private static String beginning(StringBuilder text) {
    int end = Math.min(SHOWN, text.length());
    boolean cuts = end < text.length() && Character.isLowSurrogate(text.charAt(end));
    return text.substring(0, cuts ? end - 1 : end);
  }

  private void update(String end) {
    hash.update(end.getBytes(StandardCharsets.US_ASCII));
  }

  private void update(int part) {
    for (int shift = 0; shift < Integer.SIZE; shift += Byte.SIZE) {
      hash.update(part >>> shift);
    }
  }
}
