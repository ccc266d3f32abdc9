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
 * A typed key for a setting of a factory: its name, how its text is read, its default.
 *
 * {@snippet file="ask/com/example/ask/AskFactory.java" region="options"}
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
   * An option that must be given.
   *
   * @param <T> the type of the value
   * @param name what users write
   * @param reader makes a value of its text; throws when it cannot
   * @param description one line for users
   * @return a new option
   */
  public static <T> Option<T> required(
      String name, Function<String, ? extends T> reader, String description) {
    return new Option<>(name, null, description, ofText(reader), null, null, List.of(), false);
  }

  /**
   * An option with a default.
   *
   * @param <T> the type of the value
   * @param name what users write
   * @param reader makes a value of its text; throws when it cannot
   * @param defaultValue the value when none is given, not null
   * @param description one line for users
   * @return a new option
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
   * Texts under names that users choose, all of which begin alike: {@code env.LANG=C}, {@code
   * env.TZ=UTC}. The value is a map from what follows the prefix to the text; it is unmodifiable,
   * and empty when none is given. The option itself is called {@code env.*}.
   *
   * @param prefix what the names begin with, such as {@code env.}
   * @param description one line for users
   * @return a new option
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
   * A time that must be given: {@code 250ms}, {@code 30s}, {@code 5m}, {@code 2h}, {@code 1d} or
   * ISO 8601 ({@code PT1M30S}).
   *
   * @param name what users write
   * @param description one line for users
   * @return a new option
   */
  public static Option<Duration> duration(String name, String description) {
    return typed(Duration.class, name, Durations::parse, null, description);
  }

  /**
   * A time with a default, read as by {@link #duration(String, String)}.
   *
   * @param name what users write
   * @param defaultValue the value when none is given, not null
   * @param description one line for users
   * @return a new option
   */
  public static Option<Duration> duration(String name, Duration defaultValue, String description) {
    return optional(name, Durations::parse, defaultValue, description);
  }

  /**
   * A text that must be given.
   *
   * @param name what users write
   * @param description one line for users
   * @return a new option
   */
  public static Option<String> string(String name, String description) {
    return typed(String.class, name, text -> text, null, description);
  }

  /**
   * A text with a default.
   *
   * @param name what users write
   * @param defaultValue the value when none is given, not null
   * @param description one line for users
   * @return a new option
   */
  public static Option<String> string(String name, String defaultValue, String description) {
    return optional(name, text -> text, defaultValue, description);
  }

  /**
   * A whole number that must be given.
   *
   * @param name what users write
   * @param description one line for users
   * @return a new option
   */
  public static Option<Integer> integer(String name, String description) {
    return typed(Integer.class, name, Option::parseInteger, null, description);
  }

  /**
   * A whole number with a default.
   *
   * @param name what users write
   * @param defaultValue the value when none is given
   * @param description one line for users
   * @return a new option
   */
  public static Option<Integer> integer(String name, int defaultValue, String description) {
    return optional(name, Option::parseInteger, defaultValue, description);
  }

  /**
   * Yes or no: {@code true} or {@code false}; false when it is not given.
   *
   * @param name what users write
   * @param description one line for users
   * @return a new option
   */
  public static Option<Boolean> flag(String name, String description) {
    return flag(name, false, description);
  }

  /**
   * Yes or no, with a default: {@code true} or {@code false}.
   *
   * @param name what users write
   * @param defaultValue the value when none is given
   * @param description one line for users
   * @return a new option
   */
  public static Option<Boolean> flag(String name, boolean defaultValue, String description) {
    return optional(name, Option::parseFlag, defaultValue, description);
  }

  /**
   * One of an enum's constants, which must be given. Users write it in upper or lower case, with a
   * dash or an underscore.
   *
   * @param <E> the enum
   * @param name what users write
   * @param type the enum's class
   * @param description one line for users
   * @return a new option
   */
  public static <E extends Enum<E>> Option<E> choice(
      String name, Class<E> type, String description) {
    return typed(type, name, text -> parseChoice(type, text), null, description);
  }

  /**
   * One of an enum's constants, with a default; read as by {@link #choice(String, Class, String)}.
   *
   * @param <E> the enum
   * @param name what users write
   * @param type the enum's class
   * @param defaultValue the value when none is given, not null
   * @param description one line for users
   * @return a new option
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
   * The same option, which may be left out: its value is an {@link Optional}, empty when none is
   * given, whatever its default was.
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
   * The same option, with fewer values: {@code Option.duration("timeout", "for a
   * request").requiring(Duration::isPositive, "must be more than 0")}.
   *
   * @param allowed whether a value that was read from text is allowed
   * @param rule what users are told when it is not
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
   * The same option, with values that are never printed.
   *
   * @return a new option
   */
  public Option<T> secret() {
    return new Option<>(name, prefix, description, reader, defaultValue, valueType, rules, true);
  }

  /**
   * What users write; of a {@link #family}, its prefix and {@code *}.
   *
   * @return the name
   */
  public String name() {
    return name;
  }

  /**
   * Whether it is for names that users choose.
   *
   * @return true for what {@link #family} has made
   */
  public boolean isFamily() {
    return prefix != null;
  }

  /**
   * Whether something that users write is a value of this option: under its name, or, for a {@link
   * #family}, under one that begins as its names do.
   *
   * @param written what they have written
   * @return true when it is
   */
  public boolean isFor(String written) {
    return prefix == null
        ? written.equals(name)
        : written.startsWith(prefix) && written.length() > prefix.length();
  }

  /**
   * One line for users.
   *
   * @return the description
   */
  public String description() {
    return description;
  }

  /**
   * Whether it must be given.
   *
   * @return true when it has no default
   */
  public boolean isRequired() {
    return defaultValue == null;
  }

  /**
   * The class of its values: that of the default, or what the option was made for, as by {@link
   * #integer} and {@link #choice}. Of one that is {@link #orAbsent}, what the {@code Optional}
   * holds.
   *
   * @return empty where it is not known
   */
  public Optional<Class<?>> valueType() {
    return Optional.ofNullable(valueType);
  }

  /**
   * What values must be, as {@link #requiring} was told.
   *
   * @return unmodifiable, in the order in which they are checked
   */
  public List<String> rules() {
    return rules;
  }

  /**
   * Whether its values are never printed.
   *
   * @return true after {@link #secret}
   */
  public boolean isSecret() {
    return secret;
  }

  /**
   * The value when none is given.
   *
   * @return empty for a required option
   */
  public Optional<T> defaultValue() {
    return Optional.ofNullable(defaultValue);
  }

  /**
   * The value that a map of texts gives this option.
   *
   * @param options from name to text
   * @return the value, or the default when there is none
   * @throws IllegalArgumentException when it is required and missing, or cannot be read; the
   *     message names the option and, unless it is secret, the text
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

  /** A text, or a map of texts; null when there is none. */
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
