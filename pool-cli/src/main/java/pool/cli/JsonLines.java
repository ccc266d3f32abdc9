package pool.cli;

import static java.nio.charset.StandardCharsets.UTF_16BE;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

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
          value(json, result);
        });
  }

  byte[] failed(Failure failure) throws IOException {
    return object(
        failure.line(),
        failure.text(),
        "failed",
        json -> json.writeStringField("reason", whole(failure.reason())));
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
      json.writeStringField("job", whole(text));
      json.writeStringField("outcome", outcome);
      more.writeTo(json);
      json.writeEndObject();
    }
    line.write('\n');
    return line.toByteArray();
  }

  /** Half of a pair is no character, and strict readers refuse the line that has one. */
  static String whole(String text) {
    boolean pairs = text.chars().anyMatch(c -> Character.isSurrogate((char) c));
    return pairs ? new String(text.getBytes(UTF_16BE), UTF_16BE) : text; // with U+FFFD for halves
  }

  private static void value(JsonGenerator json, @Nullable Object value) throws IOException {
    switch (value) {
      case null -> json.writeNull();
      case Boolean b -> json.writeBoolean(b);
      case Integer i -> json.writeNumber(i);
      case Long l -> json.writeNumber(l);
      case Short s -> json.writeNumber(s);
      case Byte b -> json.writeNumber(b);
      case Float f -> json.writeNumber(f);
      case Double d -> json.writeNumber(d);
      case BigInteger i -> json.writeNumber(i);
      case BigDecimal d -> json.writeNumber(d);
      case byte[] bytes -> json.writeBinary(bytes);
      case Record r -> members(json, r);
      case Map<?, ?> map -> members(json, map);
      case Iterable<?> many when !(value instanceof Path) -> {
        json.writeStartArray();
        for (Object one : many) {
          value(json, one);
        }
        json.writeEndArray();
      }
      case Object array when array.getClass().isArray() -> {
        json.writeStartArray();
        for (int i = 0; i < Array.getLength(array); i++) {
          value(json, Array.get(array, i));
        }
        json.writeEndArray();
      }
      default -> json.writeString(whole(value.toString()));
    }
  }

  private static void members(JsonGenerator json, Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(whole(String.valueOf(entry.getKey())));
      value(json, entry.getValue());
    }
    json.writeEndObject();
  }

  /** A record whose package is not exported is written as its text. */
  private static void members(JsonGenerator json, Record source) throws IOException {
    RecordComponent[] components = source.getClass().getRecordComponents();
    for (RecordComponent component : components) {
      if (!component.getAccessor().canAccess(source)) {
        json.writeString(whole(source.toString()));
        return;
      }
    }
    json.writeStartObject();
    for (RecordComponent component : components) {
      json.writeFieldName(component.getName());
      try {
        value(json, component.getAccessor().invoke(source));
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(component.getName() + "() threw " + e.getCause(), e);
      }
    }
    json.writeEndObject();
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
