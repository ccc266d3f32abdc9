package pool.process;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import pool.api.Option;
import pool.api.WorkerContext;

/** Converts the options of a worker to texts, in which form they travel to the child. */
final class OptionTexts {

  private OptionTexts() {}

  /**
   * Returns the texts from which a child reads the values that this context has.
   *
   * @throws IllegalArgumentException when a value has no text that is read as that value
   */
  static Map<String, String> of(WorkerContext context, List<Option<?>> options) {
    Map<String, String> texts = new HashMap<>(context.options());
    for (Option<?> option : options) {
      if (context.options().keySet().stream().noneMatch(option::isFor)) {
        texts.putAll(textsOf(option, context.get(option)));
      }
    }
    return texts;
  }

  private static Map<String, String> textsOf(Option<?> option, Object value) {
    if (option.defaultValue().filter(value::equals).isPresent()) {
      return Map.of();
    }
    Map<String, String> texts = new HashMap<>();
    if (option.isFamily() && value instanceof Map<?, ?> family) {
      String prefix = option.name().substring(0, option.name().length() - 1);
      family.forEach((name, text) -> texts.put(prefix + name, String.valueOf(text)));
    } else {
      texts.put(option.name(), textOf(value instanceof Optional<?> some ? some.get() : value));
    }
    if (!isRead(option, texts, value)) { // the message omits the value, which may be secret
      throw new IllegalArgumentException(
          "option '%s' cannot be sent to a process: its value's toString() is not read as that value; give the option as text"
              .formatted(option.name()));
    }
    return texts;
  }

  private static String textOf(Object value) {
    return value instanceof Enum<?> constant ? constant.name() : value.toString();
  }

  private static boolean isRead(Option<?> option, Map<String, String> texts, Object value) {
    try {
      return option.valueIn(texts).equals(value);
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
