package pool.cli;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParseResult;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.api.internal.Credentials;

/**
 * What a run was asked to do, in a form that anybody may see: the values of secret options, and
 * credentials in other values, are hidden.
 *
 * @param words the command line in a shell's syntax, separated by blanks
 * @param settings each option of the command and of the factory
 */
record Invocation(List<String> words, List<Setting> settings) {

  /**
   * An option with its value.
   *
   * @param isDefault whether the value is the default
   */
  record Setting(String name, String value, boolean isDefault) {}

  static final String HIDDEN = "***";

  private static final String OF_FACTORY = "-o"; // its values are options of the factory
  private static final Pattern PLAIN = Pattern.compile("[\\w@%+=:,./*-]+");

  /**
   * Describes a command that was parsed.
   *
   * @param given the factory's options, by name
   */
  static Invocation of(
      CommandSpec command, WorkerFactory<?, ?> factory, Map<String, String> given) {
    ParseResult parsed = command.commandLine().getParseResult();
    List<Option<?>> secrets = factory.options().stream().filter(Option::isSecret).toList();
    List<Setting> settings = new ArrayList<>();
    for (OptionSpec option : command.options()) {
      if (!option.usageHelp() && !option.versionHelp() && !isOfFactory(option)) {
        settings.add(setting(option, parsed.hasMatchedOption(option)));
      }
    }
    for (Option<?> option : factory.options()) {
      List<String> names = given.keySet().stream().filter(option::isFor).toList();
      if (names.isEmpty()) {
        settings.add(setting(option, option.name(), null));
      }
      names.forEach(name -> settings.add(setting(option, name, given.get(name))));
    }
    return new Invocation(words(command, parsed, secrets), List.copyOf(settings));
  }

  private static List<String> words(
      CommandSpec command, ParseResult parsed, List<Option<?>> secrets) {
    List<String> words = new ArrayList<>(List.of(command.qualifiedName().split(" ")));
    List<String> given =
        parsed.matchedPositionals().stream()
            .flatMap(arguments -> arguments.originalStringValues().stream())
            .map(Credentials::hidden)
            .toList();
    words.addAll(given.subList(0, Math.min(1, given.size()))); // the name
    for (OptionSpec option : new LinkedHashSet<>(parsed.matchedOptions())) {
      for (String value : option.originalStringValues()) {
        words.add(option.longestName());
        if (isOfFactory(option)) {
          words.add(withoutSecret(value, secrets));
        } else if (option.arity().max() > 0) {
          words.add(Credentials.hidden(value));
        }
      }
    }
    if (given.size() > 1) {
      words.add("--");
      words.addAll(given.subList(1, given.size()));
    }
    return words.stream().map(Invocation::quoted).toList();
  }

  /** Words in a shell's syntax, separated by blanks. */
  static String words(List<String> words) {
    return words.stream().map(Invocation::quoted).collect(Collectors.joining(" "));
  }

  private static boolean isOfFactory(OptionSpec option) {
    return option.longestName().equals(OF_FACTORY);
  }

  private static String withoutSecret(String keyAndValue, List<Option<?>> secrets) {
    String key = keyAndValue.substring(0, Math.max(0, keyAndValue.indexOf('=')));
    return secrets.stream().anyMatch(option -> option.isFor(key))
        ? key + "=" + HIDDEN
        : Credentials.hidden(keyAndValue);
  }

  private static String quoted(String word) {
    return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
  }

  private static Setting setting(OptionSpec option, boolean isGiven) {
    String value =
        isGiven ? String.join(", ", option.originalStringValues()) : text(option.getValue());
    return new Setting(option.longestName(), Credentials.hidden(value), !isGiven);
  }

  private static Setting setting(Option<?> option, String written, @Nullable String given) {
    String name = OF_FACTORY + " " + written;
    String value = given != null ? given : text(option.defaultValue().orElse(null));
    String shown = option.isSecret() ? HIDDEN : Credentials.hidden(value);
    return new Setting(name, shown, given == null);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "none";
      case Enum<?> choice -> choice.name().toLowerCase(Locale.ROOT);
      default -> Printable.text(value);
    };
  }
}
