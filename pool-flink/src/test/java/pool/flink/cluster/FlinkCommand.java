package pool.flink.cluster;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * What the script {@code flink} of Flink's distribution starts: its client, in a process of its
 * own.
 */
final class FlinkCommand {

  private static final int PATIENCE = 90; // seconds

  private FlinkCommand() {}

  /**
   * Runs it to its end, and fails unless that is a good one.
   *
   * @param folder where its settings, which are none, and its output go
   * @param arguments as of {@code flink}
   * @return what it said
   */
  static String run(Path folder, List<String> arguments) throws IOException, InterruptedException {
    Files.writeString(folder.resolve("config.yaml"), "");
    Path output = folder.resolve("flink.out");
    List<String> command = new ArrayList<>(Node.java("128m"));
    command.add("-cp");
    command.add(
        Artifacts.flink().stream()
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator)));
    command.add("org.apache.flink.client.cli.CliFrontend");
    command.addAll(arguments);
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder.environment().put("FLINK_CONF_DIR", folder.toString());
    Process process = builder.start();
    try {
      boolean ended = process.waitFor(PATIENCE, TimeUnit.SECONDS);
      String said = Files.readString(output);
      if (!ended || process.exitValue() != 0) {
        throw new IllegalStateException(
            (ended ? "it ended with " + process.exitValue() : "it does not end") + ":\n" + said);
      }
      return said;
    } finally {
      process.destroyForcibly();
    }
  }
}
