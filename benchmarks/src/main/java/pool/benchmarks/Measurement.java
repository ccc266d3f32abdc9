package pool.benchmarks;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.StreamSupport;

/**
 * What JMH measured for one benchmark with one set of parameters.
 *
 * @param benchmark class and method: {@code SubmitBenchmark.submit}
 */
record Measurement(String benchmark, Map<String, String> params, JsonNode json) {

  static Measurement of(JsonNode json) {
    Map<String, String> params = new TreeMap<>();
    json.path("params").properties().forEach(e -> params.put(e.getKey(), e.getValue().asText()));
    String benchmark = json.path("benchmark").asText().replaceFirst("^.*\\.(\\w+\\.\\w+)$", "$1");
    return new Measurement(benchmark, params, json);
  }

  String param(String name) {
    return params.getOrDefault(name, "");
  }

  /** How many threads called it at the same time. */
  int threads() {
    return json.path("threads").asInt();
  }

  /** The figure itself: a time, or for throughput how many in a time. */
  double time() {
    return median(json.path("primaryMetric"));
  }

  /** What was allocated for each operation. */
  double bytes() {
    return secondary("gc.alloc.rate.norm");
  }

  double secondary(String name) {
    return median(json.path("secondaryMetrics").path(name));
  }

  /** Half the range of the iterations, as a share of their median. */
  double spread() {
    double[] sorted = iterations(json.path("primaryMetric"));
    return (sorted[sorted.length - 1] - sorted[0]) / 2 / time();
  }

  /** Not JMH's score: that is a mean, which one bad moment moves, and for counters a sum. */
  private static double median(JsonNode metric) {
    double[] sorted = iterations(metric);
    int n = sorted.length;
    return n == 0 ? Double.NaN : (sorted[(n - 1) / 2] + sorted[n / 2]) / 2;
  }

  private static double[] iterations(JsonNode metric) {
    return StreamSupport.stream(metric.path("rawData").spliterator(), false)
        .flatMapToDouble(Measurement::ofOneFork)
        .sorted()
        .toArray();
  }

  private static DoubleStream ofOneFork(JsonNode fork) {
    return StreamSupport.stream(fork.spliterator(), false).mapToDouble(JsonNode::asDouble);
  }
}
