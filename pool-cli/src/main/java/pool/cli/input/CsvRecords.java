package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Reads records of CSV as RFC 4180 has it: a header that names the columns, in any order, and then
 * records, which go on to the next line while a quoted field is open. Empty lines between them
 * count, and are no records.
 *
 * <p>The hash of a record is that of the header, of its lines and of their ends: with other columns
 * it would be another record.
 */
public final class CsvRecords implements LineSource {

  private static final int SHOWN = 100; // characters of a record that is too long

  private final QuoteScanner quotes = new QuoteScanner();
  private final Lines lines;
  private final int longest;
  private final Records records;
  private final CRC32C hash = new CRC32C();
  private @Nullable CsvHeader header;
  private int hashOfHeader;
  private long length; // of a record: its lines' bytes and their ends

  /**
   * Reads records from a stream, which is not closed.
   *
   * @param in the bytes
   * @param longest how many bytes a record may have, at least 1
   * @param records makes them, {@link Records#ofTexts of texts}
   */
  public CsvRecords(InputStream in, int longest, Records records) {
    this.lines = new Lines(in, longest, quotes);
    this.longest = longest;
    this.records = records;
  }

  @Override
  public void readHeader() throws IOException {
    if (header != null) {
      return;
    }
    InputLine first = record();
    if (first == null) {
      throw new BadHeaderException(
          "it is empty; its first line must name columns: " + CsvHeader.names(records));
    }
    if (first.wrong() != null) {
      throw new BadHeaderException("its header cannot be read: " + first.wrong());
    }
    try {
      header = new CsvHeader(CsvFields.of(first.text()), records);
    } catch (IllegalArgumentException e) {
      throw new BadHeaderException("its header cannot be read: " + e.getMessage());
    }
    hashOfHeader = first.hash();
  }

  @Override
  public @Nullable InputLine next() throws IOException {
    readHeader();
    return record();
  }

  @Override
  public Object job(WorkerFactory<?, ?> factory, InputLine line) throws Exception {
    if (header == null) {
      throw new IllegalStateException("a record was read, so its header was");
    }
    return header.record(CsvFields.of(line.text()));
  }

  /** The next lines that are not empty, as many as belong together. */
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
    boolean _ = quotes.hasOpened(); // there
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

  /** Without half of a pair. */
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
