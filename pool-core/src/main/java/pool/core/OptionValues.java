package pool.core;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import pool.api.Option;
import pool.api.WorkerFactory;

/** Reads the options of a pool once, before any worker opens. */
final class OptionValues {

  private OptionValues() {}

  /**
   * The value of every option of the factory.
   *
   * @param texts what was given as text
   * @param values what was given as a value; the two share no name
   * @throws IllegalArgumentException when an option is unknown, missing or unreadable
   */
  static Map<String, Object> read(
      WorkerFactory<?, ?> factory, Map<String, String> texts, Map<String, Object> values) {
    List<Option<?>> options = factory.options();
    Map<String, Object> read = new LinkedHashMap<>();
    for (Option<?> option : options) {
      Object value = values.get(option.name());
      read.put(option.name(), value != null ? value : valueIn(texts, option, factory));
    }
    TreeSet<String> unknown = new TreeSet<>(texts.keySet());
    unknown.addAll(values.keySet());
    unknown.removeAll(read.keySet());
    if (!unknown.isEmpty()) {
      throw unknown(unknown.first(), texts, factory);
    }
    return read;
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
    String text = texts.get(name);
    return new IllegalArgumentException(
        "factory '%s' has no option '%s'%s; %s"
            .formatted(
                factory.name(),
                name,
                text == null ? "" : " (given as '" + text + "')",
                existing(name, factory)));
  }

  private static String existing(String asked, WorkerFactory<?, ?> factory) {
    List<String> names = factory.options().stream().map(Option::name).toList();
    return names.isEmpty()
        ? "it has no options"
        : "its options are " + String.join(", ", Nearest.first(asked, names));
  }
}
