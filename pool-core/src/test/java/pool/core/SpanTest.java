package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import pool.api.WorkerFactory;

/** How long a worker serves, and what its tally says meanwhile. */
class SpanTest {

  private final Tally tally = new Tally();
  private final Pace pace = new Pace(tally);

  private Span span(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    return new Span(set.apply(WorkerPool.of(factory)).settings(), tally, pace);
  }

  @Test
  void withoutLimitsItNeverEndsAndIsNotPinged() {
    Span span = span(builder -> builder);
    span.begins();
    tally.runReturned();
    assertFalse(span.isOver());
    assertFalse(span.isPingDue());
    assertEquals(Long.MAX_VALUE, span.nap());
  }

  @Test
  void itEndsAfterSoManyJobsCountedFromItsBeginning() {
    tally.runReturned();
    Span span = span(builder -> builder.maxJobsPerWorker(2));
    span.begins();
    assertFalse(span.isOver());
    tally.runReturned();
    assertFalse(span.isOver());
    tally.runReturned();
    assertTrue(span.isOver());
    assertEquals(Long.MAX_VALUE, span.nap());
    span.begins(); // the next worker's
    assertFalse(span.isOver());
  }

  @Test
  void itEndsAtAnAgeOfUpToOne40thLess() {
    Duration limit = Duration.ofHours(1);
    Span span = span(builder -> builder.maxWorkerAge(limit));
    span.begins();
    int _ = pace.look();
    assertFalse(span.isOver());
    long nap = span.nap();
    assertTrue(nap <= limit.toNanos(), () -> nap + " ns");
    assertTrue(nap > limit.toNanos() * 0.974, () -> nap + " ns");
    Span shortOne = span(builder -> builder.maxWorkerAge(Duration.ofNanos(1)));
    shortOne.begins();
    int _ = pace.look();
    assertTrue(shortOne.isOver());
    assertEquals(1, shortOne.nap());
  }

  @Test
  void itIsPingedAfterItsIntervalUnlessItIsOver() {
    Duration interval = Duration.ofMinutes(1);
    Span span = span(builder -> builder.pingInterval(interval).maxJobsPerWorker(1));
    span.begins();
    assertEquals(interval.toNanos(), span.nap());
    assertTrue(span.isPingDue());
    tally.runReturned();
    assertFalse(span.isPingDue());
  }

  @Test
  void whatIsShorterIsWaitedFor() {
    Span span =
        span(builder ->
            builder.pingInterval(Duration.ofMinutes(1)).maxWorkerAge(Duration.ofSeconds(1)));
    span.begins();
    assertTrue(span.nap() <= Duration.ofSeconds(1).toNanos());
  }

  // Pace

  @Test
  void jobsThatAreShortAreLookedAtMoreAndMoreSeldom() {
    assertFalse(pace.isLookDue());
    tally.runReturned();
    assertTrue(pace.isLookDue());
    for (int i = 0; i < 1_000_000; i++) {
      tally.runReturned(); // so many in no time
    }
    assertEquals(2, pace.look());
    tally.runReturned();
    assertFalse(pace.isLookDue());
    tally.runReturned();
    assertTrue(pace.isLookDue());
    int most = 2;
    while (most < Hand.MOST) {
      for (int i = 0; i < 1_000_000; i++) {
        tally.runReturned();
      }
      most = pace.look();
    }
    for (int i = 0; i < 1_000_000; i++) {
      tally.runReturned();
    }
    assertEquals(Hand.MOST, pace.look(), "no more than a hand takes");
    assertEquals(1, pace.look(), "none has returned");
  }

  @Test
  void aLookIsToldToTheTally() {
    long before = System.nanoTime();
    int _ = pace.look();
    assertTrue(pace.since() - before >= 0);
    assertEquals(pace.since(), tally.since());
  }

  @Test
  void aRoundIsDueOnceInAMillisecond() {
    Pace fresh = new Pace(tally);
    assertFalse(fresh.isRoundDue());
    assertFalse(fresh.beginsRound());
    long began = System.nanoTime();
    do {
      int _ = fresh.look();
    } while (System.nanoTime() - began < 3_000_000);
    assertTrue(fresh.isRoundDue());
    assertTrue(fresh.beginsRound());
    assertFalse(fresh.isRoundDue());
  }

  @Test
  void anotherIsStuckWhenItHasNotLookedForAMillisecond() {
    Tally other = new Tally();
    other.lookedAtClock(pace.since() - 999_999);
    assertFalse(pace.isStuck(other));
    other.lookedAtClock(pace.since() - 1_000_000);
    assertTrue(pace.isStuck(other));
  }

  // Tally

  @Test
  void eachRunIsCountedOnce() {
    tally.jobStarted();
    assertTrue(tally.snapshot().isBusy());
    assertTrue(tally.isOnStack(1));
    assertFalse(tally.isOnStack(2));
    tally.runReturned();
    assertFalse(tally.isOnStack(1));
    tally.jobEnded(false);
    assertEquals(new Tally.Snapshot(1, 0, 0, false), tally.snapshot());
    tally.jobStarted();
    tally.jobEnded(true);
    tally.jobStarted();
    tally.dropped();
    assertEquals(new Tally.Snapshot(1, 1, 1, false), tally.snapshot());
    assertEquals(3, tally.started());
    assertEquals(3, tally.jobsStarted());
    assertEquals(3, tally.runs());
  }

  @Test
  void aRetriedJobIsNoMoreStartedAndAPlaceIsNoJob() {
    tally.jobStarted();
    tally.jobRetried();
    assertEquals(0, tally.jobsStarted());
    assertEquals(1, tally.started());
    assertEquals(new Tally.Snapshot(0, 0, 0, false), tally.snapshot());
    tally.placeStarted();
    tally.placeRetried();
    assertEquals(0, tally.jobsStarted());
    assertEquals(2, tally.runs());
    tally.placeStarted();
    tally.placeSucceeded(true);
    assertEquals(4, tally.started());
    assertEquals(new Tally.Snapshot(1, 0, 0, true), tally.snapshot());
    tally.placeSucceeded(false);
    assertEquals(new Tally.Snapshot(2, 0, 0, false), tally.snapshot());
    assertEquals(0, tally.jobsStarted());
  }
}
