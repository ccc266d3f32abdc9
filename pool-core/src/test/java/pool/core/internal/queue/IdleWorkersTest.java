package pool.core.internal.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/** Who sleeps, who searches, and who is woken, step by step. */
@Timeout(60)
class IdleWorkersTest {

  private final PoolLock lock = new PoolLock();
  private final IdleWorkers idleWorkers = new IdleWorkers(lock, 64);
  private final Parker first = new Parker(lock);
  private final Parker second = new Parker(lock);
  private final Parker third = new Parker(lock);

  @BeforeEach
  void underTheLock() {
    lock.lock();
  }

  @AfterEach
  void unlock() {
    lock.unlock();
    assertFalse(lock.isHeldByCurrentThread());
  }

  /** A worker that sleeps returns at once when it has been woken before. */
  private static void assertAwake(Parker parker) {
    assertTrue(parker.sleep(TimedWait.NEVER));
    assertFalse(parker.takeParkedTooLong());
  }

  private static void assertAsleep(Parker parker) {
    assertFalse(parker.sleep(0));
    assertTrue(parker.takeParkedTooLong());
  }

  private void assertSleeping(int workers) {
    assertEquals(workers > 0, idleWorkers.anySleeps());
    assertTrue(idleWorkers.allSleep(workers));
    assertFalse(idleWorkers.allSleep(workers + 1));
  }

  @Test
  void oneSearchesAtATime() {
    assertTrue(first.becomesSearcher(idleWorkers));
    assertTrue(first.becomesSearcher(idleWorkers), "still");
    assertFalse(second.becomesSearcher(idleWorkers));
    assertFalse(idleWorkers.beginSearch());
    assertSleeping(0);
    assertTrue(first.endsSearch());
    idleWorkers.endSearch();
    assertFalse(first.endsSearch());
    assertTrue(second.becomesSearcher(idleWorkers));
  }

  @Test
  void aSignalWakesTheLastThatFellAsleepAndItSearches() {
    idleWorkers.add(first, false);
    assertSleeping(1);
    idleWorkers.add(second, false);
    assertSleeping(2);
    idleWorkers.signal();
    assertAwake(second);
    assertAsleep(first);
    assertFalse(third.becomesSearcher(idleWorkers), "the one that was woken does");
    assertTrue(second.endsSearch());
    assertSleeping(1);
    assertEquals(1, lock.getHoldCount());
  }

  @Test
  void aSignalWakesNobodyWhileOneSearches() {
    assertTrue(first.becomesSearcher(idleWorkers));
    idleWorkers.add(second, false);
    idleWorkers.signal();
    assertAsleep(second);
    idleWorkers.endSearch();
    idleWorkers.signal();
    assertAwake(second);
    assertSleeping(0);
  }

  @Test
  void aSearcherThatFallsAsleepLeavesTheSearchToOthers() {
    assertTrue(first.becomesSearcher(idleWorkers));
    idleWorkers.add(first, first.endsSearch());
    assertSleeping(1);
    assertTrue(second.becomesSearcher(idleWorkers));
  }

  @Test
  void aSignalToNobodyChangesNothing() {
    idleWorkers.signal();
    assertSleeping(0);
    assertTrue(first.becomesSearcher(idleWorkers));
  }

  @Test
  void asManyAreWokenAsThereIsWorkFor() {
    idleWorkers.add(first, false);
    idleWorkers.add(second, false);
    idleWorkers.add(third, false);
    idleWorkers.wake(2);
    assertSleeping(1);
    assertAwake(third);
    assertAwake(second);
    assertAsleep(first);
    assertFalse(second.endsSearch());
    idleWorkers.wake(2);
    assertAwake(first);
    assertSleeping(0);
  }

  @Test
  void oneThatWasWokenForItsOwnWorkIsPassedOver() {
    idleWorkers.add(first, false);
    idleWorkers.add(second, false);
    idleWorkers.wake(second);
    idleWorkers.wake(second);
    assertSleeping(1);
    assertAwake(second);
    assertFalse(second.endsSearch());
    assertAsleep(first);
    idleWorkers.signal();
    assertAwake(first);
    assertTrue(first.endsSearch());
    assertSleeping(0);
  }

  @Test
  void whenAllThatAreListedWereWokenNobodySearches() {
    idleWorkers.add(first, false);
    idleWorkers.wake(first);
    idleWorkers.add(second, false);
    idleWorkers.wake(second);
    idleWorkers.signal();
    assertSleeping(0);
    assertTrue(first.becomesSearcher(idleWorkers));
  }

  /**
   * The lock was held by whoever woke them, and the signaller has said before that one searches.
   */
  @Test
  void aSignalThatFindsAllWokenMeanwhileLeavesNoSearcher() throws Exception {
    idleWorkers.add(first, false);
    FutureTask<Boolean> signal = new FutureTask<>(idleWorkers::signal, true);
    Thread signaller = Thread.ofPlatform().daemon(true).start(signal);
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    while (!lock.hasQueuedThread(signaller)) {
      assertTrue(System.nanoTime() < deadline);
      Thread.onSpinWait();
    }
    assertFalse(second.becomesSearcher(idleWorkers));
    idleWorkers.wake(1);
    assertTrue(result(signal));
    assertAwake(first);
    assertFalse(first.endsSearch());
    assertTrue(second.becomesSearcher(idleWorkers));
  }

  @Test
  void oneThatSleepsAgainIsListedOnce() {
    idleWorkers.add(first, false);
    idleWorkers.wake(first);
    idleWorkers.add(first, false);
    assertSleeping(1);
    idleWorkers.wake(5);
    assertAwake(first);
    assertSleeping(0);
    idleWorkers.add(first, false);
    assertSleeping(1);
    assertAsleep(first);
    idleWorkers.wake(5);
    assertAwake(first);
    assertSleeping(0);
  }

  @Test
  void aPauseIsOverWhenItsTimeIs() {
    first.pause(TimedWait.NEVER / 2); // none was begun
    first.beginPause();
    long began = System.nanoTime();
    first.pause(1_000_000);
    assertTrue(System.nanoTime() - began >= 1_000_000);
    first.pause(TimedWait.NEVER / 2);
  }

  @Test
  void aPauseThatIsEndedBeforeItIsWaitedForIsOver() {
    first.beginPause();
    first.endPause();
    first.pause(TimedWait.NEVER / 2);
  }

  @Test
  void anInterruptEndsNoPauseAndIsUsedUp() {
    first.beginPause();
    Thread.currentThread().interrupt();
    long began = System.nanoTime();
    first.pause(1_000_000);
    assertTrue(System.nanoTime() - began >= 1_000_000);
    assertFalse(Thread.interrupted());
  }

  @Test
  void onlyABriefSleepIsTakenForOne() {
    assertTrue(first.sleptBriefly(), "it has not slept yet");
    idleWorkers.add(first, false);
    assertFalse(first.sleep(1_000_000));
    assertFalse(first.sleptBriefly());
    idleWorkers.wake(first);
    assertTrue(first.sleep(TimedWait.NEVER));
    assertTrue(first.sleptBriefly());
  }

  // On a thread of its own

  private final CountDownLatch entered = new CountDownLatch(1);
  private volatile Parker parker;
  private volatile Thread sleeper;

  /** The test has the lock again when the other thread has had it, and waits or is about to. */
  private FutureTask<Boolean> start(Consumer<Parker> underTheLock, Predicate<Parker> after)
      throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          Parker own = new Parker(lock);
          try (var _ = lock.hold()) {
            underTheLock.accept(own);
            parker = own;
            entered.countDown();
          }
          return after.test(own);
        });
    Thread _ = Thread.ofPlatform().daemon(true).start(task);
    lock.unlock();
    try {
      assertTrue(entered.await(20, SECONDS));
    } finally {
      lock.lock();
    }
    return task;
  }

  private boolean result(FutureTask<Boolean> task) throws Exception {
    lock.unlock();
    try {
      return task.get(20, SECONDS);
    } finally {
      lock.lock();
    }
  }

  /** Has whoever was woken unparked, which is done when the lock is free. */
  private void free() {
    lock.unlock();
    try (var _ = lock.hold()) {
      // and frees it
    } finally {
      lock.lock();
    }
  }

  @Test
  void oneThatSleepsUntilItIsWokenWakesUp() throws Exception {
    var sleeps =
        start(
            own -> idleWorkers.add(own, false),
            own -> own.sleep(TimedWait.NEVER) && !own.takeParkedTooLong());
    assertSleeping(1);
    assertFalse(sleeps.isDone());
    idleWorkers.wake(1);
    free();
    assertTrue(result(sleeps));
  }

  @Test
  void whoWaitsUnderTheLockUnparksFirstWhomItHasWoken() throws Exception {
    PoolCondition hasWokenUp = lock.condition();
    var sleeps =
        start(
            own -> idleWorkers.add(own, false),
            own -> {
              boolean woken = own.sleep(TimedWait.NEVER);
              try (var _ = lock.hold()) {
                hasWokenUp.signal();
              }
              return woken;
            });
    idleWorkers.wake(1);
    long deadline = TimedWait.deadline(Duration.ofSeconds(20));
    hasWokenUp.await(deadline); // and the lock is free, though its holder has not freed it
    assertTrue(TimedWait.left(deadline) > 0);
    assertTrue(result(sleeps));
  }

  @Test
  void oneThatMaySleepOnlyForATimeWakesUpByItselfAndThatIsToldOnce() {
    idleWorkers.add(first, false);
    long began = System.nanoTime();
    assertFalse(first.sleep(1_000_000));
    assertTrue(System.nanoTime() - began >= 1_000_000);
    assertTrue(first.takeParkedTooLong());
    assertFalse(first.takeParkedTooLong());
    assertSleeping(1);
    idleWorkers.wake(first);
    assertSleeping(0);
  }

  @Test
  void anInterruptWakesNobody() throws Exception {
    var sleeps =
        start(
            own -> idleWorkers.add(own, false),
            own -> {
              Thread.currentThread().interrupt();
              sleeper = Thread.currentThread();
              return own.sleep(TimedWait.NEVER);
            });
    while (sleeper == null || sleeper.isInterrupted()) { // until it has met the interrupt
      Thread.onSpinWait();
    }
    assertFalse(sleeps.isDone());
    assertSleeping(1);
    idleWorkers.wake(parker);
    free();
    assertTrue(result(sleeps));
  }

  @Test
  void aPauseThatIsEndedIsOver() throws Exception {
    var pauses =
        start(
            Parker::beginPause,
            own -> {
              own.pause(SECONDS.toNanos(60));
              return true;
            });
    assertFalse(pauses.isDone());
    parker.endPause();
    free();
    assertTrue(result(pauses));
  }
}
