package pool.flink;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.StringWriter;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;
import pool.api.internal.Reason;
import pool.core.Outcome;

/**
 * Outcomes as lines of JSON, in the form of {@code pool run} without the numbers of lines, which a
 * file that is read in parts does not have.
 */
final class OutcomeLines {

  private static final JsonFactory JSON = new JsonFactory();

  private OutcomeLines() {}

  /**
   * The line of an outcome, without its end. Jobs and results are asked what they are, which is the
   * plugin's code: one that throws is a failed outcome, as after a restart it would throw again.
   */
  static String line(Outcome<?, ?> outcome) throws IOException {
    String job;
    try {
      job = String.valueOf(outcome.job());
    } catch (RuntimeException | Error e) {
      return failed(
          outcome.job().getClass().getName(), "its text cannot be written: " + Reason.of(e));
    }
    try {
      return line(job, outcome);
    } catch (IOException | RuntimeException | Error e) {
      return failed(job, "its result cannot be written: " + Reason.of(e));
    }
  }

  private static String line(String job, Outcome<?, ?> outcome) throws IOException {
    return switch (outcome) {
      case Outcome.Succeeded<?, ?>(Object _, Object result) -> succeeded(job, result);
      case Outcome.Failed<?, ?>(Object _, Throwable cause) -> failed(job, Reason.of(cause));
      case Outcome.Cancelled<?, ?> _ -> object(job, "cancelled", _ -> {});
      case Outcome.NotStarted<?, ?> _ -> object(job, "notStarted", _ -> {});
    };
  }

  private static String succeeded(String job, @Nullable Object result) throws IOException {
    return object(
        job,
        "succeeded",
        json -> {
          json.writeFieldName("result");
          value(json, result);
        });
  }

  /** The line of what failed, or made no job. */
  static String failed(String job, String reason) throws IOException {
    return object(job, "failed", json -> json.writeStringField("reason", reason));
  }

  private interface Members {
    void writeTo(JsonGenerator json) throws IOException;
  }

  private static String object(String job, String outcome, Members more) throws IOException {
    StringWriter line = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(line)) {
      json.writeStartObject();
      json.writeStringField("job", Credentials.hiddenInUrls(job));
      json.writeStringField("outcome", outcome);
      more.writeTo(json);
      json.writeEndObject();
    }
    return line.toString();
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
      default -> json.writeString(value.toString());
    }
  }

  private static void members(JsonGenerator json, Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(String.valueOf(entry.getKey()));
      value(json, entry.getValue());
    }
    json.writeEndObject();
  }

  /** A record that is not public is written as its text. */
  private static void members(JsonGenerator json, Record source) throws IOException {
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
        value(json, component.getAccessor().invoke(source));
      } catch (ReflectiveOperationException e) {
        throw new IOException(component.getName() + "() threw " + e.getCause(), e);
      }
    }
    json.writeEndObject();
  }
}
