package pool.core;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A thousand jobs that begin together and time out together: how late the last is told, beside
 * {@code orTimeout} on as many virtual threads. It prints the figures, and fails only if the pool's
 * is of another order.
 */
@Tag("long")
@Timeout(60)
class TimeOutCrowdTest {

  private static final int JOBS = 1_000;
  private static final int ROUNDS = 5;
  private static final Duration LIMIT = Duration.ofMillis(200);
  private static final long SLACK_NANOS = MILLISECONDS.toNanos(150); // for what else runs
  private static final long TIMES_OR_TIMEOUT = 10;

  /** When each job began, and when its owner was told. */
  private static final class Times {

    private final AtomicLongArray begun = new AtomicLongArray(JOBS); // 0 for one that has not
    private final long[] told = new long[JOBS];
    private final CountDownLatch untold = new CountDownLatch(JOBS);

    /** The run of a job, which ends when it is interrupted. */
    Object run(int job) throws InterruptedException {
      begun.set(job, System.nanoTime());
      return new CountDownLatch(1).await(50, SECONDS);
    }

    void tell(int job) {
      told[job] = System.nanoTime();
      untold.countDown();
    }

    /** How late the last was told, in nanoseconds. */
    long latest() throws InterruptedException {
      assertTrue(untold.await(20, SECONDS), () -> untold.getCount() + " are not told");
      return IntStream.range(0, JOBS)
          .filter(job -> begun.get(job) != 0)
          .mapToLong(job -> told[job] - begun.get(job) - LIMIT.toNanos())
          .max()
          .orElseThrow();
    }
  }

  private static long latestOfPool(ThreadKind threads) throws Exception {
    Times times = new Times();
    try (var pool = WorkerPool.tasks().workers(JOBS).threads(threads).jobTimeout(LIMIT).open()) {
      for (int i = 0; i < JOBS; i++) {
        int job = i;
        var _ = pool.submit(() -> times.run(job)).whenComplete((_, _) -> times.tell(job));
      }
      return times.latest();
    }
  }

  private static long latestOfOrTimeout() throws Exception {
    Times times = new Times();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < JOBS; i++) {
        int job = i;
        var _ =
            threads.submit(() -> {
              Thread thread = Thread.currentThread();
              var _ =
                  new CompletableFuture<>()
                      .orTimeout(LIMIT.toMillis(), MILLISECONDS)
                      .whenComplete((_, _) -> {
                        times.tell(job);
                        thread.interrupt();
                      });
              return times.run(job);
            });
      }
      return times.latest();
    }
  }

  @ParameterizedTest
  @EnumSource
  void aCrowdIsToldAboutAsSoonAsByOrTimeout(ThreadKind threads) throws Exception {
    long[] pool = new long[ROUNDS];
    long[] orTimeout = new long[ROUNDS];
    for (int round = 0; round < ROUNDS; round++) {
      pool[round] = latestOfPool(threads);
      orTimeout[round] = latestOfOrTimeout();
    }
    Arrays.sort(pool);
    Arrays.sort(orTimeout);
    System.out.printf(
        "%,d time-outs at once, %s: the last told %.1f ms late, by orTimeout %.1f ms (medians of %d)%n",
        JOBS, threads, pool[ROUNDS / 2] / 1e6, orTimeout[ROUNDS / 2] / 1e6, ROUNDS);
    assertTrue(
        pool[0] <= TIMES_OR_TIMEOUT * orTimeout[0] + SLACK_NANOS,
        () -> Arrays.toString(pool) + " beside " + Arrays.toString(orTimeout));
  }
}
