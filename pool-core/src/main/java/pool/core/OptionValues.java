package pool.core;

import java.io.Serializable;
import java.lang.constant.Constable;
import java.lang.constant.ConstantDesc;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.api.internal.Credentials;

/** Reads the options of a pool once, before any worker opens. */
final class OptionValues {

  private static final Set<Class<?>> TELL_NOTHING =
      Set.of(
          Object.class,
          Serializable.class,
          Comparable.class,
          Constable.class,
          ConstantDesc.class,
          Number.class,
          Enum.class,
          Record.class);

  private OptionValues() {}

  /** A value, and the option by which it was given. */
  record Given(Option<?> by, Object value) {}

  /**
   * The value of every option of the factory.
   *
   * @param texts what was given as text
   * @param values what was given as a value; the two share no name
   * @throws IllegalArgumentException when an option is unknown, missing, unreadable or of another
   *     type
   */
  static Map<String, Object> read(
      WorkerFactory<?, ?> factory, Map<String, String> texts, Map<String, Given> values) {
    List<Option<?>> options = factory.options();
    Map<String, Object> read = new LinkedHashMap<>();
    for (Option<?> option : options) {
      Given given = values.get(option.name());
      read.put(
          option.name(),
          given != null ? checked(given, option, factory) : valueIn(texts, option, factory));
    }
    TreeSet<String> unknown = new TreeSet<>(texts.keySet());
    unknown.addAll(values.keySet());
    unknown.removeAll(read.keySet());
    if (!unknown.isEmpty()) {
      throw unknown(unknown.first(), texts, factory);
    }
    return read;
  }

  /** It may have been given by an option of the same name that is not the factory's. */
  private static Object checked(Given given, Option<?> option, WorkerFactory<?, ?> factory) {
    Object value = given.value();
    Object example = given.by() == option ? null : example(option, value);
    if (example == null || !Collections.disjoint(kinds(example), kinds(value))) {
      return value;
    }
    throw new IllegalArgumentException(
        "factory '%s': option '%s' was given a %s, but its values are of type %s: give it the factory's own Option, or as text"
            .formatted(
                factory.name(),
                option.name(),
                value.getClass().getName(),
                example.getClass().getName()));
  }

  /** A value that the factory's option is known to have; an option does not tell its type. */
  private static @Nullable Object example(Option<?> option, Object value) {
    try {
      return option.defaultValue().isPresent()
          ? option.defaultValue().get()
          : option.valueIn(Map.of(option.name(), value.toString()));
    } catch (RuntimeException e) {
      return null; // its values are not written like this one, which may be right nevertheless
    }
  }

  /** The types that values of one option would share, such as Path. */
  private static Set<Class<?>> kinds(Object value) {
    Set<Class<?>> kinds = new HashSet<>();
    for (Class<?> type = value.getClass(); type != null; type = type.getSuperclass()) {
      addKinds(type, kinds);
    }
    kinds.removeAll(TELL_NOTHING);
    return kinds;
  }

  private static void addKinds(Class<?> type, Set<Class<?>> kinds) {
    if (kinds.add(type)) {
      for (Class<?> inherited : type.getInterfaces()) {
        addKinds(inherited, kinds);
      }
    }
  }

  private static Object valueIn(
      Map<String, String> texts, Option<?> option, WorkerFactory<?, ?> factory) {
    try {
      return option.valueIn(texts);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "factory '%s': %s; %s"
              .formatted(factory.name(), e.getMessage(), existing(option.name(), factory)),
          e);
    }
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
