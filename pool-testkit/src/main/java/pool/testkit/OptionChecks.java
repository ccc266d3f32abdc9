package pool.testkit;

import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerFactory;

/** Checks the options that a factory declares. */
final class OptionChecks {

  /** Most readers refuse some of these. */
  private static final List<String> ODD =
      List.of("", " ", "no such value", "-1", "1.5e400", "\u0000", "no such:scheme", "{}");

  private OptionChecks() {}

  static void everyOptionIsDescribed(WorkerFactory<?, ?> factory) {
    Set<String> names = new HashSet<>();
    for (Option<?> option : factory.options()) {
      if (!names.add(option.name())) {
        throw Subject.failure(
            factory, "two options are named '%s'; rename one".formatted(option.name()), null);
      }
      if (option.description().isBlank()) {
        throw Subject.failure(
            factory,
            "option '%s' has no description; say in a line what it is for".formatted(option.name()),
            null);
      }
    }
  }

  static void everyErrorOfAnOptionSaysWhy(WorkerFactory<?, ?> factory) {
    for (Option<?> option : factory.options()) {
      for (String text : ODD) {
        assertSaysWhy(factory, option, text);
      }
    }
  }

  /** The option adds its own name and the text; only its reader can say why it refuses the text. */
  private static void assertSaysWhy(WorkerFactory<?, ?> factory, Option<?> option, String text) {
    try {
      Object _ = option.valueIn(Map.of(option.name(), text));
    } catch (IllegalArgumentException e) {
      if (String.valueOf(e.getMessage()).endsWith("its reader returned null")) {
        throw Subject.failure(
            factory,
            "the reader of option '%s' returns null for '%s'; let it throw an IllegalArgumentException that tells which values are allowed"
                .formatted(option.name(), text),
            e);
      }
      Throwable why = e.getCause();
      if (why != null && saysNothing(why.getMessage())) {
        throw Subject.failure(
            factory,
            "option '%s' refuses '%s' without saying why (%s has no message); let its reader throw an IllegalArgumentException that tells which values are allowed"
                .formatted(option.name(), text, why.getClass().getName()),
            e);
      }
    } catch (Throwable e) {
      throw Subject.failure(
          factory,
          "option '%s' throws %s for '%s'; let its reader throw an IllegalArgumentException"
              .formatted(option.name(), e, text),
          e);
    }
  }

  private static boolean saysNothing(@Nullable String message) {
    return message == null || message.isBlank();
  }
}
