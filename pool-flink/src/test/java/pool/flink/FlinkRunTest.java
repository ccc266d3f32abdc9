package pool.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.graph.StreamGraph;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import pool.core.NoSuchFactoryException;
import pool.core.Outcome;

@Timeout(60)
class FlinkRunTest {

  @TempDir private Path directory;

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(2);

  @BeforeEach
  void reset() {
    Probe.reset();
    env.enableCheckpointing(100);
  }

  @Test
  void eachLineIsOneOutcomeInAFile() throws Exception {
    Path first = Files.writeString(directory.resolve("first.txt"), "1\n2 FAIL\nnonsense\n");
    Path second = Files.writeString(directory.resolve("second.txt"), "3\n\n4");

    FlinkRun.run(
        env,
        "--factory",
        "probe",
        "--input",
        first + "," + second,
        "--output",
        directory.resolve("out").toString(),
        "--workers",
        "2",
        "--threads",
        "platform",
        "-o",
        "limit=7");

    List<String> lines = lines(directory.resolve("out"));
    assertEquals(6, lines.size(), lines::toString);
    assertEquals(
        List.of(
            "{\"job\":\"\",\"outcome\":\"failed\",\"reason\":\"For input string: \\\"\\\"\"}",
            "{\"job\":\"ProbeJob[number=2, act=FAIL]\",\"outcome\":\"failed\",\"reason\":\"no."
                + " 2; caused by the cause\"}",
            "{\"job\":\"nonsense\",\"outcome\":\"failed\",\"reason\":\"For input string:"
                + " \\\"nonsense\\\"\"}"),
        lines.stream().filter(line -> line.contains("\"failed\"")).sorted().toList());
    for (int i : new int[] {1, 3, 4}) {
      String job = "{\"job\":\"ProbeJob[number=%d, act=SUCCEED]\",".formatted(i);
      String result =
          "\"outcome\":\"succeeded\",\"result\":{\"number\":%d,\"worker\":".formatted(i);
      assertTrue(lines.stream().anyMatch(line -> line.startsWith(job + result)), lines::toString);
    }
    assertEquals(4, Probe.opened());
    assertEquals(4, Probe.closed());
  }

  /** Savepoints find the state of an operator by its identifier. */
  @Test
  @SuppressWarnings("try") // closing may be interrupted
  void theOperatorsHaveIdentifiersOfTheirOwn() throws Exception {
    Set<String> seen = new HashSet<>();
    StreamExecutionEnvironment watched =
        new StreamExecutionEnvironment(
            Configuration.fromMap(
                Map.of(
                    "execution.target",
                    "local",
                    "execution.attached",
                    "true",
                    "pipeline.auto-generate-uids", // then whatever has none is refused
                    "false"))) {
          @Override
          public JobClient executeAsync(StreamGraph graph) throws Exception {
            graph.getStreamNodes().forEach(node -> seen.add(node.getTransformationUID()));
            return super.executeAsync(graph);
          }
        };
    Path input = Files.writeString(directory.resolve("lines"), "1\n");

    FlinkRun.run(
        watched,
        "--factory",
        "probe",
        "--input",
        input.toString(),
        "--output",
        directory.resolve("out").toString());

    assertTrue(seen.containsAll(Set.of("lines", "jobs", "pool-probe")), seen::toString);
    assertTrue(
        seen.stream().anyMatch(uid -> uid != null && uid.contains("outcomes")), seen::toString);
  }

  private static List<String> lines(Path output) throws IOException {
    List<String> lines = new ArrayList<>();
    try (Stream<Path> files = Files.walk(output)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        assertTrue(file.getFileName().toString().matches("outcomes-.*\\.jsonl"), file::toString);
        lines.addAll(Files.readAllLines(file));
      }
    }
    return lines;
  }

  private static Object rude() {
    return new Object() {
      @Override
      public String toString() {
        throw new IllegalStateException("no text");
      }
    };
  }

  @Test
  void whatCannotBeWrittenIsAFailedOutcome() throws IOException {
    assertEquals(
        "{\"job\":\"a\",\"outcome\":\"failed\",\"reason\":\"its result cannot be written: no"
            + " text\"}",
        OutcomeLines.line(new Outcome.Succeeded<>("a", rude())));
    String line = OutcomeLines.line(new Outcome.Succeeded<>(rude(), "a"));
    assertTrue(line.contains("its text cannot be written"), line);
  }

  @Test
  void aFactoryThatIsNotThereIsToldWithWhatIs() {
    NoSuchFactoryException thrown =
        assertThrows(
            NoSuchFactoryException.class,
            () ->
                FlinkRun.run(
                    env, "--factory", "prope", "--input", "in", "--output", directory.toString()));

    assertEquals("no factory is named 'prope'; there are probe, trouble", thrown.getMessage());
  }

  @Test
  void aNameThatBeginsWithAnAtSignMakesNoFilePartOfTheCommand() throws Exception {
    Path arguments =
        Files.writeString(
            directory.resolve("arguments"), "--factory prope --input in --output out");

    CommandLine.ParameterException thrown =
        assertThrows(
            CommandLine.ParameterException.class, () -> FlinkRun.run(env, "@" + arguments));

    assertFalse(thrown.getMessage().contains("prope"), thrown::getMessage);
  }
}
