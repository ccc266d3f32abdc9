package guide;

import java.util.function.Consumer;
import pool.core.PoolStats;
import pool.core.WorkerPool;
import pool.core.WorkerStats;

/** How to see what a pool does. */
final class Looking {

  private Looking() {}

  static void stats(WorkerPool<String, String> pool, Consumer<String> tell) {
    // @start region="stats"
    PoolStats now = pool.stats();
    tell.accept(now.state() + ": " + now.queued() + " wait, " + now.running() + " run");
    for (WorkerStats worker : now.workers()) {
      worker
          .currentJob()
          .ifPresent(job ->
              tell.accept(
                  worker.name() + ": " + job + " since " + worker.currentJobSince().orElseThrow()));
    }
    // @end
  }
}
