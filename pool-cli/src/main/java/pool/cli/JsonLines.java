package pool.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;
import pool.codec.JsonValue;

/** Writes one JSON object a line; each is flushed, so that what was written is seen. */
final class JsonLines implements Closeable {

  /** For JSON in which a terminal finds nothing to obey. */
  static final JsonFactory FACTORY = new JsonFactory().setCharacterEscapes(new Escapes());

  private final OutputStream out;

  JsonLines(OutputStream out) {
    this.out = out;
  }

  /** Asks the result what it is, which is the plugin's code: it may throw whatever it wants. */
  byte[] succeeded(Line line, @Nullable Object result) throws IOException {
    return object(
        line.number(),
        line.text(),
        "succeeded",
        json -> {
          json.writeFieldName("result");
          JsonValue.write(json, result);
        });
  }

  byte[] failed(Failure failure) throws IOException {
    return object(
        failure.line(),
        failure.text(),
        "failed",
        json -> json.writeStringField("reason", JsonValue.whole(failure.reason())));
  }

  /** Cancelled, or never started. */
  byte[] notDone(Line line, String outcome) throws IOException {
    return object(line.number(), line.text(), outcome, _ -> {});
  }

  void write(byte[] line) throws IOException {
    out.write(line);
    out.flush();
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** In memory: no line is written by half. */
  private byte[] object(long number, String text, String outcome, Members more) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    try (JsonGenerator json = FACTORY.createGenerator(line)) {
      json.writeStartObject();
      json.writeNumberField("line", number);
      json.writeStringField("job", JsonValue.whole(text));
      json.writeStringField("outcome", outcome);
      more.writeTo(json);
      json.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
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
