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
class SleepersTest {

  private final ReentrantLock lock = new ReentrantLock();
  private final AtomicInteger woken = new AtomicInteger();
  private final Sleepers sleepers = new Sleepers(lock, woken::incrementAndGet);
  private final Sleeper first = sleeper();
  private final Sleeper second = sleeper();

  private Sleeper sleeper() {
    return sleeper(Duration.ofHours(9));
  }

  private Sleeper sleeper(Duration pingInterval) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    Tally tally = new Tally();
    return new Sleeper(
        new Span(
            WorkerPool.of(factory).pingInterval(pingInterval).settings(), tally, new Pace(tally)),
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
  private static void assertAwake(Sleeper sleeper) {
    assertTrue(sleeper.sleep());
    assertFalse(sleeper.takeNapIsOver());
  }

  @Test
  void oneSearchesAtATime() {
    assertTrue(first.searches(sleepers));
    assertTrue(first.searches(sleepers), "still");
    assertFalse(second.searches(sleepers));
    assertFalse(sleepers.areThere());
    assertTrue(first.endsSearch());
    sleepers.endSearch();
    assertFalse(first.endsSearch());
    assertTrue(second.searches(sleepers));
  }

  @Test
  void aSignalWakesTheLastThatFellAsleepAndItSearches() {
    sleepers.add(first, false);
    sleepers.add(second, false);
    assertTrue(sleepers.areThere());
    assertTrue(sleepers.areAll(2));
    assertFalse(sleepers.areAll(3));
    sleepers.signal();
    assertEquals(1, woken.get());
    assertAwake(second);
    assertTrue(second.endsSearch());
    assertFalse(sleepers.areAll(2));
    assertTrue(sleepers.areThere());
    assertEquals(1, lock.getHoldCount());
  }

  @Test
  void aSignalWakesNobodyWhileOneSearches() {
    assertTrue(first.searches(sleepers));
    sleepers.add(second, false);
    sleepers.signal();
    assertEquals(0, woken.get());
    sleepers.endSearch();
    sleepers.signal();
    assertEquals(1, woken.get());
    assertAwake(second);
  }

  @Test
  void aSearcherThatFallsAsleepLeavesTheSearchToOthers() {
    assertTrue(first.searches(sleepers));
    sleepers.add(first, first.endsSearch());
    assertTrue(sleepers.areThere());
    assertTrue(second.searches(sleepers));
  }

  @Test
  void aSignalToNobodyChangesNothing() {
    sleepers.signal();
    assertEquals(0, woken.get());
    assertTrue(first.searches(sleepers));
  }

  @Test
  void asManyAreWokenAsThereIsWorkFor() {
    Sleeper third = sleeper();
    sleepers.add(first, false);
    sleepers.add(second, false);
    sleepers.add(third, false);
    sleepers.wake(2);
    assertEquals(2, woken.get());
    assertAwake(third);
    assertAwake(second);
    assertFalse(second.endsSearch());
    sleepers.wake(2);
    assertEquals(3, woken.get());
    assertAwake(first);
    assertFalse(sleepers.areThere());
  }

  @Test
  void oneThatWasWokenForItsOwnWorkIsPassedOver() {
    sleepers.add(first, false);
    sleepers.add(second, false);
    sleepers.wake(second);
    sleepers.wake(second);
    assertEquals(1, woken.get());
    assertAwake(second);
    sleepers.signal();
    assertAwake(first);
    assertTrue(first.endsSearch());
    assertEquals(2, woken.get());
  }

  @Test
  void whenAllThatAreListedWereWokenNobodySearches() {
    sleepers.add(first, false);
    sleepers.wake(first);
    sleepers.add(second, false);
    sleepers.wake(second);
    sleepers.signal();
    assertTrue(first.searches(sleepers));
  }

  @Test
  void oneThatSleepsAgainIsListedOnce() {
    sleepers.add(first, false);
    sleepers.wake(first);
    sleepers.add(first, false);
    sleepers.wake(5);
    assertEquals(2, woken.get());
    sleepers.add(first, false);
    sleepers.wake(5);
    assertEquals(3, woken.get());
    assertFalse(sleepers.areThere());
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
          sleepers.add(first, false);
          return first.sleep();
        });
    assertTrue(sleepers.areThere());
    assertFalse(sleeps.isDone());
    sleepers.wake(1);
    assertTrue(result(sleeps));
    assertFalse(first.takeNapIsOver());
  }

  @Test
  void oneThatNapsWakesUpByItselfAndThatIsToldOnce() throws Exception {
    Sleeper naps = sleeper(Duration.ofMillis(1));
    sleepers.add(naps, false);
    assertFalse(result(start(naps::sleep)));
    assertTrue(naps.takeNapIsOver());
    assertFalse(naps.takeNapIsOver());
    sleepers.wake(naps);
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
