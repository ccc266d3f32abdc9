package pool.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * One run of the benchmarks: where and when it was, and what was measured. What was not measured is
 * NaN, and so is what is computed from it.
 *
 * @param about where and when: keys and values in the order in which they are shown
 */
record Run(Map<String, String> about, List<Measurement> measurements) {

  private static final ObjectMapper JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

  /** Puts together the files that JMH wrote, one for each benchmark, and keeps them in one. */
  static void keep(Path folder, String command, Path file) throws IOException {
    ObjectNode run = JSON.createObjectNode();
    ObjectNode about = run.putObject("about");
    about.put("command", command).put("date", LocalDate.now().toString());
    Machine.describe().forEach(about::put);
    ArrayNode results = run.putArray("results");
    try (Stream<Path> files = Files.list(folder)) {
      for (Path each : files.filter(f -> f.toString().endsWith(".json")).sorted().toList()) {
        JSON.readTree(each.toFile()).forEach(result -> results.add(trimmed(result)));
      }
    }
    Files.createDirectories(file.getParent());
    JSON.writeValue(file.toFile(), run);
  }

  /** Without the path of this machine's JDK, and without what the raw data tell as well. */
  private static JsonNode trimmed(JsonNode result) {
    ((ObjectNode) result).remove("jvm");
    for (JsonNode metric : result.findParents("scorePercentiles")) {
      ((ObjectNode) metric).remove("scorePercentiles");
    }
    return result;
  }

  static Run read(Path file) throws IOException {
    JsonNode run = JSON.readTree(file.toFile());
    List<Measurement> measurements = new ArrayList<>();
    run.path("results").forEach(result -> measurements.add(Measurement.of(result)));
    Map<String, String> about =
        JSON.convertValue(
            run.path("about"),
            JSON.getTypeFactory().constructMapType(Map.class, String.class, String.class));
    return new Run(about, measurements);
  }

  /** The measurements of one benchmark with these parameters, whatever the others are. */
  List<Measurement> of(String benchmark, Map<String, String> params) {
    return measurements.stream()
        .filter(m -> m.benchmark().equals(benchmark))
        .filter(m -> m.params().entrySet().containsAll(params.entrySet()))
        .toList();
  }

  double time(String benchmark, String by, Map<String, String> params) {
    return ofPeer(benchmark, by, params)
        .mapToDouble(Measurement::time)
        .findFirst()
        .orElse(Double.NaN);
  }

  double bytes(String benchmark, String by, Map<String, String> params) {
    return ofPeer(benchmark, by, params)
        .mapToDouble(Measurement::bytes)
        .findFirst()
        .orElse(Double.NaN);
  }

  double secondary(String name, String benchmark, String by, Map<String, String> params) {
    return ofPeer(benchmark, by, params)
        .mapToDouble(m -> m.secondary(name))
        .findFirst()
        .orElse(Double.NaN);
  }

  /** The time of the fastest that is neither ours nor the floor that nobody can beat. */
  double bestPeer(String benchmark, Map<String, String> params) {
    return of(benchmark, params).stream()
        .filter(m -> !m.param("by").startsWith("pool-") && !m.param("by").equals("inline"))
        .mapToDouble(Measurement::time)
        .min()
        .orElse(Double.NaN);
  }

  /** What a place in an array of results takes: ZGC cannot compress references. */
  int bytesOfReference() {
    return about.getOrDefault("command", "").contains("ZGC") ? 8 : 4;
  }

  private Stream<Measurement> ofPeer(String benchmark, String by, Map<String, String> params) {
    return of(benchmark, params).stream().filter(m -> m.param("by").equals(by));
  }
}
