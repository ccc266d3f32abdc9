package pool.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;
import pool.codec.JsonValue;

/**
 * Writes one JSON object a line. Those that go to a file are written each as they come, so that no
 * job begins whose worker's last outcome is not there yet; what goes elsewhere is written when it
 * is flushed.
 */
final class JsonLines implements Closeable {

  /** For JSON in which a terminal finds nothing to obey. */
  static final JsonFactory FACTORY = new JsonFactory().setCharacterEscapes(new Escapes());

  private static final int LIKELY_LENGTH = 256; // bytes of a line
  private static final int MOST_WAITING = 1 << 16; // bytes

  private final Output out;
  private final ByteArrayOutputStream waiting = new ByteArrayOutputStream();

  JsonLines(Output out) {
    this.out = out;
  }

  /** Asks the result what it is, which is the plugin's code: it may throw whatever it wants. */
  ByteArrayOutputStream succeeded(Line line, @Nullable Object result) throws IOException {
    return object(
        line,
        Outcome.SUCCEEDED,
        json -> {
          json.writeFieldName("result");
          JsonValue.write(json, result);
        });
  }

  ByteArrayOutputStream failed(Line line, Failure failure) {
    return plain(
        line,
        Outcome.FAILED,
        json -> json.writeStringField("reason", JsonValue.whole(failure.reason())));
  }

  /** Cancelled, or never started. */
  ByteArrayOutputStream notDone(Line line, Outcome outcome) {
    return plain(line, outcome, _ -> {});
  }

  /** What was written is on the disk. */
  void sync() throws IOException {
    out.sync();
  }

  /** Whether outcomes go to a file, in which a later run finds them. */
  boolean areKept() {
    return out.isFile();
  }

  void write(ByteArrayOutputStream line) throws IOException {
    if (out.isFile()) {
      line.writeTo(out); // in one call
      return;
    }
    line.writeTo(waiting);
  }

  /** Whether so much waits that it is to be flushed whatever else is to be done. */
  boolean isFull() {
    return waiting.size() >= MOST_WAITING;
  }

  void flush() throws IOException {
    if (waiting.size() > 0) {
      byte[] lines = waiting.toByteArray();
      waiting.reset(); // also when they cannot be written: nobody writes them twice
      out.write(lines);
    }
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** Of texts only, which are no plugin's code. */
  private static ByteArrayOutputStream plain(Line line, Outcome outcome, Members more) {
    try {
      return object(line, outcome, more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In memory: no line is written by half. */
  private static ByteArrayOutputStream object(Line line, Outcome outcome, Members more)
      throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream(LIKELY_LENGTH);
    try (JsonGenerator json = FACTORY.createGenerator(text)) {
      json.writeStartObject();
      json.writeNumberField("line", line.number());
      json.writeStringField("job", JsonValue.whole(line.text()));
      json.writeStringField("outcome", outcome.word());
      more.writeTo(json);
      json.writeStringField("hash", HexFormat.of().toHexDigits(line.hash()));
      Line.Run run = line.run();
      if (run != null && outcome != Outcome.NOT_STARTED) {
        json.writeStringField("began", run.began());
        json.writeFieldName("millis");
        json.writeNumber(run.millis());
        json.writeStringField("worker", JsonValue.whole(run.worker()));
        json.writeNumberField("attempt", run.attempt());
      }
      json.writeNumberField("v", OutcomeReader.VERSION);
      json.writeEndObject();
    }
    text.write('\n');
    return text;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** Also of what JSON allows and a terminal would obey. Surrogates are escaped anyway. */
  private static final class Escapes extends CharacterEscapes {

    private static final long serialVersionUID = 1L;
    private static final int DEL = 127;

    @Override
    public int[] getEscapeCodesForAscii() {
      int[] codes = standardAsciiEscapesForJSON();
      codes[DEL] = ESCAPE_STANDARD;
      return codes;
    }

    @Override
    public @Nullable SerializableString getEscapeSequence(int c) {
      return Printable.isPlain(c) || Character.isSurrogate((char) c)
          ? null
          : new SerializedString(Printable.escape(c));
    }
  }
}
