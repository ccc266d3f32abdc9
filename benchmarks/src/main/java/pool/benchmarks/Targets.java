package pool.benchmarks;

import static pool.benchmarks.Target.atLeast;
import static pool.benchmarks.Target.atMost;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/** All that is to be reached, on two cores. */
final class Targets {

  private static final String PLATFORM = "pool-platform";
  private static final String VIRTUAL = "pool-virtual";
  private static final Map<String, String> ONE = Map.of("submitters", "1", "workers", "2");
  private static final Map<String, String> FOUR = Map.of("submitters", "4", "workers", "2");

  private static final String SUBMIT = "SubmitBenchmark.submit";
  private static final String ROUND_TRIP = "RoundTripBenchmark.backToBack";
  private static final String MAP = "MapBenchmark.map";

  private Targets() {}

  static List<Target> all() {
    return Stream.of(
            Stream.of(
                submit(PLATFORM, "fork-join-async", 0.4),
                submit(PLATFORM, "thread-pool-linked", 0.2),
                submit(PLATFORM, "thread-pool-array", 0.2),
                submit(PLATFORM, "inline", 2.0),
                submit(VIRTUAL, "virtual-per-task", 0.33)),
            both(Targets::fourSubmitters),
            both(Targets::bytes),
            both(Targets::roundTrip),
            both(ours -> map(ours, "100000x0ns")),
            both(ours -> map(ours, "10000000x0ns")),
            both(ours -> garbage(ours, "100000x0ns")),
            both(Targets::makespan),
            Stream.of(throughput()),
            Stream.of("counter", "sqlite").flatMap(Targets::resource),
            Stream.of("sqlite", "postgresql").flatMap(Targets::groupCommit),
            Stream.of(PLATFORM, VIRTUAL).flatMap(Targets::processes),
            both(Targets::idle))
        .flatMap(Function.identity())
        .toList();
  }

  private static Stream<Target> both(Function<String, Target> target) {
    return Stream.of(PLATFORM, VIRTUAL).map(target);
  }

  private static Target submit(String ours, String peer, double bound) {
    return atMost(
        "submit, " + ours,
        peer,
        bound,
        run -> run.time(SUBMIT, ours, ONE) / run.time(SUBMIT, peer, ONE));
  }

  private static Target fourSubmitters(String ours) {
    return atMost(
        "submit, 4 submitters, " + ours,
        "the best peer",
        0.7,
        run -> run.time(SUBMIT, ours, FOUR) / run.bestPeer(SUBMIT, FOUR));
  }

  /** A fifth of a byte for the ring, which grows once. */
  private static Target bytes(String ours) {
    return atMost("submit, bytes a job, " + ours, "", 32.2, run -> run.bytes(SUBMIT, ours, ONE));
  }

  private static Target roundTrip(String ours) {
    return atMost(
        "round trip, back to back, " + ours,
        "the best peer",
        0.4,
        run -> run.time(ROUND_TRIP, ours, Map.of()) / run.bestPeer(ROUND_TRIP, Map.of()));
  }

  private static Target map(String ours, String batch) {
    Map<String, String> params = Map.of("batch", batch);
    return atMost(
        "map, %,d trivial jobs, %s".formatted(Batch.parse(batch).size(), ours),
        "parallel-stream",
        1.0,
        run -> run.time(MAP, ours, params) / run.time(MAP, "parallel-stream", params));
  }

  /** A tenth of a byte for what does not grow with the batch. */
  private static Target garbage(String ours, String batch) {
    int size = Batch.parse(batch).size();
    return atMost(
        "map, bytes a job besides the array of results, " + ours,
        "",
        0.1,
        run -> run.bytes(MAP, ours, Map.of("batch", batch)) / size - run.bytesOfReference());
  }

  private static Target makespan(String ours) {
    String batch = "100000x1us-skewed";
    double ideal = Batch.parse(batch).idealNanos(MapBenchmark.WORKERS);
    return atMost(
        "map, skewed jobs, " + ours,
        "the ideal makespan",
        1.05,
        run -> run.time(MAP, ours, Map.of("batch", batch)) / ideal);
  }

  private static Target throughput() {
    double ideal = ManyWorkersBenchmark.idealMillis(1_000);
    Map<String, String> params = Map.of("workers", "1000");
    return atLeast(
        "1,000 workers, 10 ms waits, " + VIRTUAL,
        "the ideal throughput",
        0.9,
        run -> ideal / run.time("ManyWorkersBenchmark.wait10ms", VIRTUAL, params));
  }

  private static Stream<Target> resource(String resource) {
    return Stream.of(
        resource(resource, "thread-local-on-thread-pool-linked", 0.5),
        resource(resource, "commons-pool2-on-thread-pool-linked", 0.1),
        resource(resource, "commons-pool2-on-virtual-per-task", 0.1));
  }

  private static Target resource(String resource, String peer, double bound) {
    String benchmark = "ResourceBenchmark.use";
    Map<String, String> params = Map.of("resource", resource);
    return atMost(
        "resource per worker, " + resource + ", " + PLATFORM,
        peer,
        bound,
        run -> run.time(benchmark, PLATFORM, params) / run.time(benchmark, peer, params));
  }

  private static Stream<Target> groupCommit(String database) {
    return Stream.of(PLATFORM, VIRTUAL)
        .flatMap(ours ->
            Stream.of(
                rowsOf64(database, ours, "commit-per-job", 10),
                rowsOf64(database, ours, "drain-to", 0.9),
                latencyOfOne(database, ours)));
  }

  private static Target rowsOf64(String database, String ours, String peer, double bound) {
    String benchmark = "GroupCommitBenchmark.submitters64";
    Map<String, String> params = Map.of("database", database);
    return atLeast(
        "group commit, rows of 64 submitters, " + database + ", " + ours,
        peer,
        bound,
        run -> run.time(benchmark, ours, params) / run.time(benchmark, peer, params));
  }

  /** Of rows a second, which is the inverse of the time of one. */
  private static Target latencyOfOne(String database, String ours) {
    String benchmark = "GroupCommitBenchmark.submitters1";
    String peer = "commit-per-job";
    Map<String, String> params = Map.of("database", database);
    return atMost(
        "group commit, time of a lone row, " + database + ", " + ours,
        peer,
        1.05,
        run -> run.time(benchmark, peer, params) / run.time(benchmark, ours, params));
  }

  private static Stream<Target> processes(String ours) {
    return Stream.of(
        process(ours, "round trip", "roundTrip", 0.35),
        process(ours, "submitted jobs", "submit", 0.5),
        process(ours, "submitted jobs, batch worker", "submitToBatchWorkers", 0.15),
        process(ours, "bulk call, batch worker", "bulk", 4),
        atMost(
            "eight processes opened and closed, ms, " + ours,
            "",
            2_000,
            run -> run.time("ProcessBenchmark.openAndClose", ours, Map.of()) / 1_000));
  }

  private static Target process(String ours, String what, String method, double bound) {
    String benchmark = "ProcessBenchmark." + method;
    return atMost(
        "processes, " + what + ", " + ours,
        "python",
        bound,
        run -> run.time(benchmark, ours, Map.of()) / run.time(benchmark, "python", Map.of()));
  }

  private static Target idle(String ours) {
    return atMost(
        "idle, " + ours,
        "one processor",
        0.001,
        run -> run.secondary("share", "IdleBenchmark.idle", ours, Map.of("jobsPerSecond", "0")));
  }
}
