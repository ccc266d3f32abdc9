package pool.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.MinimalPrettyPrinter;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes one JSON object a line; each is flushed, so that what was written is seen. */
final class JsonLines implements Closeable {

  private final JsonGenerator json;

  JsonLines(OutputStream out) throws IOException {
    json = new JsonFactory().createGenerator(out);
    json.setPrettyPrinter(new MinimalPrettyPrinter(""));
  }

  void succeeded(Line line, @Nullable Object result) throws IOException {
    begin(line.number(), line.text(), "succeeded");
    json.writeFieldName("result");
    value(result);
    end();
  }

  void failed(long number, String text, String reason) throws IOException {
    begin(number, text, "failed");
    json.writeStringField("reason", reason);
    end();
  }

  /** Cancelled, or never started. */
  void notDone(Line line, String outcome) throws IOException {
    begin(line.number(), line.text(), outcome);
    end();
  }

  private void begin(long number, String text, String outcome) throws IOException {
    json.writeStartObject();
    json.writeNumberField("line", number);
    json.writeStringField("job", text);
    json.writeStringField("outcome", outcome);
  }

  private void end() throws IOException {
    json.writeEndObject();
    json.writeRaw('\n');
    json.flush();
  }

  private void value(@Nullable Object value) throws IOException {
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
      case Record r -> members(r);
      case Map<?, ?> map -> members(map);
      case Iterable<?> many when !(value instanceof Path) -> {
        json.writeStartArray();
        for (Object one : many) {
          value(one);
        }
        json.writeEndArray();
      }
      default -> json.writeString(value.toString());
    }
  }

  private void members(Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      value(entry.getValue());
    }
    json.writeEndObject();
  }

  /** A record whose package is not exported is written as its text. */
  private void members(Record source) throws IOException {
    RecordComponent[] components = source.getClass().getRecordComponents();
    for (RecordComponent component : components) {
      if (!component.getAccessor().canAccess(source)) {
        json.writeString(source.toString());
        return;
      }
    }
    json.writeStartObject();
    for (RecordComponent component : components) {
      json.writeFieldName(component.getName());
      try {
        value(component.getAccessor().invoke(source));
      } catch (ReflectiveOperationException e) {
        json.writeString(String.valueOf(e.getCause()));
      }
    }
    json.writeEndObject();
  }

  @Override
  public void close() throws IOException {
    json.close();
  }
}
