package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import pool.api.WorkerFactory;

/** How long a worker serves, and what its tally says meanwhile. */
class RecyclePolicyTest {

  private final WorkerCounters counters = new WorkerCounters();
  private final ClaimSize claimSize = new ClaimSize(counters);

  private RecyclePolicy recyclePolicy(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    return new RecyclePolicy(set.apply(WorkerPool.of(factory)).settings(), counters, claimSize);
  }

  @Test
  void withoutLimitsItNeverEndsAndIsNotPinged() {
    RecyclePolicy recyclePolicy = recyclePolicy(builder -> builder);
    recyclePolicy.begins();
    counters.runReturned();
    assertFalse(recyclePolicy.isOver());
    assertFalse(recyclePolicy.isPingDue());
    assertEquals(Long.MAX_VALUE, recyclePolicy.longestPark());
  }

  @Test
  void itEndsAfterSoManyJobsCountedFromItsBeginning() {
    counters.runReturned();
    RecyclePolicy recyclePolicy = recyclePolicy(builder -> builder.maxJobsPerWorker(2));
    recyclePolicy.begins();
    assertFalse(recyclePolicy.isOver());
    counters.runReturned();
    assertFalse(recyclePolicy.isOver());
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
    assertEquals(interval.toNanos(), recyclePolicy.longestPark());
    assertTrue(recyclePolicy.isPingDue());
    counters.runReturned();
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

  // ClaimSize

  @Test
  void jobsThatAreShortAreLookedAtMoreAndMoreSeldom() {
    assertFalse(claimSize.isSampleDue());
    counters.runReturned();
    assertTrue(claimSize.isSampleDue());
    for (int i = 0; i < 1_000_000; i++) {
      counters.runReturned(); // so many in no time
    }
    assertEquals(2, claimSize.sampleClock());
    counters.runReturned();
    assertFalse(claimSize.isSampleDue());
    counters.runReturned();
    assertTrue(claimSize.isSampleDue());
    int most = 2;
    while (most < ClaimedJobs.MOST) {
      for (int i = 0; i < 1_000_000; i++) {
        counters.runReturned();
      }
      most = claimSize.sampleClock();
    }
    for (int i = 0; i < 1_000_000; i++) {
      counters.runReturned();
    }
    assertEquals(ClaimedJobs.MOST, claimSize.sampleClock(), "no more than a hand takes");
    assertEquals(1, claimSize.sampleClock(), "none has returned");
  }

  @Test
  void aLookIsToldToTheTally() {
    long before = System.nanoTime();
    int _ = claimSize.sampleClock();
    assertTrue(claimSize.since() - before >= 0);
    assertEquals(claimSize.since(), counters.since());
  }

  @Test
  void aRoundIsDueOnceInAMillisecond() {
    ClaimSize fresh = new ClaimSize(counters);
    assertFalse(fresh.isRoundDue());
    assertFalse(fresh.beginsRound());
    long began = System.nanoTime();
    do {
      int _ = fresh.sampleClock();
    } while (System.nanoTime() - began < 3_000_000);
    int _ = fresh.sampleClock(); // the thread may have slept since the last
    assertTrue(fresh.isRoundDue());
    assertTrue(fresh.beginsRound());
    assertFalse(fresh.isRoundDue());
  }

  @Test
  void anotherIsStuckWhenItHasNotLookedForAMillisecond() {
    WorkerCounters other = new WorkerCounters();
    other.sampledClock(claimSize.since() - 999_999);
    assertFalse(claimSize.isStuck(other));
    other.sampledClock(claimSize.since() - 1_000_000);
    assertTrue(claimSize.isStuck(other));
  }

  // WorkerCounters

  @Test
  void eachRunIsCountedOnce() {
    counters.jobStarted();
    assertTrue(counters.snapshot().isBusy());
    assertTrue(counters.isOnStack(1));
    assertFalse(counters.isOnStack(2));
    counters.runReturned();
    assertFalse(counters.isOnStack(1));
    counters.jobEnded(false);
    assertEquals(new WorkerCounters.Snapshot(1, 0, 0, false), counters.snapshot());
    counters.jobStarted();
    counters.jobEnded(true);
    counters.jobStarted();
    counters.dropped();
    assertEquals(new WorkerCounters.Snapshot(1, 1, 1, false), counters.snapshot());
    assertEquals(3, counters.started());
    assertEquals(3, counters.jobsStarted());
    assertEquals(3, counters.runs());
  }

  @Test
  void aRetriedJobIsNoMoreStartedAndAPlaceIsNoJob() {
    counters.jobStarted();
    counters.jobRetried();
    assertEquals(0, counters.jobsStarted());
    assertEquals(1, counters.started());
    assertEquals(new WorkerCounters.Snapshot(0, 0, 0, false), counters.snapshot());
    counters.placeStarted();
    counters.placeRetried();
    assertEquals(0, counters.jobsStarted());
    assertEquals(2, counters.runs());
    counters.placeStarted();
    counters.placeSucceeded(true);
    assertEquals(4, counters.started());
    assertEquals(new WorkerCounters.Snapshot(1, 0, 0, true), counters.snapshot());
    counters.placeSucceeded(false);
    assertEquals(new WorkerCounters.Snapshot(2, 0, 0, false), counters.snapshot());
    assertEquals(0, counters.jobsStarted());
  }
}
