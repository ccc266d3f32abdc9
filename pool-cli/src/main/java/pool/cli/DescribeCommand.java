package pool.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pool.api.Option;
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

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  DescribeCommand() {}

  @Override
  public void run() {
    FactoryInfo factory = Factories.find(name);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %s%n", factory.name(), factory.description());
    out.printf("  job        %s%n", factory.jobType().getName());
    out.printf("  result     %s%n", factory.resultType().getName());
    out.printf("  module     %s%n", factory.module().orElse("none, on the class path"));
    factory.version().ifPresent(version -> out.printf("  version    %s%n", version));
    factory.location().ifPresent(location -> out.printf("  from       %s%n", location));
    if (factory.options().isEmpty()) {
      out.printf("  no options%n");
      return;
    }
    out.printf("  options%n");
    for (Option<?> option : factory.options()) {
      out.printf("    %-14s %s (%s)%n", option.name(), option.description(), standing(option));
    }
  }

  private static String standing(Option<?> option) {
    if (option.isRequired()) {
      return "required";
    }
    return option.isSecret() ? "has a default" : "default " + option.defaultValue().orElseThrow();
  }
}
