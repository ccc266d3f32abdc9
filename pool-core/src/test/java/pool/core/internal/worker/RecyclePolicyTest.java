package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import pool.core.TestSettings;
import pool.core.WorkerPool;

/** How long a worker serves. */
class RecyclePolicyTest {

  private final WorkerCounters counters = new WorkerCounters();
  private final ClaimSize claimSize = new ClaimSize(counters);

  private RecyclePolicy recyclePolicy(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    return new RecyclePolicy(TestSettings.with(set), counters, claimSize);
  }

  private void run() {
    counters.runBegins();
    counters.runReturned();
  }

  @Test
  void withoutLimitsItNeverEndsAndIsNotPinged() {
    RecyclePolicy recyclePolicy = recyclePolicy(builder -> builder);
    recyclePolicy.begins();
    run();
    assertFalse(recyclePolicy.isOver());
    assertFalse(recyclePolicy.isPingDue());
    assertEquals(Long.MAX_VALUE, recyclePolicy.longestPark());
  }

  @Test
  void itEndsAfterSoManyJobsCountedFromItsBeginning() {
    run();
    RecyclePolicy recyclePolicy = recyclePolicy(builder -> builder.maxJobsPerWorker(2));
    recyclePolicy.begins();
    assertFalse(recyclePolicy.isOver());
    run();
    assertFalse(recyclePolicy.isOver());
    counters.runBegins();
    assertFalse(recyclePolicy.isOver(), "the last runs");
    counters.runReturned();
    assertTrue(recyclePolicy.isOver());
    assertEquals(Long.MAX_VALUE, recyclePolicy.longestPark());
    recyclePolicy.begins(); // the next worker's
    assertFalse(recyclePolicy.isOver());
  }

  @Test
  void itEndsAtAnAgeOfUpToOne40thLess() {
    Duration limit = Duration.ofHours(1);
    RecyclePolicy recyclePolicy = recyclePolicy(builder -> builder.maxWorkerAge(limit));
    recyclePolicy.begins();
    int _ = claimSize.sampleClock();
    assertFalse(recyclePolicy.isOver());
    long longest = recyclePolicy.longestPark();
    assertTrue(longest <= limit.toNanos(), () -> longest + " ns");
    assertTrue(longest > limit.toNanos() * 0.974, () -> longest + " ns");
    RecyclePolicy shortOne = recyclePolicy(builder -> builder.maxWorkerAge(Duration.ofNanos(1)));
    shortOne.begins();
    int _ = claimSize.sampleClock();
    assertTrue(shortOne.isOver());
    assertEquals(1, shortOne.longestPark());
  }

  @Test
  void itIsPingedAfterItsIntervalUnlessItIsOver() {
    Duration interval = Duration.ofMinutes(1);
    RecyclePolicy recyclePolicy =
        recyclePolicy(builder -> builder.pingInterval(interval).maxJobsPerWorker(1));
    recyclePolicy.begins();
    recyclePolicy.restBegins();
    long longest = recyclePolicy.longestPark();
    assertTrue(longest <= interval.toNanos(), () -> longest + " ns");
    assertTrue(longest > interval.toNanos() / 2, () -> longest + " ns");
    assertTrue(recyclePolicy.isPingDue());
    run();
    assertFalse(recyclePolicy.isPingDue());
  }

  @Test
  void whatIsShorterIsWaitedFor() {
    RecyclePolicy recyclePolicy =
        recyclePolicy(builder ->
            builder.pingInterval(Duration.ofMinutes(1)).maxWorkerAge(Duration.ofSeconds(1)));
    recyclePolicy.begins();
    assertTrue(recyclePolicy.longestPark() <= Duration.ofSeconds(1).toNanos());
  }
}
