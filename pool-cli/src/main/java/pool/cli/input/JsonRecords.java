package pool.cli.input;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/** Reads lines of JSON, each of them an object whose members make a record. */
public final class JsonRecords implements LineSource {

  private final Lines lines;
  private final Records records;

  /**
   * Reads lines from a stream, which is not closed.
   *
   * @param in the bytes
   * @param longest how many bytes a line may have that makes a record, at least 1
   * @param records makes them, {@link Records#ofJson of JSON}
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
