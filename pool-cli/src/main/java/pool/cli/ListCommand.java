package pool.cli;

import java.io.PrintWriter;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;
import pool.core.FactoryInfo;
import pool.core.ProviderFailure;
import pool.core.WorkerFactories;

/** {@code pool list}. */
@Command(
    name = "list",
    description = "Lists the factories that plugins provide.",
    mixinStandardHelpOptions = true)
final class ListCommand implements Runnable {

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Plugins plugins;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  ListCommand() {}

  @Override
  public void run() {
    PrintWriter out = spec.commandLine().getOut();
    WorkerFactories factories = plugins.all();
    for (FactoryInfo factory : factories.found()) {
      out.printf(
          "%-12s %s%n", Printable.line(factory.name()), Printable.line(factory.description()));
    }
    for (ProviderFailure failure : factories.failures()) {
      spec.commandLine()
          .getErr()
          .println("pool: could not be loaded: " + Printable.line(failure.toString()));
    }
  }
}
