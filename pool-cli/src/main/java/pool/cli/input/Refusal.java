package pool.cli.input;

import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Reason;

/** Explains in a few words why there is no record: Jackson's messages are for programmers. */
enum Refusal {
  /** A JSON object was read. */
  JSON("member", "the text "),
  /** Texts in columns were read. */
  TEXTS("column", "");

  private static final int LONGEST = 100; // of a value that is quoted

  /** Jackson's exceptions have no class and no field for this. */
  private static final String MISSING = "Missing required creator property";

  private static final Pattern DOUBLE = Pattern.compile("Duplicate [^']*'(.*)'", Pattern.DOTALL);

  /** Where a truncated object began, or hints for programmers. */
  private static final Pattern NOISE = Pattern.compile(" \\(start marker at .*\\)|, from `[^`]*`");

  private final String part; // of a record
  private final String text; // before a quoted text

  Refusal(String part, String text) {
    this.part = part;
    this.text = text;
  }

  /**
   * Returns the reason; if the record itself refused its values, its exception.
   *
   * @param e what reading threw
   * @param parser the parser at that moment; if a value does not fit, it is at that value
   */
  Exception of(JsonProcessingException e, JsonParser parser) throws IOException {
    String path = e instanceof JsonMappingException mapping ? path(mapping.getPath()) : "";
    return path.isEmpty()
            && e instanceof ValueInstantiationException
            && e.getCause() instanceof Exception cause
        ? cause
        : new IllegalArgumentException(why(e, path, parser));
  }

  private String why(JsonProcessingException e, String path, JsonParser parser) throws IOException {
    return switch (e) {
      case JsonParseException parse -> notJson(parse, path);
      case UnrecognizedPropertyException unknown ->
          "%s is unknown; there are %s".formatted(named(path), known(unknown));
      case MismatchedInputException wrong when wrong.getOriginalMessage().startsWith(MISSING) ->
          named(path) + " is missing";
      case MismatchedInputException wrong ->
          named(path) + ": " + shown(parser) + isNo(wrong.getTargetType());
      default -> caused(e, path, parser);
    };
  }

  private String caused(JsonProcessingException e, String path, JsonParser parser)
      throws IOException {
    return switch (e.getCause()) {
      case JsonParseException parse -> notJson(parse, path);
      case InputCoercionException wrong ->
          named(path) + ": " + shown(parser) + isNo(wrong.getTargetType());
      case JsonProcessingException limit -> prefix(path) + quiet(limit);
      case Throwable cause -> prefix(path) + Reason.of(cause);
      case null -> prefix(path) + quiet(e);
    };
  }

  private String prefix(String path) {
    return path.isEmpty() ? "" : named(path) + ": ";
  }

  private String notJson(JsonParseException e, String path) {
    Matcher twice = DOUBLE.matcher(e.getOriginalMessage());
    if (twice.matches()) {
      return named(path.isEmpty() ? twice.group(1) : path + "." + twice.group(1))
          + " is there twice";
    }
    return "it is no JSON: %s (at character %d)".formatted(quiet(e), e.getLocation().getColumnNr());
  }

  private static String quiet(JsonProcessingException e) {
    return NOISE.matcher(e.getOriginalMessage()).replaceAll("");
  }

  private static String known(UnrecognizedPropertyException e) {
    return e.getKnownPropertyIds().stream()
        .map(String::valueOf)
        .sorted()
        .collect(Collectors.joining(", "));
  }

  private String named(String path) {
    return part + " '" + path + "'";
  }

  private static String path(List<JsonMappingException.Reference> references) {
    StringBuilder path = new StringBuilder();
    for (JsonMappingException.Reference reference : references) {
      @Nullable String name = reference.getFieldName();
      if (name == null) {
        path.append('[').append(reference.getIndex()).append(']');
      } else {
        path.append(path.isEmpty() ? "" : ".").append(name);
      }
    }
    return path.toString();
  }

  private static String isNo(@Nullable Class<?> type) {
    return type == null ? " does not fit" : " is no " + named(type) + values(type);
  }

  /** The name of a type; JSON's name where Java has several classes. */
  private static String named(Class<?> type) {
    if (Map.class.isAssignableFrom(type)) {
      return "object";
    }
    return Collection.class.isAssignableFrom(type) ? "array" : type.getSimpleName();
  }

  private static String values(Class<?> type) {
    return !type.isEnum()
        ? ""
        : Arrays.stream(type.getEnumConstants())
            .map(constant -> ((Enum<?>) constant).name())
            .collect(Collectors.joining(", ", "; there are ", ""));
  }

  private String shown(JsonParser parser) throws IOException {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> text + "'" + cut(parser.getText()) + "'";
      case START_ARRAY, END_ARRAY -> "an array";
      case START_OBJECT, FIELD_NAME, END_OBJECT -> "an object";
      case null -> "nothing";
      default -> cut(parser.getText());
    };
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
