package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;

/** Who sleeps, who searches, and who is woken, step by step. */
@Timeout(60)
class IdleWorkersTest {

  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicInteger woken = new AtomicInteger();
  private final IdleWorkers idleWorkers = new IdleWorkers(lock, woken::incrementAndGet);
  private final Parker first = parker();
  private final Parker second = parker();

  private Parker parker() {
    return parker(Duration.ofHours(9));
  }

  private Parker parker(Duration pingInterval) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    WorkerCounters counters = new WorkerCounters();
    return new Parker(
        new RecyclePolicy(
            WorkerPool.of(factory).pingInterval(pingInterval).settings(),
            counters,
            new ClaimSize(counters)),
        lock.newCondition());
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
    assertTrue(parker.sleep());
    assertFalse(parker.takeParkedTooLong());
  }

  @Test
  void oneSearchesAtATime() {
    assertTrue(first.searches(idleWorkers));
    assertTrue(first.searches(idleWorkers), "still");
    assertFalse(second.searches(idleWorkers));
    assertFalse(idleWorkers.areThere());
    assertTrue(first.endsSearch());
    idleWorkers.endSearch();
    assertFalse(first.endsSearch());
    assertTrue(second.searches(idleWorkers));
  }

  @Test
  void aSignalWakesTheLastThatFellAsleepAndItSearches() {
    idleWorkers.add(first, false);
    idleWorkers.add(second, false);
    assertTrue(idleWorkers.areThere());
    assertTrue(idleWorkers.areAll(2));
    assertFalse(idleWorkers.areAll(3));
    idleWorkers.signal();
    assertEquals(1, woken.get());
    assertAwake(second);
    assertTrue(second.endsSearch());
    assertFalse(idleWorkers.areAll(2));
    assertTrue(idleWorkers.areThere());
    assertEquals(1, lock.getHoldCount());
  }

  @Test
  void aSignalWakesNobodyWhileOneSearches() {
    assertTrue(first.searches(idleWorkers));
    idleWorkers.add(second, false);
    idleWorkers.signal();
    assertEquals(0, woken.get());
    idleWorkers.endSearch();
    idleWorkers.signal();
    assertEquals(1, woken.get());
    assertAwake(second);
  }

  @Test
  void aSearcherThatFallsAsleepLeavesTheSearchToOthers() {
    assertTrue(first.searches(idleWorkers));
    idleWorkers.add(first, first.endsSearch());
    assertTrue(idleWorkers.areThere());
    assertTrue(second.searches(idleWorkers));
  }

  @Test
  void aSignalToNobodyChangesNothing() {
    idleWorkers.signal();
    assertEquals(0, woken.get());
    assertTrue(first.searches(idleWorkers));
  }

  @Test
  void asManyAreWokenAsThereIsWorkFor() {
    Parker third = parker();
    idleWorkers.add(first, false);
    idleWorkers.add(second, false);
    idleWorkers.add(third, false);
    idleWorkers.wake(2);
    assertEquals(2, woken.get());
    assertAwake(third);
    assertAwake(second);
    assertFalse(second.endsSearch());
    idleWorkers.wake(2);
    assertEquals(3, woken.get());
    assertAwake(first);
    assertFalse(idleWorkers.areThere());
  }

  @Test
  void oneThatWasWokenForItsOwnWorkIsPassedOver() {
    idleWorkers.add(first, false);
    idleWorkers.add(second, false);
    idleWorkers.wake(second);
    idleWorkers.wake(second);
    assertEquals(1, woken.get());
    assertAwake(second);
    idleWorkers.signal();
    assertAwake(first);
    assertTrue(first.endsSearch());
    assertEquals(2, woken.get());
  }

  @Test
  void whenAllThatAreListedWereWokenNobodySearches() {
    idleWorkers.add(first, false);
    idleWorkers.wake(first);
    idleWorkers.add(second, false);
    idleWorkers.wake(second);
    idleWorkers.signal();
    assertTrue(first.searches(idleWorkers));
  }

  @Test
  void oneThatSleepsAgainIsListedOnce() {
    idleWorkers.add(first, false);
    idleWorkers.wake(first);
    idleWorkers.add(first, false);
    idleWorkers.wake(5);
    assertEquals(2, woken.get());
    idleWorkers.add(first, false);
    idleWorkers.wake(5);
    assertEquals(3, woken.get());
    assertFalse(idleWorkers.areThere());
  }

  @Test
  void aPauseIsOverWhenItsTimeIs() throws Exception {
    first.pause(0);
    assertFalse(first.pauses());
    long began = System.nanoTime();
    first.pause(1_000_000);
    assertTrue(System.nanoTime() - began >= 1_000_000);
    assertFalse(first.pauses());
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
          return first.sleep();
        });
    assertTrue(idleWorkers.areThere());
    assertFalse(sleeps.isDone());
    idleWorkers.wake(1);
    assertTrue(result(sleeps));
    assertFalse(first.takeParkedTooLong());
  }

  @Test
  void oneThatNapsWakesUpByItselfAndThatIsToldOnce() throws Exception {
    Parker naps = parker(Duration.ofMillis(1));
    idleWorkers.add(naps, false);
    assertFalse(result(start(naps::sleep)));
    assertTrue(naps.takeParkedTooLong());
    assertFalse(naps.takeParkedTooLong());
    idleWorkers.wake(naps);
    assertEquals(1, woken.get());
  }

  @Test
  void aPauseCanBeEnded() throws Exception {
    var pauses =
        start(() -> {
          first.pause(SECONDS.toNanos(60));
          return true;
        });
    assertTrue(first.pauses());
    first.endPause();
    assertTrue(result(pauses));
    assertFalse(first.pauses());
  }
}
