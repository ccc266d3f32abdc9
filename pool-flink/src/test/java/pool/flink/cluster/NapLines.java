package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.LongStream;
import pool.flink.FlinkRun;

/**
 * Naps as lines of a file, and their outcomes as lines of files: what goes on without the client
 * that submitted it.
 *
 * @param program the jar to upload
 * @param input a line for each job
 * @param journal what the workers wrote
 * @param outcomes the folder that the Flink job writes
 */
record NapLines(Path program, Path input, Path journal, Path outcomes) {

  static final int JOBS = 40_000;
  static final int WORKERS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(90);

  /** Writes the input and the program. */
  static NapLines in(Path folder) throws IOException {
    List<Path> jars = new ArrayList<>(Artifacts.ofTheJob("picocli", "jackson-core"));
    jars.add(NapRun.plugin(folder));
    return new NapLines(
        Jars.program(folder.resolve("program.jar"), FlinkRun.class.getName(), jars),
        Files.write(
            folder.resolve("lines"), LongStream.range(0, JOBS).mapToObj(Long::toString).toList()),
        Files.createDirectory(folder.resolve("journal")),
        folder.resolve("outcomes"));
  }

  List<String> arguments() {
    return List.of(
        "--factory",
        "nap",
        "--input",
        input.toString(),
        "--output",
        outcomes.toString(),
        "--workers",
        Integer.toString(WORKERS),
        "-o",
        "millis=10",
        "-o",
        "journal=" + journal);
  }

  void awaitRuns(int atLeast) throws Exception {
    Journal.awaitRuns(journal, atLeast, PATIENCE, () -> "fewer than " + atLeast + " jobs ran");
  }

  /** Waits for the end of the Flink job. */
  static void awaitEnd(Rest rest, String job) throws Exception {
    Eventually.await(PATIENCE, () -> rest.isOver(job), () -> "not over: " + job);
    assertEquals("FINISHED", rest.state(job));
  }

  /** One line for each job in files that are complete; others, which readers skip, may be left. */
  void assertOneOutcomeForEachLine() throws IOException {
    List<Long> jobs = new ArrayList<>();
    for (JsonNode outcome : OutcomeFiles.read(outcomes, NapLines::isComplete)) {
      assertEquals("succeeded", outcome.path("outcome").asText(), outcome::toString);
      long job = outcome.path("job").asLong();
      assertEquals(-job, outcome.path("result").asLong(), outcome::toString);
      jobs.add(job);
    }
    Collections.sort(jobs);
    assertEquals(LongStream.range(0, JOBS).boxed().toList(), jobs);
  }

  private static boolean isComplete(Path file) {
    return !file.getFileName().toString().startsWith(".");
  }

  void assertEachWorkerWasClosed() throws Exception {
    Journal.awaitAllClosed(journal, PATIENCE, () -> "workers are open");
  }
}
