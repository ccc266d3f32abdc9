package pool.cli;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.api.internal.Credentials;

/**
 * The options of a factory as users give them: in a file, or on the command line, which takes
 * precedence. A value {@code env:NAME} is read from the environment.
 */
final class GivenOptions {

  private static final String FROM_ENVIRONMENT = "env:";

  private GivenOptions() {}

  /**
   * Returns the values.
   *
   * @throws BadUsageException when a variable is not set
   */
  static Map<String, String> values(Map<String, String> ofFile, Map<String, String> ofLine) {
    Map<String, String> all = new LinkedHashMap<>(ofFile);
    all.putAll(ofLine);
    all.replaceAll(GivenOptions::value);
    return all;
  }

  private static String value(String name, String text) {
    if (!text.startsWith(FROM_ENVIRONMENT)) {
      return text;
    }
    String variable = text.substring(FROM_ENVIRONMENT.length());
    String value = System.getenv(variable);
    if (value == null) {
      throw new BadUsageException(
          "option '%s' is to be read from the environment, where there is no '%s'"
              .formatted(name, variable),
          null);
    }
    return value;
  }

  /** Warnings, in lines, about secrets on the command line. */
  static List<String> warnings(WorkerFactory<?, ?> factory, Map<String, String> ofLine) {
    return ofLine.entrySet().stream()
        .filter(each -> !each.getValue().startsWith(FROM_ENVIRONMENT))
        .filter(each -> isSecret(factory, each.getKey()) || hasSecret(each.getValue()))
        .map(Map.Entry::getKey)
        .map(name ->
            "pool: option '%s' has a secret, and the process table shows it to everybody: give it as %s=env:NAME, or in a file by --options"
                .formatted(Printable.line(name), Printable.line(name)))
        .toList();
  }

  /** Returns whether a value contains a secret, for example a URL with a password. */
  private static boolean hasSecret(String value) {
    return !Credentials.hiddenInUrls(value).equals(value);
  }

  /** Returns whether an option is secret. In a family some may be, for example a password. */
  private static boolean isSecret(WorkerFactory<?, ?> factory, String name) {
    return factory.options().stream()
        .filter(option -> option.isFor(name))
        .filter(Option::isSecret)
        .anyMatch(option -> !option.isFamily() || Credentials.namesSecret(name));
  }
}
