package pool.core.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import pool.core.Distribution;
import pool.core.TestSettings;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.BroadcastFuture;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.Settings;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/** What waits for a time, without a pool: of two slots. The test holds the lock. */
class DelayedJobsTest {

  private static final int SLOT = 1;
  private static final int ANY = JobQueue.ANY;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  private final PoolLock lock = new PoolLock();
  private final IdleWorkers idleWorkers = new IdleWorkers(lock, 2);
  private final List<SlotQueue<String, String>> slots =
      Stream.generate(SlotQueue<String, String>::new).limit(2).toList();
  private final NoPool owner = new NoPool();
  private final AtomicInteger rings = new AtomicInteger();
  private final List<JobFuture<String, String>> taken = new ArrayList<>();
  private JobQueue<String, String> queue;
  private DelayedJobs<String, String> delayed;

  @BeforeEach
  void hold() {
    lock.lock();
    open(Distribution.SHARED);
  }

  @AfterEach
  void free() {
    lock.unlock();
  }

  private void open(Distribution distribution) {
    Settings settings = TestSettings.with(builder -> builder.workers(2).distribution(distribution));
    PoolEvents events = new PoolEvents("echo", null);
    Lifecycle life = new Lifecycle(events, settings);
    life.beginOpening();
    life.workerOpened();
    life.workerOpened();
    Base base =
        NoPool.base(
            settings,
            lock,
            life,
            events,
            () -> {
              rings.incrementAndGet();
              return false; // so that each ring is one
            });
    queue = new JobQueue<>(base, owner, idleWorkers, slots, () -> 0L);
    delayed = new DelayedJobs<>(base, slots, queue, idleWorkers);
  }

  private static long in(long nanos) {
    return System.nanoTime() + nanos;
  }

  private static <F extends JobFuture<String, String>> F started(F future) {
    assertTrue(future.start(SLOT));
    return future;
  }

  private JobFuture<String, String> plain() {
    return started(new JobFuture<>(owner, "plain"));
  }

  private KeyedFuture<String, String> keyed() {
    return started(new KeyedFuture<>(owner, "keyed", 7, 0, null));
  }

  private boolean add(JobFuture<String, String> future, long nanos) {
    return delayed.add(future, SLOT, in(nanos), _ -> false, () -> future.delay(SLOT));
  }

  private void assertLeft(long atLeast, long left) {
    assertTrue(left <= atLeast + MINUTE && left > atLeast, () -> left + " ns");
  }

  @Test
  void thePauseThatEndsLastCounts() {
    assertFalse(delayed.isPaused());
    assertTrue(delayed.pauseUntil(in(10 * MINUTE)));
    assertTrue(delayed.isPaused());
    assertEquals(1, rings.get());
    assertFalse(delayed.pauseUntil(in(5 * MINUTE)));
    assertEquals(1, rings.get());
    assertLeft(9 * MINUTE, delayed.untilNext());
    assertFalse(delayed.pauseUntil(in(20 * MINUTE)));
    assertLeft(19 * MINUTE, delayed.untilNext());
    assertLeft(19 * MINUTE, delayed.release());
    assertTrue(delayed.isPaused());
  }

  @Test
  void aPauseEndsWhenItsTimeHasPassed() {
    assertTrue(delayed.pauseUntil(in(-1)));
    assertEquals(0, delayed.untilNext());
    assertEquals(TimedWait.NEVER, delayed.release());
    assertFalse(delayed.isPaused());
  }

  @Test
  void aJobForAnyWorkerStandsHereUntilItsTimeHasCome() {
    JobFuture<String, String> later = plain();
    JobFuture<String, String> sooner = plain();
    assertTrue(add(later, 10 * MINUTE));
    assertEquals(1, rings.get());
    assertTrue(add(sooner, 5 * MINUTE));
    assertEquals(2, rings.get());
    assertTrue(add(plain(), 20 * MINUTE)); // the timer has to do with the others first
    assertEquals(2, rings.get());
    assertTrue(later.isDelayed());
    assertTrue(delayed.holds(later, ANY));
    assertFalse(delayed.holds(later, SLOT));
    assertFalse(delayed.holds(plain(), ANY));
    assertEquals(3, delayed.size());
    assertLeft(4 * MINUTE, delayed.untilNext());
    assertLeft(4 * MINUTE, delayed.release());
    assertFalse(queue.hasJobs());
  }

  @Test
  void whatIsDueComesInFrontOfTheQueueInTheOrderOfItsTimes() {
    JobFuture<String, String> second = plain();
    JobFuture<String, String> first = plain();
    assertTrue(add(second, -1));
    assertTrue(add(first, -MINUTE));
    assertEquals(TimedWait.NEVER, delayed.release());
    assertTrue(queue.hasJobs());
    assertEquals(0, delayed.size());
    assertTrue(first.isWaiting() && second.isWaiting());
    assertTrue(queue.takeOut(taken::add, 9));
    assertEquals(List.of(first, second), taken);
  }

  @Test
  void oneThatHasSettledIsLetGo() {
    JobFuture<String, String> early = plain();
    JobFuture<String, String> late = plain();
    assertTrue(add(early, -1));
    assertTrue(add(late, MINUTE));
    assertTrue(early.endWaiting(JobState.CANCELLED));
    assertTrue(late.endWaiting(JobState.CANCELLED));
    assertEquals(0, delayed.size());
    assertEquals(0, delayed.untilNext());
    assertTrue(delayed.release() > 0);
    assertFalse(queue.hasJobs());
    assertTrue(delayed.holds(late, ANY));
    JobFuture<String, String> waits = plain();
    assertTrue(add(waits, MINUTE));
    delayed.removeSettled();
    assertFalse(delayed.holds(late, ANY));
    assertTrue(delayed.holds(waits, ANY));
  }

  @Test
  void oneThatHadSettledIsNotKept() {
    for (JobFuture<String, String> settled : List.of(plain(), keyed())) {
      assertTrue(settled.cancelRun(SLOT));
      assertFalse(add(settled, MINUTE));
      assertFalse(delayed.holds(settled, ANY));
      assertFalse(delayed.holds(settled, SLOT));
      assertFalse(slots.get(SLOT).holds(settled));
    }
    assertEquals(0, rings.get());
    assertEquals(TimedWait.NEVER, delayed.release());
  }

  @Test
  void whatStandsHereAloneIsTakenOut() {
    assertEquals(0, delayed.takeOut(taken::add, 9));
    List<JobFuture<String, String>> all = List.of(plain(), plain(), plain());
    all.forEach(future -> assertTrue(add(future, MINUTE)));
    assertTrue(add(keyed(), MINUTE)); // stands in its slot
    assertEquals(0, delayed.takeOutFor(SLOT, taken::add, 9));
    assertEquals(2, delayed.takeOut(taken::add, 2));
    assertEquals(1, delayed.takeOut(taken::add, 9));
    assertEquals(0, delayed.takeOut(taken::add, 9));
    assertTrue(taken.containsAll(all));
    assertEquals(1, delayed.size());
  }

  @Test
  void jobsThatAreDealtEvenlyStayWithTheirSlots() {
    open(Distribution.EVEN);
    JobFuture<String, String> future = plain();
    assertTrue(add(future, MINUTE));
    assertTrue(delayed.holds(future, SLOT));
    assertFalse(delayed.holds(future, ANY));
    assertEquals(0, delayed.takeOutFor(0, taken::add, 9));
    assertEquals(1, delayed.takeOutFor(SLOT, taken::add, 9));
  }

  @Test
  void aJobWithAKeyWaitsInItsSlotAndHoldsUpThoseOfItsKey() {
    KeyedFuture<String, String> first = keyed();
    KeyedFuture<String, String> next = new KeyedFuture<>(owner, "next", 7, 0, null);
    SlotQueue<String, String> slot = slots.get(SLOT);
    ClaimedJobs<String, String> claimed = new ClaimedJobs<>(SLOT, 1);
    slot.add(next);
    assertTrue(add(first, -1));
    assertTrue(slot.holds(first));
    assertEquals(null, slot.startNext(claimed));
    assertEquals(TimedWait.NEVER, delayed.release());
    assertEquals(first, slot.startNext(claimed));
  }

  /** What comes behind it has only it to wait for. */
  @Test
  void oneThatSettlesFreesItsKeyOrItsPlace() {
    KeyedFuture<String, String> first = keyed();
    KeyedFuture<String, String> next = new KeyedFuture<>(owner, "next", 7, 0, null);
    int home = JobQueue.slotOf(7, slots.size());
    SlotQueue<String, String> slot = slots.get(home);
    slot.add(next);
    assertTrue(delayed.add(first, home, in(MINUTE), _ -> false, () -> first.delay(SLOT)));
    assertEquals(null, slot.startNext(new ClaimedJobs<>(home, 1)));
    assertTrue(first.endWaiting(JobState.CANCELLED));
    delayed.settledWaiting(first);
    assertEquals(next, slot.startNext(new ClaimedJobs<>(home, 1)));
  }

  @Test
  void oneOfABroadcastKeepsItsPlace() {
    BroadcastFuture<String, String> first = new BroadcastFuture<>(owner, "first", 0, null);
    BroadcastFuture<String, String> next = new BroadcastFuture<>(owner, "next", 0, null);
    SlotQueue<String, String> slot = slots.get(SLOT);
    assertTrue(first.start(SLOT));
    slot.addNext(next);
    assertTrue(add(first, MINUTE));
    assertFalse(slot.hasSolo());
    assertTrue(first.endWaiting(JobState.CANCELLED));
    delayed.settledWaiting(first);
    assertTrue(slot.hasSolo());
  }

  @Test
  void theTimerIsCalledAgainAsLongAsThereIsSomethingToTime() {
    delayed.ringAgain();
    assertEquals(0, rings.get());
    assertTrue(add(plain(), MINUTE));
    delayed.ringAgain();
    assertEquals(2, rings.get());
    assertEquals(1, delayed.takeOut(taken::add, 9));
    delayed.ringAgain();
    assertEquals(2, rings.get());
    assertTrue(delayed.pauseUntil(in(MINUTE)));
    delayed.ringAgain();
    assertEquals(4, rings.get());
  }
}
