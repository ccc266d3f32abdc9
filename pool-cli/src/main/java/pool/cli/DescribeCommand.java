package pool.cli;

import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pool.api.Option;
import pool.api.internal.Credentials;
import pool.core.FactoryInfo;

/** {@code pool describe}. */
@Command(
    name = "describe",
    description = "Tells what a factory does, its types, options, and where it comes from.",
    mixinStandardHelpOptions = true)
final class DescribeCommand implements Runnable {

  @Parameters(paramLabel = "NAME", description = "the factory, as 'pool list' names it")
  @SuppressWarnings("NullAway.Init")
  String name;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Plugins plugins;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  DescribeCommand() {}

  @Override
  public void run() {
    FactoryInfo factory = plugins.find(name);
    line("%s: %s", factory.name(), factory.description());
    line("  job        %s", factory.jobType().getTypeName());
    line("  result     %s", factory.resultType().getTypeName());
    line("  module     %s", factory.module().orElse("none, on the class path"));
    factory.version().ifPresent(version -> line("  version    %s", version));
    factory.location().ifPresent(location -> line("  from       %s", location));
    if (factory.options().isEmpty()) {
      line("  no options");
      return;
    }
    line("  options");
    for (Option<?> option : factory.options()) {
      line("    %-14s %s (%s)", option.name(), option.description(), standing(option));
    }
  }

  @SuppressWarnings("AnnotateFormatMethod") // that annotation would be another dependency
  private void line(String format, Object... parts) {
    spec.commandLine().getOut().println(Printable.line(format.formatted(parts)));
  }

  /**
   * An option's type where that is known, whether it is required, its rules, and whether it is
   * secret.
   */
  private static String standing(Option<?> option) {
    List<String> parts = new ArrayList<>();
    option.valueType().map(DescribeCommand::type).ifPresent(parts::add);
    parts.add(given(option));
    parts.addAll(option.rules());
    if (option.isSecret()) {
      parts.add("secret");
    }
    return String.join("; ", parts);
  }

  private static String given(Option<?> option) {
    if (option.isRequired()) {
      return "required";
    }
    if (option.isFamily()) {
      return "as many as you like";
    }
    if (option.defaultValue().orElseThrow().equals(Optional.empty())) {
      return "may be left out";
    }
    return option.isSecret()
        ? "has a default"
        : "default " + Credentials.hidden(String.valueOf(option.defaultValue().orElseThrow()));
  }

  /** The values of an enum; for a class that is not public, a public type that it has. */
  private static String type(Class<?> type) {
    for (Class<?> c = type; c != null; c = c.getSuperclass()) {
      if (c.isEnum()) {
        return Arrays.stream(c.getEnumConstants())
            .map(constant -> ((Enum<?>) constant).name())
            .collect(Collectors.joining(", ", "one of ", ""));
      }
      if (Modifier.isPublic(c.getModifiers())) {
        return c.getSimpleName();
      }
      for (Class<?> is : c.getInterfaces()) {
        if (is.getMethods().length > 0) { // a marker, such as Serializable, has none
          return is.getSimpleName();
        }
      }
    }
    return type.getSimpleName();
  }
}
