package pool.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;
import pool.codec.JsonValue;

/** Writes outcomes as text: one JSON object a line, in the format of {@link OutcomeReader}. */
final class OutcomeLines {

  /** Makes JSON that contains nothing which a terminal would obey. */
  static final JsonFactory FACTORY = new JsonFactory().setCharacterEscapes(new Escapes());

  private static final int LIKELY_LENGTH = 256; // bytes of a line

  private OutcomeLines() {}

  /** The result is converted by the plugin's code, which may throw anything. */
  static ByteArrayOutputStream succeeded(Line line, @Nullable Object result) throws IOException {
    return object(
        line,
        Outcome.SUCCEEDED,
        json -> {
          json.writeFieldName("result");
          JsonValue.write(json, result);
        });
  }

  static ByteArrayOutputStream failed(Line line, Failure failure) {
    return plain(
        line,
        Outcome.FAILED,
        json -> json.writeStringField("reason", JsonValue.whole(failure.reason())));
  }

  /** The outcome of a job that was cancelled or never started. */
  static ByteArrayOutputStream notDone(Line line, Outcome outcome) {
    return plain(line, outcome, _ -> {});
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  /** An outcome of texts only, without any plugin's code. */
  private static ByteArrayOutputStream plain(Line line, Outcome outcome, Members more) {
    try {
      return object(line, outcome, more);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Written to memory first, so that no partial line is written. */
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

  /** Escapes what JSON allows but a terminal would obey. Surrogates are escaped anyway. */
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
