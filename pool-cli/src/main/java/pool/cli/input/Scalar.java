package pool.cli.input;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads values of a class from the text of certain tokens, and refuses all other tokens. */
final class Scalar<T> extends JsonDeserializer<T> {

  /** The token of a string. */
  static final Set<JsonToken> STRING = Set.of(JsonToken.VALUE_STRING);

  /** The tokens of any number. */
  static final Set<JsonToken> NUMBER =
      Set.of(JsonToken.VALUE_NUMBER_INT, JsonToken.VALUE_NUMBER_FLOAT);

  private final Class<T> type;
  private final Set<JsonToken> tokens;
  private final Function<String, T> reader;
  private final @Nullable T ofNull;

  /**
   * Makes a reader of a class.
   *
   * @param reader may throw anything when a text is not a value
   * @param ofNull the value that null denotes
   */
  Scalar(Class<T> type, Set<JsonToken> tokens, Function<String, T> reader, @Nullable T ofNull) {
    this.type = type;
    this.tokens = tokens;
    this.reader = reader;
    this.ofNull = ofNull;
  }

  @Override
  public T deserialize(JsonParser parser, DeserializationContext context) throws IOException {
    String text = parser.getText();
    if (tokens.contains(parser.currentToken())) {
      try {
        return reader.apply(text);
      } catch (RuntimeException e) {
        // reported below
      }
    }
    throw new InvalidFormatException(parser, "it is none", text, type);
  }

  @Override
  public @Nullable T getNullValue(DeserializationContext context) throws MismatchedInputException {
    if (type.isPrimitive()) {
      throw MismatchedInputException.from(context.getParser(), type, "it is null");
    }
    return ofNull;
  }
}
