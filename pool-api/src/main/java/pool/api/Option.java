package pool.api;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.internal.Credentials;

/**
 * A typed key for a setting of a factory: its name, how its text is read, and its default.
 *
 * <p>An option is immutable. A factory keeps its options in constants and lists them in {@link
 * WorkerFactory#options}; a worker reads a value with {@link WorkerContext#get}.
 *
 * {@snippet :
 * static final Option<String> HOST =
 *     Option.string("host", "localhost", "of the server");
 * static final Option<Integer> PORT =
 *     Option.integer("port", "of the server")
 *         .requiring(port -> port > 0 && port < 65_536, "must be from 1 to 65535");
 * static final Option<Duration> CONNECT_TIMEOUT =
 *     Option.duration("connect-timeout", Duration.ofSeconds(10), "how long connecting may take")
 *         .requiring(Duration::isPositive, "must be more than 0");
 * }
 *
 * @param <T> the type of the value
 */
public final class Option<T> {

  private final String name;
  private final String description;
  private final @Nullable String prefix; // of the names that it is for; null for its own name alone
  private final Function<Object, ? extends T> reader; // of a text, or of a map from name to text
  private final @Nullable T defaultValue;
  private final @Nullable Class<?> valueType;
  private final List<String> rules;
  private final boolean secret;

  private Option(
      String name,
      @Nullable String prefix,
      String description,
      Function<Object, ? extends T> reader,
      @Nullable T defaultValue,
      @Nullable Class<?> valueType,
      List<String> rules,
      boolean secret) {
    this.name = Objects.requireNonNull(name, "name");
    this.prefix = prefix;
    this.description = Objects.requireNonNull(description, "description");
    this.reader = reader;
    this.defaultValue = defaultValue;
    this.valueType = valueType;
    this.rules = rules;
    this.secret = secret;
    if (name.isBlank()) {
      throw new IllegalArgumentException("an option's name must not be blank");
    }
  }

  /**
   * Returns an option that must be given.
   *
   * @param <T> the type of the value
   * @param name the name that users write, not blank
   * @param reader converts the text to a value, not null; throws if it cannot
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static <T> Option<T> required(
      String name, Function<String, ? extends T> reader, String description) {
    return new Option<>(name, null, description, ofText(reader), null, null, List.of(), false);
  }

  /**
   * Returns an option with a default.
   *
   * @param <T> the type of the value
   * @param name the name that users write, not blank
   * @param reader converts the text to a value, not null; throws if it cannot
   * @param defaultValue the value if none is given, not null
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static <T> Option<T> optional(
      String name, Function<String, ? extends T> reader, T defaultValue, String description) {
    Objects.requireNonNull(defaultValue, "defaultValue");
    return new Option<>(
        name,
        null,
        description,
        ofText(reader),
        defaultValue,
        defaultValue.getClass(),
        List.of(),
        false);
  }

  private static <T> Function<Object, T> ofText(Function<String, ? extends T> reader) {
    Objects.requireNonNull(reader, "reader");
    return given -> reader.apply((String) given);
  }

  /**
   * Returns an option for texts whose names users choose, as in {@code env.LANG=C} and {@code
   * env.TZ=UTC}. All names begin with the same prefix.
   *
   * <p>The value is an unmodifiable map from the rest of each name to its text, and empty if none
   * is given. The option itself is named after the prefix, {@code env.*}.
   *
   * @param prefix how the names begin, not blank, such as {@code env.}
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the prefix is blank
   */
  public static Option<Map<String, String>> family(String prefix, String description) {
    if (prefix.isBlank()) {
      throw new IllegalArgumentException("an option's prefix must not be blank");
    }
    return new Option<>(
        prefix + "*",
        prefix,
        description,
        given -> withoutPrefix((Map<?, ?>) given, prefix.length()),
        Map.of(),
        null,
        List.of(),
        false);
  }

  private static Map<String, String> withoutPrefix(Map<?, ?> given, int length) {
    return given.entrySet().stream()
        .collect(
            Collectors.toUnmodifiableMap(
                entry -> ((String) entry.getKey()).substring(length),
                entry -> (String) entry.getValue()));
  }

  /**
   * Returns an option for a duration that must be given. Users write {@code 250ms}, {@code 30s},
   * {@code 5m}, {@code 2h}, {@code 1d}, or an ISO 8601 duration such as {@code PT1M30S}.
   *
   * @param name the name that users write, not blank
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Duration> duration(String name, String description) {
    return typed(Duration.class, name, Durations::parse, null, description);
  }

  /**
   * Returns an option for a duration, with a default. Users write it as for {@link
   * #duration(String, String)}.
   *
   * @param name the name that users write, not blank
   * @param defaultValue the value if none is given, not null
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Duration> duration(String name, Duration defaultValue, String description) {
    return optional(name, Durations::parse, defaultValue, description);
  }

  /**
   * Returns an option for a text that must be given.
   *
   * @param name the name that users write, not blank
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<String> string(String name, String description) {
    return typed(String.class, name, text -> text, null, description);
  }

  /**
   * Returns an option for a text, with a default.
   *
   * @param name the name that users write, not blank
   * @param defaultValue the value if none is given, not null
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<String> string(String name, String defaultValue, String description) {
    return optional(name, text -> text, defaultValue, description);
  }

  /**
   * Returns an option for an {@code int} that must be given.
   *
   * @param name the name that users write, not blank
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Integer> integer(String name, String description) {
    return typed(Integer.class, name, Option::parseInteger, null, description);
  }

  /**
   * Returns an option for an {@code int}, with a default.
   *
   * @param name the name that users write, not blank
   * @param defaultValue the value if none is given
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Integer> integer(String name, int defaultValue, String description) {
    return optional(name, Option::parseInteger, defaultValue, description);
  }

  /**
   * Returns an option that is {@code true} or {@code false}, and false if it is not given.
   *
   * @param name the name that users write, not blank
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Boolean> flag(String name, String description) {
    return flag(name, false, description);
  }

  /**
   * Returns an option that is {@code true} or {@code false}, with a default.
   *
   * @param name the name that users write, not blank
   * @param defaultValue the value if none is given
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static Option<Boolean> flag(String name, boolean defaultValue, String description) {
    return optional(name, Option::parseFlag, defaultValue, description);
  }

  /**
   * Returns an option for one of an enum's constants, which must be given. Users write the constant
   * in upper or lower case, with dashes or underscores.
   *
   * @param <E> the enum type
   * @param name the name that users write, not blank
   * @param type the class of the enum
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static <E extends Enum<E>> Option<E> choice(
      String name, Class<E> type, String description) {
    return typed(type, name, text -> parseChoice(type, text), null, description);
  }

  /**
   * Returns an option for one of an enum's constants, with a default. Users write it as for {@link
   * #choice(String, Class, String)}.
   *
   * @param <E> the enum type
   * @param name the name that users write, not blank
   * @param type the class of the enum
   * @param defaultValue the value if none is given, not null
   * @param description one line for users
   * @return a new option
   * @throws IllegalArgumentException if the name is blank
   */
  public static <E extends Enum<E>> Option<E> choice(
      String name, Class<E> type, E defaultValue, String description) {
    Objects.requireNonNull(defaultValue, "defaultValue");
    return typed(type, name, text -> parseChoice(type, text), defaultValue, description);
  }

  private static <T> Option<T> typed(
      Class<T> type,
      String name,
      Function<String, ? extends T> reader,
      @Nullable T defaultValue,
      String description) {
    return new Option<>(
        name, null, description, ofText(reader), defaultValue, type, List.of(), false);
  }

  private static Integer parseInteger(String text) {
    try {
      return Integer.valueOf(text.strip());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "expected a whole number from %d to %d".formatted(Integer.MIN_VALUE, Integer.MAX_VALUE),
          e);
    }
  }

  private static Boolean parseFlag(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected true or false");
    };
  }

  private static <E extends Enum<E>> E parseChoice(Class<E> type, String text) {
    String asked = choiceName(text.strip());
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> choiceName(constant.name()).equals(asked))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                Arrays.stream(type.getEnumConstants())
                    .map(constant -> choiceName(constant.name()))
                    .collect(Collectors.joining(", ", "expected one of ", ""))));
  }

  private static String choiceName(String constant) {
    return constant.toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * Returns this option as one that users may leave out. Its value is an {@link Optional}, which is
   * empty if none is given, even if this option has a default.
   *
   * @return a new option
   */
  public Option<Optional<T>> orAbsent() {
    return new Option<>(
        name,
        prefix,
        description,
        given -> Optional.of(reader.apply(given)),
        Optional.empty(),
        valueType,
        rules,
        secret);
  }

  /**
   * Returns this option with a restriction on its values.
   *
   * {@snippet :
   * static final Option<Duration> TIMEOUT =
   *     Option.duration("timeout", "for a request")
   *         .requiring(Duration::isPositive, "must be more than 0");
   * }
   *
   * <p>The restriction applies to values that are read from text, not to the default or to a value
   * that an application gives as an object.
   *
   * @param allowed tests whether a value is allowed
   * @param rule what a value must be; shown to users if theirs is not
   * @return a new option
   */
  public Option<T> requiring(Predicate<? super T> allowed, String rule) {
    Objects.requireNonNull(allowed, "allowed");
    Objects.requireNonNull(rule, "rule");
    return new Option<>(
        name,
        prefix,
        description,
        given -> checked(reader.apply(given), allowed, rule),
        defaultValue,
        valueType,
        Stream.concat(rules.stream(), Stream.of(rule)).toList(),
        secret);
  }

  private static <T> T checked(T value, Predicate<? super T> allowed, String rule) {
    if (value != null && !allowed.test(value)) {
      throw new IllegalArgumentException(rule + ", but was " + value);
    }
    return value;
  }

  /**
   * Returns this option as one whose values are never printed.
   *
   * @return a new option
   */
  public Option<T> secret() {
    return new Option<>(name, prefix, description, reader, defaultValue, valueType, rules, true);
  }

  /**
   * Returns the name that users write or, for a {@link #family}, its prefix followed by {@code *}.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Returns whether users choose the names of this option.
   *
   * @return {@code true} if {@link #family} made this option
   */
  public boolean isFamily() {
    return prefix != null;
  }

  /**
   * Returns whether a name that users write belongs to this option: it is the option's name or, for
   * a {@link #family}, begins with the prefix and goes on.
   *
   * @param written the name that users have written
   * @return {@code true} if it belongs to this option
   */
  public boolean isFor(String written) {
    return prefix == null
        ? written.equals(name)
        : written.startsWith(prefix) && written.length() > prefix.length();
  }

  /**
   * Returns the description, one line for users.
   *
   * @return the description
   */
  public String description() {
    return description;
  }

  /**
   * Returns whether this option must be given.
   *
   * @return {@code true} if it has no default
   */
  public boolean isRequired() {
    return defaultValue == null;
  }

  /**
   * Returns the class of the values, if it is known: the class of the default, or the one for which
   * the option was made, as by {@link #integer} and {@link #choice}. For an option made by {@link
   * #orAbsent} it is the class of what the {@code Optional} holds.
   *
   * @return the class, or empty if it is not known
   */
  public Optional<Class<?>> valueType() {
    return Optional.ofNullable(valueType);
  }

  /**
   * Returns the rules that were given to {@link #requiring}.
   *
   * @return the rules, unmodifiable, in the order in which they are checked
   */
  public List<String> rules() {
    return rules;
  }

  /**
   * Returns whether the values of this option are never printed.
   *
   * @return {@code true} for an option made by {@link #secret}
   */
  public boolean isSecret() {
    return secret;
  }

  /**
   * Returns the value if none is given.
   *
   * @return the default, or empty if this option is required
   */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /**
   * Returns the value that a map of texts gives this option.
   *
   * @param options the texts by name
   * @return the value, or the default if the map has none
   * @throws IllegalArgumentException if the option is required and missing, or if its text cannot
   *     be read; the message names the option and, unless it is secret, the text
   */
  public T valueIn(Map<String, String> options) {
    Object given = givenIn(options);
    if (given == null) {
      if (defaultValue == null) {
        throw new IllegalArgumentException(
            "option '%s' is required but was not given: %s".formatted(name, description));
      }
      return defaultValue;
    }
    T value;
    try {
      value = reader.apply(given);
    } catch (RuntimeException e) {
      throw unreadable(given, e.getMessage() == null ? e.toString() : e.getMessage(), e);
    }
    if (value == null) {
      throw unreadable(given, "its reader returned null", null);
    }
    return value;
  }

  /** Returns the text or, for a family, a map of texts; null if there is none. */
  private @Nullable Object givenIn(Map<String, String> options) {
    if (prefix == null) {
      return options.get(name);
    }
    Map<String, String> given = new TreeMap<>(options);
    given.keySet().removeIf(each -> !isFor(each));
    return given.isEmpty() ? null : given;
  }

  private IllegalArgumentException unreadable(
      Object given, String why, @Nullable RuntimeException cause) {
    if (secret) { // the reason and the cause may quote the text
      return new IllegalArgumentException("option '%s' cannot be read (secret)".formatted(name));
    }
    String message = "option '%s' cannot be read from '%s': %s".formatted(name, given, why);
    String shown = Credentials.hidden(message);
    return new IllegalArgumentException(shown, shown.equals(message) ? cause : null);
  }

  @Override
  public String toString() {
    return "Option[" + name + "]";
  }
}
