package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What {@code FlinkRun} has written. */
final class OutcomeFiles {

  private static final JsonMapper JSON = new JsonMapper();

  private OutcomeFiles() {}

  /** The lines of those files in a folder that are wanted, each of which must have the suffix. */
  static List<JsonNode> read(Path folder, Predicate<Path> isWanted) throws IOException {
    List<JsonNode> outcomes = new ArrayList<>();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.filter(Files::isRegularFile).filter(isWanted).toList()) {
        assertTrue(file.toString().endsWith(".jsonl"), file::toString);
        for (String line : Files.readAllLines(file)) {
          outcomes.add(JSON.readTree(line));
        }
      }
    }
    return outcomes;
  }
}
