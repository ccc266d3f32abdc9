package pool.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.IntStream;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * One round of load: a random pool does many small jobs, of which a sixteenth fails, and some break
 * their worker, are put off or are cancelled, while its workers are replaced. Then each future, the
 * pool's counts and the report must agree.
 */
final class SoakLoad {

  private static final int JOBS = 200_000; // for each of two submitters
  private static final int CHUNK = 1_000;

  private static final IOException FAILURE = new IOException("meant"); // its stack would cost most

  private final Random random;
  private final ChaosTally counters;
  private final Set<Integer> putOff = ConcurrentHashMap.newKeySet();
  private final LongAdder opened = new LongAdder();
  private final LongAdder closed = new LongAdder();
  private final LongAdder wrong = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder cancelled = new LongAdder();

  private SoakLoad(long seed, ChaosTally counters) {
    this.random = new Random(seed);
    this.counters = counters;
  }

  /**
   * Plays a round.
   *
   * @throws AssertionError when something was lost; says the seed
   */
  static void play(long seed, ChaosTally counters) throws InterruptedException {
    new SoakLoad(seed, counters).play("load round " + seed);
  }

  /** What a job returns. */
  private static int result(int job) {
    return job * 31 + 7;
  }

  /** Decides what becomes of a job by its number. */
  private int run(int job) throws Exception {
    counters.ran(ChaosJob.Kind.SUCCEED);
    int kind = job * 0x9E3779B9 >>> 12;
    if (kind % 16 == 1) {
      counters.fault("load: fails");
      throw FAILURE;
    }
    if (kind % 2_000 == 2 && putOff.add(job)) {
      counters.fault("load: is put off");
      throw new RetryLaterException(Duration.ZERO);
    }
    if (kind % 20_000 == 4 && putOff.add(job)) {
      counters.fault("load: breaks its worker");
      throw new WorkerBrokenException("meant");
    }
    return result(job);
  }

  private Worker<Integer, Integer> open(boolean batches) {
    opened.increment();
    counters.opened();
    return batches ? several() : single();
  }

  private void closes() {
    closed.increment();
    counters.closed();
  }

  private Worker<Integer, Integer> single() {
    return new Worker<>() {
      @Override
      public Integer run(Integer job) throws Exception {
        return SoakLoad.this.run(job);
      }

      @Override
      public void close() {
        closes();
      }
    };
  }

  private BatchWorker<Integer, Integer> several() {
    return new BatchWorker<>() {
      @Override
      public void runAll(List<Integer> jobs, Results<Integer> results) {
        for (int i = 0; i < jobs.size(); i++) {
          try {
            results.succeeded(i, SoakLoad.this.run(jobs.get(i)));
          } catch (Exception e) {
            results.failed(i, e);
          }
        }
      }

      @Override
      public void close() {
        closes();
      }
    };
  }

  private void play(String name) throws InterruptedException {
    boolean batches = random.nextInt(3) == 0;
    WorkerFactory<Integer, Integer> factory =
        WorkerFactory.of("load", Integer.class, Integer.class, (WorkerContext _) -> open(batches));
    WorkerPool.Builder<Integer, Integer> builder =
        WorkerPool.of(factory)
            .workers(1 + random.nextInt(8))
            .threads(ThreadKind.values()[random.nextInt(2)])
            .distribution(Distribution.values()[random.nextInt(2)])
            .queueCapacity(16 << random.nextInt(10))
            .maxAttempts(2)
            .maxBatch(1 + random.nextInt(200))
            .maxJobsPerWorker(1_000L << random.nextInt(10));
    if (random.nextInt(4) == 0) {
      builder.context(JobContext.mdc());
    }
    int ways = random.nextInt(3);
    CloseReport report;
    try (WorkerPool<Integer, Integer> pool = builder.open()) {
      List<Thread> threads =
          List.of(
              Thread.ofPlatform().start(() -> submit(pool, 0, ways)),
              Thread.ofPlatform().start(() -> submit(pool, JOBS, ways)),
              Thread.ofPlatform().start(() -> replace(pool)));
      for (Thread thread : threads) {
        thread.join();
      }
      report = pool.shutdown(Duration.ofMinutes(1));
    }
    boolean agrees =
        wrong.sum() == 0
            && report.submitted() == 2L * JOBS
            && report.succeeded() == succeeded.sum()
            && report.failed() == failed.sum()
            && report.cancelled() == cancelled.sum()
            && succeeded.sum() + failed.sum() + cancelled.sum() == 2L * JOBS
            && opened.sum() == closed.sum()
            && report.isClean();
    if (!agrees) {
      throw new AssertionError(
          "%s: %s; the futures say %d + %d + %d, %d of them wrong; %d workers opened, %d closed"
              .formatted(
                  name,
                  report,
                  succeeded.sum(),
                  failed.sum(),
                  cancelled.sum(),
                  wrong.sum(),
                  opened.sum(),
                  closed.sum()));
    }
    counters.roundEnded();
  }

  private void replace(WorkerPool<Integer, Integer> pool) {
    for (int i = random.nextInt(3); i > 0; i--) {
      if (!pool.replaceWorkers().isComplete()) {
        wrong.increment();
      }
    }
  }

  private void submit(WorkerPool<Integer, Integer> pool, int first, int ways) {
    for (int chunk = first; chunk < first + JOBS; chunk += CHUNK) {
      List<Integer> jobs = IntStream.range(chunk, chunk + CHUNK).boxed().toList();
      if ((chunk / CHUNK + ways) % 3 == 0) {
        pool.mapAll(jobs).forEach(outcome -> settled(outcome.job(), outcome));
      } else {
        submitEach(pool, jobs, (chunk / CHUNK + ways) % 3 == 1);
      }
    }
  }

  private void submitEach(WorkerPool<Integer, Integer> pool, List<Integer> jobs, boolean keyed) {
    List<CompletableFuture<Integer>> futures = new ArrayList<>();
    for (Integer job : jobs) {
      futures.add(keyed ? pool.submit(job % 64, job) : pool.submit(job));
      if (job % 5_000 == 3) {
        counters.fault("load: is cancelled");
        futures.getLast().cancel(true);
      }
    }
    for (int i = 0; i < jobs.size(); i++) {
      settled(jobs.get(i), futures.get(i));
    }
  }

  private void settled(int job, Outcome<Integer, Integer> outcome) {
    switch (outcome) {
      case Outcome.Succeeded(Integer _, Integer result) -> succeeded(job, result);
      case Outcome.Failed<Integer, Integer> _ -> failed.increment();
      default -> wrong.increment();
    }
  }

  private void settled(int job, CompletableFuture<Integer> future) {
    try {
      succeeded(job, future.join());
    } catch (CancellationException e) {
      cancelled.increment();
    } catch (CompletionException e) {
      failed.increment();
    }
  }

  private void succeeded(int job, Integer result) {
    succeeded.increment();
    if (result != result(job)) {
      wrong.increment();
    }
  }
}
