package pool.benchmarks;

import java.util.Map;

/** The three sentences that the page begins with: what to take from it, losses first. */
final class Summary {

  private static final Map<String, String> SQLITE = Map.of("database", "sqlite");
  private static final String ROWS = "GroupCommitBenchmark.submitters64";
  private static final String OURS = "pool-platform";

  private Summary() {}

  static String of(Run run) {
    return String.join("\n", losses(run), dispatch(run), resources(run)).strip();
  }

  private static String losses(Run run) {
    Map<String, String> batch = Map.of("batch", "100000x0ns");
    return """
    **Where it loses:** 100,000 trivial jobs in a bulk call take %s times as long as in a parallel
    stream, and a submitted one costs %s times what it would to complete its future in place, so
    use a loop for jobs of nanoseconds; a round trip to a virtual worker after a pause of a
    millisecond takes %s times as long as with the best peer, and a job of a bulk call to other
    processes %s times as long as with Python's pool.
    """
        .formatted(
            ratio(run, "MapBenchmark.map", "parallel-stream", batch),
            ratio(run, "SubmitBenchmark.submit", "inline", workers2(1)),
            best(run, "RoundTripBenchmark.afterPause", "pool-virtual", Map.of()),
            ratio(run, "ProcessBenchmark.bulk", "python", Map.of()));
  }

  private static String dispatch(Run run) {
    String submit = "SubmitBenchmark.submit";
    return """
    **Against the best of other executors:** a job that is submitted to two workers costs %s of one
    there with one submitter, %s with two and %s with four, takes %s bytes, and its round trip,
    back to back, takes %s.
    """
        .formatted(
            best(run, submit, workers2(1)),
            best(run, submit, workers2(2)),
            best(run, submit, workers2(4)),
            Figures.plain(run.bytes(submit, OURS, workers2(1))),
            best(run, "RoundTripBenchmark.backToBack", Map.of()));
  }

  private static String resources(Run run) {
    String use = "ResourceBenchmark.use";
    String commons = "commons-pool2-on-thread-pool-linked";
    return """
    **What it is for:** a job that uses the connection of its worker costs %s of one that borrows
    it from commons-pool2 (%s when the connection does nothing), and 64 submitters who wait for
    durable rows get %s times as many as with a commit for each, and %s of those that a thread
    written by hand gives them.
    """
        .formatted(
            ratio(run, use, commons, Map.of("resource", "sqlite")),
            ratio(run, use, commons, Map.of("resource", "counter")),
            ratio(run, ROWS, "commit-per-job", SQLITE),
            ratio(run, ROWS, "drain-to", SQLITE));
  }

  private static Map<String, String> workers2(int submitters) {
    return Map.of("submitters", Integer.toString(submitters), "workers", "2");
  }

  private static String ratio(Run run, String benchmark, String peer, Map<String, String> params) {
    return Figures.ratio(run.time(benchmark, OURS, params) / run.time(benchmark, peer, params));
  }

  private static String best(Run run, String benchmark, Map<String, String> params) {
    return best(run, benchmark, OURS, params);
  }

  private static String best(Run run, String benchmark, String ours, Map<String, String> params) {
    return Figures.ratio(run.time(benchmark, ours, params) / run.bestPeer(benchmark, params));
  }
}
