package pool.benchmarks;

import java.util.Map;

/** The three sentences that the page begins with: what to take from it, losses first. */
final class Summary {

  private static final Map<String, String> ONE = Map.of("submitters", "1", "workers", "2");
  private static final String OURS = "pool-platform";

  private Summary() {}

  static String of(Run run) {
    return losses(run) + "\n" + dispatch(run) + "\n" + resources(run);
  }

  private static String losses(Run run) {
    Map<String, String> batch = Map.of("batch", "100000x0ns");
    return """
    **Where it loses:** 100,000 trivial jobs in a bulk call take %s times as long as in a parallel
    stream, a submitted one costs %s times what it would to complete its future in place, a round
    trip after a pause of a millisecond takes %s times as long as with the best peer, and a job of
    a bulk call to other processes %s times as long as with Python's pool: for jobs of
    nanoseconds, use a loop.
    """
        .formatted(
            ratio(run, "MapBenchmark.map", "parallel-stream", batch),
            ratio(run, "SubmitBenchmark.submit", "inline", ONE),
            best(run, "RoundTripBenchmark.afterPause", Map.of()),
            ratio(run, "ProcessBenchmark.bulk", "python", Map.of()));
  }

  private static String dispatch(Run run) {
    return """
    **Against other executors:** with one submitter and two workers, a submitted job costs %s of
    one on the best of them and takes %s bytes, and a round trip, back to back, takes %s of the
    best one's.
    """
        .formatted(
            best(run, "SubmitBenchmark.submit", ONE),
            Figures.plain(run.bytes("SubmitBenchmark.submit", OURS, ONE)),
            best(run, "RoundTripBenchmark.backToBack", Map.of()));
  }

  private static String resources(Run run) {
    String use = "ResourceBenchmark.use";
    String commons = "commons-pool2-on-thread-pool-linked";
    String rows = "GroupCommitBenchmark.submitters64";
    Map<String, String> sqlite = Map.of("database", "sqlite");
    return """
    **What it is for:** a job that uses the connection of its worker costs %s of one that borrows
    it from commons-pool2 (%s when the connection does nothing), and 64 submitters who wait for
    their rows to be durable get %s times as many as with a commit for each.
    """
        .formatted(
            ratio(run, use, commons, Map.of("resource", "sqlite")),
            ratio(run, use, commons, Map.of("resource", "counter")),
            ratio(run, rows, "commit-per-job", sqlite));
  }

  private static String ratio(Run run, String benchmark, String peer, Map<String, String> params) {
    return Figures.ratio(run.time(benchmark, OURS, params) / run.time(benchmark, peer, params));
  }

  private static String best(Run run, String benchmark, Map<String, String> params) {
    return Figures.ratio(run.time(benchmark, OURS, params) / run.bestPeer(benchmark, params));
  }
}
