package pool.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command {@code pool}. */
@Command(
    name = "pool",
    description = "Runs batches of jobs with workers that plugins provide.",
    version = "pool 0.1.0-SNAPSHOT",
    mixinStandardHelpOptions = true,
    subcommands = {ListCommand.class, DescribeCommand.class, RunCommand.class},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every job succeeded",
      "1:some did not, or a worker did not open or close",
      "2:bad usage",
      "130, 143:stopped by Ctrl-C or SIGTERM"
    })
public final class Main {

  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_USAGE = 2;

  /** For picocli. */
  Main() {}

  /**
   * Runs a command and exits.
   *
   * @param args the command line
   */
  public static void main(String[] args) {
    System.exit(commandLine().execute(args));
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .setExecutionExceptionHandler(Main::explain)
        .setParameterExceptionHandler(Main::explainUsage);
  }

  /** One line for a person, never a stack trace. */
  private static int explain(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    commandLine.getErr().println("pool: " + oneLine(e));
    return e instanceof BadUsageException ? BAD_USAGE : FAILED;
  }

  private static int explainUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    commandLine.getErr().println("pool: " + oneLine(e));
    if (!CommandLine.UnmatchedArgumentException.printSuggestions(e, commandLine.getErr())) {
      commandLine
          .getErr()
          .println("Try '" + commandLine.getCommandSpec().qualifiedName() + " --help'.");
    }
    return BAD_USAGE;
  }

  private static String oneLine(Exception e) {
    String message = e.getMessage() == null ? e.toString() : e.getMessage();
    return message.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse("");
  }
}
