package pool.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Ansi;
import pool.api.internal.Credentials;
import pool.api.internal.Reason;

/** The command {@code pool}. */
@Command(
    name = "pool",
    description = "Runs batches of jobs with workers that plugins provide.",
    version = "pool 0.1.0-SNAPSHOT",
    mixinStandardHelpOptions = true,
    subcommands = {ListCommand.class, DescribeCommand.class, RunCommand.class, CheckCommand.class},
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:every job succeeded",
      "1:some did not, or a worker did not open or close",
      "2:bad usage",
      "3:out of memory",
      "129, 130, 143:stopped by SIGHUP, Ctrl-C or SIGTERM"
    })
public final class Main {

  static final int OK = 0;
  static final int FAILED = 1;
  static final int BAD_USAGE = 2;
  static final int OUT_OF_MEMORY = 3;

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
    Ending.OF_PROCESS.watch();
    Ending.OF_PROCESS.exit(run(Names.arguments(args)));
  }

  private static int run(String... args) {
    CommandOut out = new CommandOut(System.out.charset());
    CommandLine commandLine = commandLine().setOut(out.writer());
    int status;
    try {
      status = commandLine.execute(args);
    } catch (Throwable e) { // picocli passes on exceptions only
      status = explain(e);
    }
    Optional<IOException> failure = out.end();
    failure.ifPresent(e -> System.err.println("pool: cannot write the output: " + oneLine(e)));
    return failure.isPresent() && status == OK ? FAILED : status;
  }

  static CommandLine commandLine() {
    return new CommandLine(new Main())
        .setCaseInsensitiveEnumValuesAllowed(true)
        .registerConverter(Path.class, Names::path)
        .setColorScheme(Help.defaultColorScheme(Terminal.hasOutput() ? Ansi.AUTO : Ansi.OFF))
        .setExpandAtFiles(false) // a name from elsewhere must not make files part of the command
        .setExecutionExceptionHandler((e, _, _) -> explain(e))
        .setParameterExceptionHandler(Main::explainUsage);
  }

  /** Explains an exception in one line for people, never with a stack trace. */
  private static int explain(Throwable e) {
    if (Ending.OF_PROCESS.noticeMemory(e)) { // Ending reports it at the end
      return OUT_OF_MEMORY;
    }
    System.err.println("pool: " + oneLine(e));
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
    System.err.println("pool: " + usage(e) + "; " + wayOut);
    return BAD_USAGE;
  }

  /** Omits arguments that are neither an option nor a pair: they may be misplaced secrets. */
  private static String usage(CommandLine.ParameterException e) {
    if (e instanceof CommandLine.UnmatchedArgumentException unmatched
        && unmatched.isUnknownOption()) {
      String name = unmatched.getUnmatched().getFirst();
      int value = name.indexOf('=');
      String shown = value < 0 ? name : name.substring(0, value) + "=***";
      return "Unknown option: '" + Printable.line(Credentials.hidden(shown)) + "'";
    }
    if (e.getArgSpec() != null && e.getArgSpec().isOption() && e.getArgSpec().typeInfo().isMap()) {
      return "option '-o' takes KEY=VALUE, but there was no '='";
    }
    return oneLine(e);
  }

  private static String oneLine(Throwable e) {
    boolean isUsage = e instanceof BadUsageException || e instanceof CommandLine.ParameterException;
    String message = isUsage ? Credentials.hidden(String.valueOf(e.getMessage())) : Reason.of(e);
    return Printable.line(
        message.lines().map(String::strip).reduce((a, b) -> a + "; " + b).orElse(""));
  }
}
