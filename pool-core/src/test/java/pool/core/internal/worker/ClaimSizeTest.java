package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import pool.core.internal.queue.ClaimedJobs;

/** How many jobs a worker runs until it looks at the clock again. */
class ClaimSizeTest {

  private final WorkerCounters counters = new WorkerCounters();
  private final ClaimSize claimSize = new ClaimSize(counters);

  private void run(int times) {
    for (int i = 0; i < times; i++) {
      counters.runBegins();
      counters.runReturned();
    }
  }

  @Test
  void jobsThatAreShortAreLookedAtMoreAndMoreSeldom() {
    assertFalse(claimSize.isSampleDue());
    run(1);
    assertTrue(claimSize.isSampleDue());
    run(1_000_000); // so many in no time
    assertEquals(2, claimSize.sampleClock());
    run(1);
    assertFalse(claimSize.isSampleDue());
    run(1);
    assertTrue(claimSize.isSampleDue());
    int most = 2;
    while (most < ClaimedJobs.MOST) {
      run(1_000_000);
      most = claimSize.sampleClock();
    }
    run(1_000_000);
    assertEquals(ClaimedJobs.MOST, claimSize.sampleClock(), "no more than are taken together");
    assertEquals(1, claimSize.sampleClock(), "none has returned");
  }

  @Test
  void aGlanceIsDueAtEveryEighthJobSinceTheLastLook() {
    run(3);
    int _ = claimSize.sampleClock();
    for (int job = 0; job < 32; job++) {
      assertEquals(job % 8 == 0, claimSize.isGlanceDue(), "after " + job);
      run(1);
    }
  }

  @Test
  void aLookIsLateAfterAMillisecond() {
    int _ = claimSize.sampleClock();
    boolean wasLate = claimSize.isSampleLate();
    long later = System.nanoTime();
    assertTrue(!wasLate || later - claimSize.since() >= 1_000_000);
    while (System.nanoTime() - claimSize.since() < 1_000_000) {
      Thread.onSpinWait();
    }
    assertTrue(claimSize.isSampleLate());
  }

  @Test
  void aLookIsPublished() {
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
}
