package guide;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import pool.api.WorkerFactory;
import pool.core.Outcome;
import pool.core.WorkerPool;

/** What bounds the time of jobs and workers, and what is done when they fail. */
final class Trouble {

  private Trouble() {}

  static WorkerPool<String, String> timeOuts(WorkerFactory<String, String> asking) {
    // @start region="time-outs"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking)
            .openTimeout(Duration.ofSeconds(10))
            .jobTimeout(Duration.ofMillis(500))
            .cancelGrace(Duration.ofSeconds(1))
            .closeTimeout(Duration.ofMinutes(1))
            .open();
    // @end
    return pool;
  }

  static String waitNoLonger(WorkerPool<String, String> pool) {
    // @start region="or-time-out"
    CompletableFuture<String> answer = pool.submit("hang").orTimeout(200, TimeUnit.MILLISECONDS);
    // @end
    return answer.handle((_, failure) -> failure.getClass().getSimpleName()).join();
  }

  static WorkerPool<String, String> attempts(WorkerFactory<String, String> asking) {
    // @start region="attempts"
    WorkerPool<String, String> pool = WorkerPool.of(asking).maxAttempts(3).open();
    // @end
    return pool;
  }

  static List<Outcome<String, String>> again(WorkerPool<String, String> pool, List<String> lines) {
    // @start region="again"
    List<String> failed =
        pool.mapAll(lines).stream()
            .filter(outcome -> outcome instanceof Outcome.Failed)
            .map(Outcome::job)
            .toList();
    List<Outcome<String, String>> secondTry = pool.mapAll(failed);
    // @end
    return secondTry;
  }

  static CompletableFuture<String> cancel(WorkerPool<String, String> pool, String line) {
    // @start region="cancel"
    CompletableFuture<String> answer = pool.submit(line);
    answer.cancel(true); // withdraws it if it waits, stops it if it runs
    // @end
    return answer;
  }

  static WorkerPool<String, String> recycling(WorkerFactory<String, String> asking) {
    // @start region="recycling"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking)
            .maxJobsPerWorker(10_000)
            .maxWorkerAge(Duration.ofMinutes(30))
            .pingInterval(Duration.ofMinutes(1))
            .open();
    // @end
    return pool;
  }
}
