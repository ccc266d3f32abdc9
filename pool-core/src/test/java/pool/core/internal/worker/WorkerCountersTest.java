package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

/** What a worker counts. */
class WorkerCountersTest {

  private final WorkerCounters counters = new WorkerCounters();

  private void assertEnded(long succeeded, long failed) {
    assertEquals(succeeded, counters.succeeded());
    assertEquals(failed, counters.failed());
  }

  private void assertSnapshot(long succeeded, long failed, long started) {
    assertEquals(new WorkerCounters.Snapshot(succeeded, failed, started), counters.snapshot());
  }

  private void run() {
    counters.runBegins();
    counters.runReturned();
  }

  @Test
  void aRunHasANumberOfItsOwnWhileItIsOnTheStack() {
    assertFalse(WorkerCounters.isRun(counters.sequence()));
    long before = counters.sequence();
    for (int runs = 0; runs < 3; runs++) {
      assertEquals(runs, counters.runs());
      counters.runBegins();
      long number = counters.sequence();
      assertTrue(WorkerCounters.isRun(number));
      assertTrue(number > before, "none has had it before");
      assertEquals(runs, counters.runs(), "it has not returned");
      counters.runReturned();
      assertFalse(WorkerCounters.isRun(counters.sequence()));
      assertTrue(counters.sequence() > number);
      before = number;
    }
    assertEquals(3, counters.runs());
    assertEnded(0, 0);
  }

  @Test
  void eachJobIsCountedOnce() {
    assertSnapshot(0, 0, 0);
    counters.jobStarted();
    assertSnapshot(0, 0, 1);
    run();
    assertSnapshot(0, 0, 1);
    counters.jobSucceeded();
    assertSnapshot(1, 0, 1);
    counters.jobStarted();
    run();
    counters.jobFailed();
    assertSnapshot(1, 1, 2);
    counters.jobStarted();
    run();
    assertSnapshot(1, 1, 3);
    counters.jobDropped();
    assertSnapshot(1, 1, 3);
    counters.jobStarted();
    assertSnapshot(1, 1, 4);
    assertEnded(1, 1);
    assertEquals(3, counters.runs());
    assertEquals(4, counters.takeNewlyStarted());
  }

  /** A snapshot that is taken while the worker goes on reads what has ended first. */
  @Test
  void aWorkerNeverSeemsToRunTwoJobs() {
    counters.jobStarted();
    counters.jobStarted();
    assertSnapshot(0, 0, 1);
    counters.jobDropped();
    assertSnapshot(0, 0, 2);
    counters.jobStarted();
    counters.jobStarted();
    counters.jobSucceeded();
    assertSnapshot(1, 0, 3);
    counters.jobFailed();
    assertSnapshot(1, 1, 4);
  }

  @Test
  void whatWasStartedIsToldOnce() {
    assertEquals(0, counters.takeNewlyStarted());
    counters.jobStarted();
    counters.jobStarted();
    assertEquals(2, counters.takeNewlyStarted());
    assertEquals(0, counters.takeNewlyStarted());
    counters.jobStarted();
    assertEquals(1, counters.takeNewlyStarted());
  }

  @Test
  void aJobThatWaitsAgainIsNoMoreStartedButItsRunCounts() {
    counters.jobStarted();
    assertEquals(1, counters.takeNewlyStarted());
    run();
    counters.jobWaitsAgain();
    assertSnapshot(0, 0, 0);
    assertEquals(-1, counters.takeNewlyStarted());
    counters.jobStarted();
    counters.jobWaitsAgain();
    assertEquals(0, counters.takeNewlyStarted());
    assertEquals(1, counters.runs());
    assertEnded(0, 0);
  }

  @Test
  void aRunOfABulkCallIsNoSubmittedJobUntilItFails() {
    run();
    run();
    assertSnapshot(0, 0, 0);
    assertEquals(0, counters.takeNewlyStarted());
    assertEquals(2, counters.runs());
    assertEnded(0, 0);
    counters.jobStarted();
    counters.jobFailed();
    assertSnapshot(0, 1, 1);
    assertEnded(0, 1);
  }

  @Test
  void theLastLookAtTheClockIsPublished() {
    counters.sampledClock(42);
    assertEquals(42, counters.since());
    run();
    assertEquals(42, counters.since());
  }
}
