package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * Reads records of CSV according to RFC 4180: a header that names the columns, in any order, and
 * then records whose fields are assigned by their columns.
 */
public final class CsvRecords implements LineSource {

  private final CsvLines lines;
  private final Records records;
  private @Nullable CsvHeader header;

  /**
   * Reads records from a stream, which it does not close.
   *
   * @param in the bytes
   * @param longest the most bytes that a record may have, at least 1
   * @param records makes the records, {@link Records#ofTexts of texts}
   */
  public CsvRecords(InputStream in, int longest, Records records) {
    this.lines = new CsvLines(in, longest);
    this.records = records;
  }

  @Override
  public void readHeader() throws IOException {
    if (header != null) {
      return;
    }
    InputLine first = lines.header();
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
  }

  @Override
  public @Nullable InputLine next() throws IOException {
    readHeader();
    return lines.next();
  }

  @Override
  public Object job(WorkerFactory<?, ?> factory, InputLine line) throws Exception {
    if (header == null) {
      throw new IllegalStateException("a record was read, so its header was");
    }
    return header.record(CsvFields.of(line.text()));
  }
}
