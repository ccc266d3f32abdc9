package pool.cli.outcome;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParseException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads a file of outcomes, one line at a time.
 *
 * <p>A process that is killed may leave a last line without its end. A machine that loses power may
 * leave bytes that are zero, where the system had extended the file and not yet written it. In both
 * cases the rest of the file is torn: the file is whole up to there, and what follows is ignored.
 * Anything else that is not an outcome is refused, because the file then belongs to somebody else.
 */
public final class OutcomeReader {

  /** The version of the format, a member of each line. */
  public static final int VERSION = 1;

  private static final int LONGEST = Integer.MAX_VALUE - 8; // bytes of a line: those of an array
  private static final byte[] BEGINNING = "{\"line\":".getBytes(StandardCharsets.UTF_8);

  /** Can read again whatever we have written, however long or deep a plugin's result is. */
  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(Integer.MAX_VALUE)
                  .maxStringLength(Integer.MAX_VALUE)
                  .maxNumberLength(Integer.MAX_VALUE)
                  .maxNameLength(Integer.MAX_VALUE)
                  .build())
          .build();

  private static final Map<String, Outcome> OUTCOMES = new HashMap<>();

  static {
    for (Outcome outcome : Outcome.values()) {
      OUTCOMES.put(outcome.word(), outcome);
    }
  }

  /**
   * How much of a file is whole.
   *
   * @param whole the bytes of whole lines
   * @param torn the bytes that follow
   */
  public record Extent(long whole, long torn) {}

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int from;
  private int to;

  private byte[] line = new byte[1 << 12];
  private int length;
  private long lines;
  private boolean hasZero; // after the kept part of the line
  private long rest; // bytes after that, once they were read

  private OutcomeReader(InputStream in) {
    this.in = in;
  }

  /**
   * Reads all whole lines.
   *
   * @param in the file from its beginning; it is read to its end and not closed
   * @param entries takes the content of each line, in the file's order
   * @return how much of the file was whole
   * @throws BadOutcomesException when a line that is not torn is not an outcome
   * @throws IOException when the file cannot be read
   */
  public static Extent read(InputStream in, Consumer<Entry> entries) throws IOException {
    return new OutcomeReader(in).read(entries);
  }

  private Extent read(Consumer<Entry> entries) throws IOException {
    long whole = 0;
    while (nextLine()) {
      if (isTorn()) {
        return new Extent(whole, length + rest());
      }
      entries.accept(entry());
      whole += length;
    }
    return new Extent(whole, 0);
  }

  /** Reads a line with its end, if it has one, or up to a zero, which no whole line contains. */
  private boolean nextLine() throws IOException {
    length = 0;
    lines++;
    while (from < to || fill()) {
      if (length == 0 && buffer[from] != '{' && buffer[from] != 0) { // before all of it is read
        throw notOurs("it is no JSON object");
      }
      int end = from;
      while (end < to && buffer[end] != '\n' && buffer[end] != 0) {
        end++;
      }
      hasZero = end < to && buffer[end] == 0;
      keep(end < to && !hasZero ? end + 1 : end);
      if (end < to) {
        return true;
      }
    }
    return length > 0;
  }

  private void keep(int end) throws BadOutcomesException {
    int more = end - from;
    if (more > LONGEST - length) {
      throw notOurs("it has more bytes than " + LONGEST);
    }
    if (length + more > line.length) {
      line = Arrays.copyOf(line, Math.clamp(2L * line.length, length + more, LONGEST));
    }
    System.arraycopy(buffer, from, line, length, more);
    length += more;
    from = end;
  }

  private boolean fill() throws IOException {
    from = 0;
    to = Math.max(0, in.read(buffer));
    return to > 0;
  }

  /**
   * Returns whether the line is only the beginning of one that we have written. A file that begins
   * with a zero must contain nothing else.
   */
  private boolean isTorn() throws IOException {
    boolean isCut = hasZero || line[length - 1] != '\n';
    int compared = Math.min(length, BEGINNING.length);
    return isCut
        && Arrays.equals(line, 0, compared, BEGINNING, 0, compared)
        && (length > 0 || lines > 1 || restIsZero());
  }

  private boolean restIsZero() throws IOException {
    boolean isZero = true;
    do {
      for (int i = from; i < to && isZero; i++) {
        isZero = buffer[i] == 0;
      }
      rest += to - from;
      from = to;
    } while (fill());
    return isZero;
  }

  private long rest() throws IOException {
    boolean _ = restIsZero();
    return rest;
  }

  private Entry entry() throws IOException {
    long number = 0;
    int version = 0;
    String text = "";
    String hash = "";
    String outcome = "";
    String reason = null;
    if (hasZero) {
      throw notOurs("it has a byte that is zero");
    }
    try (JsonParser json = FACTORY.createParser(line, 0, length)) {
      JsonToken _ = json.nextToken();
      while (json.nextToken() == JsonToken.FIELD_NAME) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        switch (name) {
          case "line" -> number = value == JsonToken.VALUE_NUMBER_INT ? json.getLongValue() : 0;
          case "v" -> version = value == JsonToken.VALUE_NUMBER_INT ? json.getIntValue() : 0;
          case "job" -> text = json.getText();
          case "hash" -> hash = json.getText();
          case "outcome" -> outcome = json.getText();
          case "reason" -> reason = json.getText();
          default -> json.skipChildren();
        }
      }
      if (json.nextToken() != null) {
        throw notOurs("something follows its object");
      }
    } catch (JsonParseException | InputCoercionException e) {
      throw notOurs(e.getOriginalMessage());
    }
    if (version != VERSION) {
      throw notOurs("its format ('v') is " + (version == 0 ? "not given" : version));
    }
    if (number < 1) {
      throw refused("line", number);
    }
    return new Entry(number, text, hash(hash), outcome(outcome), reason);
  }

  private int hash(String hash) throws BadOutcomesException {
    if (hash.length() == 8) {
      try {
        return HexFormat.fromHexDigits(hash);
      } catch (NumberFormatException e) {
        // reported below
      }
    }
    throw refused("hash", hash);
  }

  private Outcome outcome(String word) throws BadOutcomesException {
    @Nullable Outcome outcome = OUTCOMES.get(word);
    if (outcome == null) {
      throw refused("outcome", word);
    }
    return outcome;
  }

  private BadOutcomesException refused(String member, Object value) {
    return notOurs("its member '" + member + "' is '" + value + "'");
  }

  private BadOutcomesException notOurs(String why) {
    return new BadOutcomesException(
        "its line %d is no outcome of format %d: %s".formatted(lines, VERSION, why));
  }
}
