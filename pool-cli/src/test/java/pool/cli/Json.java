package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Reads lines of JSON, strictly. */
final class Json {

  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private static final Pattern TIMES = Pattern.compile(",\"hash\":\"[0-9a-f]{8}\".*}$");

  private Json() {}

  /** An outcome line without its last members: hash, times, worker, attempt, format. */
  static String plain(String line) {
    return TIMES.matcher(line).replaceFirst("}");
  }

  /** One object and nothing else. */
  @SuppressWarnings("unchecked")
  static Map<String, Object> object(String line) {
    return (Map<String, Object>) assertInstanceOf(Map.class, whole(line), line);
  }

  /** One array of objects and nothing else. */
  @SuppressWarnings("unchecked")
  static List<Map<String, Object>> objects(String text) {
    List<?> array = assertInstanceOf(List.class, whole(text), text);
    array.forEach(element -> assertInstanceOf(Map.class, element, text));
    return (List<Map<String, Object>>) array;
  }

  private static Object whole(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      Object value = value(parser);
      assertNull(parser.nextToken(), text);
      return value;
    } catch (IOException e) {
      throw new AssertionError(text, e);
    }
  }

  private static Object value(JsonParser parser) throws IOException {
    switch (parser.currentToken()) {
      case START_OBJECT -> {
        Map<String, Object> members = new LinkedHashMap<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          assertEquals(JsonToken.FIELD_NAME, parser.currentToken());
          String name = parser.currentName();
          parser.nextToken();
          members.put(name, value(parser));
        }
        return members;
      }
      case START_ARRAY -> {
        List<Object> elements = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          elements.add(value(parser));
        }
        return elements;
      }
      default -> {
        assertTrue(parser.currentToken().isScalarValue());
        return parser.getText();
      }
    }
  }
}
