package pool.cli;

import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;

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
    System.setErr(new PlainErr(System.err, System.err.charset()));
    StandardStreams.install();
    System.exit(run(Names.arguments(args)));
  }

  private static int run(String... args) {
    CommandLine commandLine = commandLine();
    try {
      return commandLine.execute(args);
    } catch (Throwable e) { // picocli hands over exceptions only
      return explain(e, commandLine);
    }
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Names::path)
        .setColorScheme(Help.defaultColorScheme(Terminal.hasOutput() ? Ansi.AUTO : Ansi.OFF))
        .setExpandAtFiles(false) // a name from elsewhere must not make files part of the command
        .setExecutionExceptionHandler((e, commandLine, _) -> explain(e, commandLine))
        .setParameterExceptionHandler(Main::explainUsage);
  }

  /** One line for a person, never a stack trace. */
  private static int explain(Throwable e, CommandLine commandLine) {
    commandLine.getErr().println("pool: " + oneLine(e));
    return e instanceof BadUsageException ? BAD_USAGE : FAILED;
  }

  private static int explainUsage(CommandLine.ParameterException e, String[] args) {
    CommandLine commandLine = e.getCommandLine();
    List<String> suggestions =
        e instanceof CommandLine.UnmatchedArgumentException unmatched
            ? unmatched.getSuggestions()
            : List.of();
    String wayOut =
        suggestions.isEmpty()
            ? "try '" + commandLine.getCommandSpec().qualifiedName() + " --help'"
            : "did you mean " + Printable.line(String.join(" or ", suggestions)) + "?";
    commandLine.getErr().println("pool: " + oneLine(e) + "; " + wayOut);
    return BAD_USAGE;
  }

  private static String oneLine(Throwable e) {
    String message = e instanceof Exception ? e.getMessage() : null; // an Error's needs its name
    if (message == null) {
      message = e.toString();
    }
    return Printable.line(
        message.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse(""));
  }
}
