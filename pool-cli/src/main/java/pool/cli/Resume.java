package pool.cli;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Whether a run continues an earlier one that was stopped: options of {@code pool run}. */
final class Resume {

  @Option(
      names = "--resume",
      description =
          "go on with the output of a run that was stopped, however: lines that have an outcome are"
              + " not run again")
  boolean wanted;

  @Option(names = "--retry-failed", description = "with --resume: run lines that failed again")
  boolean retriesFailed;

  Resume() {}

  /**
   * Reads the output and, if the input is a file, the input as well, so that nothing runs if the
   * input has changed.
   */
  Earlier earlier(RunFiles files, InputOptions.Format format, Output out) {
    if (!wanted) {
      if (retriesFailed) {
        throw new BadUsageException("retry-failed is for a run that goes on: add --resume", null);
      }
      return Earlier.none();
    }
    if (!out.isFile()) {
      throw new BadUsageException("resume needs the file of the run before: add --output", null);
    }
    try {
      out.claim(); // now, not only when the workers are open
    } catch (IOException e) {
      throw RunFiles.cannotWrite(files.output, e);
    }
    try (InputStream held = files.outputAgain()) {
      Earlier earlier = Earlier.read(held, retriesFailed);
      Optional<InputStream> again = files.inputAgain();
      if (again.isPresent()) {
        try (InputStream input = again.get()) {
          earlier.requireSame(format.lines(input));
        }
      }
      return earlier;
    } catch (IOException e) {
      throw new BadUsageException(
          "cannot resume '%s': %s".formatted(files.output, Printable.reason(e)), e);
    }
  }
}
