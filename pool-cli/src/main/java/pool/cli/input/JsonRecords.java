package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/** Reads lines of JSON, each an object whose members make a record. */
public final class JsonRecords implements LineSource {

  private final Lines lines;
  private final Records records;

  /**
   * Reads lines from a stream, which it does not close.
   *
   * @param in the bytes
   * @param longest the most bytes that a line with a record may have, at least 1
   * @param records makes the records, {@link Records#ofJson of JSON}
   */
  public JsonRecords(InputStream in, int longest, Records records) {
    this.lines = new Lines(in, longest);
    this.records = records;
  }

  @Override
  public @Nullable InputLine next() throws IOException {
    return lines.next();
  }

  @Override
  public Object job(WorkerFactory<?, ?> factory, InputLine line) throws Exception {
    return records.read(line.text());
  }
}
