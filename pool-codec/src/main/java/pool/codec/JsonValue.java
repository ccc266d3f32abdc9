package pool.codec;

import static java.nio.charset.StandardCharsets.UTF_16BE;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Converts values to JSON and back: null, booleans, numbers, bytes as Base64, records and maps as
 * objects, collections and arrays as arrays, everything else as its text.
 */
public final class JsonValue {

  private JsonValue() {}

  /**
   * Writes a value. This calls the accessors of records and maps, and {@code toString} methods,
   * which may be anybody's code and may throw anything.
   *
   * @param json where to write it
   * @param value may be null; must not contain itself
   * @throws IOException when it cannot be written, or an accessor of a record throws
   */
  public static void write(JsonGenerator json, @Nullable Object value) throws IOException {
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
          write(json, one);
        }
        json.writeEndArray();
      }
      case Object array when array.getClass().isArray() -> {
        json.writeStartArray();
        for (int i = 0; i < Array.getLength(array); i++) {
          write(json, Array.get(array, i));
        }
        json.writeEndArray();
      }
      default -> json.writeString(whole(value.toString()));
    }
  }

  /**
   * Reads a value: null, booleans, texts, numbers, lists, and maps whose members keep their order.
   *
   * @param json a parser before the value; afterwards it is at the value's last token
   * @return the value; collections are unmodifiable
   * @throws IOException when there is no value, or it cannot be read
   */
  public static @Nullable Object read(JsonParser json) throws IOException {
    JsonToken token = json.nextToken();
    if (token == null) {
      throw new IOException("there is no value");
    }
    return valueAt(json, token);
  }

  private static @Nullable Object valueAt(JsonParser json, JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_NULL -> null;
      case VALUE_TRUE -> true;
      case VALUE_FALSE -> false;
      case VALUE_STRING -> json.getText();
      case VALUE_NUMBER_INT -> json.getNumberValue();
      case VALUE_NUMBER_FLOAT -> json.getDecimalValue();
      case START_ARRAY -> list(json);
      case START_OBJECT -> map(json);
      default -> throw new IOException("not a value: " + token);
    };
  }

  private static List<@Nullable Object> list(JsonParser json) throws IOException {
    List<@Nullable Object> list = new ArrayList<>();
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      list.add(valueAt(json, token));
    }
    return Collections.unmodifiableList(list);
  }

  private static Map<String, @Nullable Object> map(JsonParser json) throws IOException {
    Map<String, @Nullable Object> map = new LinkedHashMap<>();
    while (json.nextToken() != JsonToken.END_OBJECT) {
      String name = json.currentName();
      map.put(name, valueAt(json, json.nextToken()));
    }
    return Collections.unmodifiableMap(map);
  }

  /**
   * Returns a text that every reader of JSON accepts. Half of a surrogate pair is not a character,
   * and strict readers refuse texts that contain one.
   *
   * @param text any text
   * @return the text, with U+FFFD in place of such halves
   */
  public static String whole(String text) {
    boolean pairs = text.chars().anyMatch(c -> Character.isSurrogate((char) c));
    return pairs ? new String(text.getBytes(UTF_16BE), UTF_16BE) : text;
  }

  private static void members(JsonGenerator json, Map<?, ?> map) throws IOException {
    json.writeStartObject();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      json.writeFieldName(whole(String.valueOf(entry.getKey())));
      write(json, entry.getValue());
    }
    json.writeEndObject();
  }

  /**
   * Writes the components of a record. A record that is not public, or whose package is not
   * exported, is written as its text.
   */
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
        write(json, component.getAccessor().invoke(source));
      } catch (ReflectiveOperationException e) {
        throw new IOException(component.getName() + "() threw " + e.getCause(), e);
      }
    }
    json.writeEndObject();
  }
}
