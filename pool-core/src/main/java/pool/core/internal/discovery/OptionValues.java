package pool.core.internal.discovery;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Supplier;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.api.internal.Credentials;

/**
 * The options that an application has given, by name.
 *
 * @param texts what was given as text
 * @param values what was given as a value; the two share no name
 */
public record OptionValues(Map<String, String> texts, Map<String, Given> values) {

  /** No options. */
  public static final OptionValues NONE = new OptionValues(Map.of(), Map.of());

  /** Copies the maps. */
  public OptionValues {
    texts = Map.copyOf(texts);
    values = Map.copyOf(values);
  }

  /** A value, or where to read it at each opening, and the option by which it was given. */
  public record Given(Option<?> by, Supplier<?> value) {}

  /**
   * Where each option of a factory has its value from. What is given as text is read here, once.
   *
   * @throws IllegalArgumentException when an option is unknown, missing or unreadable, or was given
   *     by another constant than the factory's own
   */
  public Map<String, Supplier<?>> read(WorkerFactory<?, ?> factory) {
    List<Option<?>> options = factory.options();
    Map<String, Supplier<?>> read = new LinkedHashMap<>();
    for (Option<?> option : options) {
      Given given = values.get(option.name());
      if (given != null) {
        requireNoText(option, factory);
      }
      read.put(
          option.name(),
          given != null ? own(given, option, factory) : valueIn(texts, option, factory));
    }
    TreeSet<String> unknown = new TreeSet<>(texts.keySet());
    unknown.addAll(values.keySet());
    unknown.removeIf(name -> options.stream().anyMatch(option -> option.isFor(name)));
    unknown.removeAll(read.keySet()); // a family, as a value
    if (!unknown.isEmpty()) {
      throw unknown(unknown.first(), texts, factory);
    }
    return read;
  }

  /** Of a family, some may have been given as text, under their own names. */
  private void requireNoText(Option<?> option, WorkerFactory<?, ?> factory) {
    texts.keySet().stream()
        .filter(option::isFor)
        .findFirst()
        .ifPresent(name -> {
          throw new IllegalArgumentException(
              "factory '%s': option '%s' was given as a value, and '%s' as text: give all in one way"
                  .formatted(factory.name(), option.name(), name));
        });
  }

  /** Another constant of the same name may have values of another type. */
  @SuppressWarnings("ReferenceEquality")
  private static Supplier<?> own(Given given, Option<?> option, WorkerFactory<?, ?> factory) {
    if (given.by() == option) {
      return given.value();
    }
    throw new IllegalArgumentException(
        "factory '%s': the value of option '%s' was given with another Option of that name: use the factory's own constant, or give the value as text"
            .formatted(factory.name(), option.name()));
  }

  private static Supplier<?> valueIn(
      Map<String, String> texts, Option<?> option, WorkerFactory<?, ?> factory) {
    try {
      Object value = option.valueIn(texts);
      return () -> value;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "factory '%s': %s; %s"
              .formatted(factory.name(), e.getMessage(), existing(option.name(), factory)),
          e);
    }
  }

  /** What it would print may be secret. */
  @Override
  public String toString() {
    return "OptionValues[" + texts.size() + " texts, " + values.size() + " values]";
  }

  private static IllegalArgumentException unknown(
      String name, Map<String, String> texts, WorkerFactory<?, ?> factory) {
    // It may be a secret under a misspelt name, or one that the factory does not know.
    boolean secrets =
        Credentials.namesSecret(name) || factory.options().stream().anyMatch(Option::isSecret);
    String text = secrets ? null : texts.get(name);
    return new IllegalArgumentException(
        "factory '%s' has no option '%s'%s; %s"
            .formatted(
                factory.name(),
                Credentials.hidden(name),
                text == null ? "" : " (given as '" + Credentials.hidden(text) + "')",
                existing(name, factory)));
  }

  private static String existing(String asked, WorkerFactory<?, ?> factory) {
    List<String> names = factory.options().stream().map(Option::name).toList();
    return names.isEmpty()
        ? "it has no options"
        : "its options are " + String.join(", ", Nearest.first(asked, names));
  }
}
