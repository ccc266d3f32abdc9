package pool.core.internal.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/** Who sleeps, who searches, and who is woken, step by step. */
@Timeout(60)
class IdleWorkersTest {

  private final PoolLock lock = new PoolLock();
  private final IdleWorkers idleWorkers = new IdleWorkers(lock, 64);
  private final Parker first = parker();
  private final Parker second = parker();
  private final Parker third = parker();

  private Parker parker() {
    return new Parker(lock.newCondition());
  }

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
  void aPauseIsOverWhenItsTimeIs() throws Exception {
    first.pause(0, () -> false);
    long began = System.nanoTime();
    first.pause(1_000_000, () -> false);
    assertTrue(System.nanoTime() - began >= 1_000_000);
    first.pause(TimedWait.NEVER / 2, () -> true);
  }

  // On a thread of its own, which waits once the test can have the lock again

  private final CountDownLatch entered = new CountDownLatch(1);

  private FutureTask<Boolean> start(Callable<Boolean> underTheLock) throws Exception {
    FutureTask<Boolean> task =
        new FutureTask<>(() -> {
          lock.lock();
          try {
            entered.countDown();
            return underTheLock.call();
          } finally {
            lock.unlock();
          }
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

  @Test
  void oneThatSleepsUntilItIsWokenWakesUp() throws Exception {
    var sleeps =
        start(() -> {
          idleWorkers.add(first, false);
          return first.sleep(TimedWait.NEVER);
        });
    assertSleeping(1);
    assertFalse(sleeps.isDone());
    idleWorkers.wake(1);
    assertTrue(result(sleeps));
    assertFalse(first.takeParkedTooLong());
  }

  @Test
  void oneThatMaySleepOnlyForATimeWakesUpByItselfAndThatIsToldOnce() throws Exception {
    idleWorkers.add(first, false);
    long began = System.nanoTime();
    assertFalse(result(start(() -> first.sleep(1_000_000))));
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
        start(() -> {
          idleWorkers.add(first, false);
          Thread.currentThread().interrupt();
          return first.sleep(TimedWait.NEVER) && !Thread.interrupted();
        });
    assertAsleepStill(sleeps);
    idleWorkers.wake(first);
    assertTrue(result(sleeps));
  }

  private void assertAsleepStill(FutureTask<Boolean> sleeps) {
    assertFalse(sleeps.isDone());
    assertSleeping(1);
  }

  @Test
  void aPauseThatIsEndedLooksWhetherItIsOver() throws Exception {
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger looks = new AtomicInteger();
    var pauses =
        start(() -> {
          first.pause(
              SECONDS.toNanos(60),
              () -> {
                looks.incrementAndGet();
                return over.get();
              });
          return true;
        });
    assertEquals(1, looks.get());
    over.set(true);
    assertFalse(pauses.isDone());
    first.endPause();
    assertTrue(result(pauses));
    assertEquals(2, looks.get());
  }
}
