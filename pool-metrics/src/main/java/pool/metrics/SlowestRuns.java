package pool.metrics;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** The five longest runs so far, the longest first. Keeps a job's text only. Not thread-safe. */
final class SlowestRuns {

  private static final int MOST = 5;

  private final List<MeterSnapshot.SlowRun> runs = new ArrayList<>(MOST + 1);

  /** Returns whether a run would be among them; only then is the job asked for its text. */
  boolean takes(Duration ran) {
    return runs.size() < MOST || ran.compareTo(runs.getLast().ran()) > 0;
  }

  void add(MeterSnapshot.SlowRun run) {
    runs.add(run);
    runs.sort(Comparator.comparing(MeterSnapshot.SlowRun::ran).reversed());
    if (runs.size() > MOST) {
      runs.removeLast();
    }
  }

  List<MeterSnapshot.SlowRun> list() {
    return List.copyOf(runs);
  }
}
