package pool.core.internal.supervise;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.PoolClosedException;
import pool.core.PoolState;
import pool.core.ReplaceReport;
import pool.core.internal.util.PoolLock;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/** A roll through three slots: what their threads do, the test does whenever the roll waits. */
@Timeout(60)
class RollingReplacementTest {

  private static final Throwable ONE = new IllegalStateException("one");

  private final WorkerSource<String, String> next = Unopened.source();
  private final Deque<Runnable> steps = new ArrayDeque<>();
  private Unopened pool = new Unopened(builder -> builder.workers(3));
  private @Nullable Throwable failed;

  @BeforeEach
  void open() {
    pool.openAll();
  }

  private void openWith(Duration openTimeout) {
    pool = new Unopened(builder -> builder.workers(3).openTimeout(openTimeout));
    pool.openAll();
  }

  /**
   * Replaces all workers. Each step is done at one wait, without the lock; when one fails, or there
   * are too few, the pool closes, so that nobody waits for ever.
   */
  private ReplaceReport roll(Runnable... each) {
    steps.addAll(List.of(each));
    postpone();
    ReplaceReport report = pool.roll.replaceAll(_ -> next);
    assertNull(failed);
    assertEquals(0, steps.size());
    return report;
  }

  /** What is postponed is done before whoever holds the lock waits. */
  private void postpone() {
    PoolLock lock = pool.base.lock();
    lock.lock();
    lock.whenFree(this::step);
    lock.unlock();
  }

  private void step() {
    Runnable step = steps.poll();
    if (step == null) {
      pool.close();
      return;
    }
    try {
      step.run();
      if (!Thread.currentThread().isInterrupted()) { // else it does not wait again
        postpone();
      }
    } catch (Throwable e) {
      failed = e;
      pool.close();
    }
  }

  private void assertSources(boolean... areNew) {
    for (int slot = 0; slot < areNew.length; slot++) {
      assertSame(areNew[slot] ? next : pool.first, pool.slots.get(slot).source(), "slot " + slot);
    }
  }

  private void beginsToOpen(int slot) {
    assertSame(next, pool.filler.opens(pool.thread(slot)));
  }

  private static void assertReport(int replaced, int left, ReplaceReport report) {
    assertEquals(replaced, report.replaced());
    assertEquals(left, report.left());
  }

  private boolean isAwaited(int slot, WorkerSource<String, String> source) {
    return pool.filler.wantsPing(pool.thread(slot), source);
  }

  /** From which source the next roll would go on. */
  private void assertCurrent(WorkerSource<String, String> source) {
    RuntimeException none = new IllegalArgumentException("no roll");
    assertSame(
        none,
        assertThrows(
            RuntimeException.class,
            () ->
                pool.roll.replaceAll(current -> {
                  assertSame(source, current);
                  throw none;
                })));
  }

  @Test
  void workersAreReplacedOneAfterTheOther() {
    ReplaceReport report =
        roll(
            () -> {
              assertSources(true, false, false);
              assertTrue(pool.thread(0).isOutdated());
              assertTrue(isAwaited(0, next));
              assertFalse(isAwaited(0, pool.first));
              assertFalse(isAwaited(1, pool.first));
              pool.open(0);
            },
            () -> {
              assertSources(true, true, false);
              assertTrue(isAwaited(1, next));
              assertFalse(isAwaited(0, next));
              pool.open(1);
            },
            () -> pool.open(2));
    assertReport(3, 0, report);
    assertTrue(report.cause().isEmpty());
    assertSources(true, true, true);
    assertFalse(isAwaited(2, next));
    assertCurrent(next);
  }

  @Test
  void theFirstWorkerGetsItsSourceBackWhenTheNextCannotBeOpened() {
    ReplaceReport report =
        roll(() -> {
          pool.fail(0, ONE);
          assertSources(false, false, false);
          assertEquals(PoolState.DEGRADED, pool.state());
        });
    assertReport(0, 3, report);
    assertSame(ONE, report.cause().orElseThrow());
    assertCurrent(pool.first);
  }

  @Test
  void aLaterFailureEndsTheRollAndUndoesNothing() {
    ReplaceReport report = roll(() -> pool.open(0), () -> pool.fail(1, ONE));
    assertReport(1, 2, report);
    assertSame(ONE, report.cause().orElseThrow());
    assertSources(true, true, false);
    assertCurrent(next);
  }

  @Test
  void theFirstOfSeveralFailuresIsTheCause() {
    ReplaceReport report =
        roll(
            () -> pool.open(0),
            () -> {
              pool.fail(1, ONE);
              pool.fail(1, new IllegalStateException("other"));
            });
    assertSame(ONE, report.cause().orElseThrow());
  }

  @Test
  void whatComesOfAnEarlierSourceDoesNotCount() {
    ReplaceReport report =
        roll(
            () -> pool.filler.openFailed(pool.thread(0), pool.first, ONE),
            () -> pool.open(0),
            () -> pool.fail(2, ONE), // nor what comes in a slot whose turn it is not
            () -> pool.open(1),
            () -> pool.open(2));
    assertReport(3, 0, report);
  }

  @Test
  void aWorkerThatIsOpenedFromAnEarlierSourceIsNotWaitedFor() {
    ReplaceReport report =
        roll(
            () -> assertFalse(pool.filler.opened(pool.thread(0), Unopened.WORKER, pool.first)),
            () -> pool.fail(0, ONE));
    assertReport(0, 3, report);
  }

  @Test
  void anEmptySlotIsPassedOverAndGetsTheSource() {
    pool.abandon(0);
    ReplaceReport report = roll(() -> pool.open(1), () -> pool.open(2));
    assertReport(2, 0, report);
    assertSources(true, true, true);
  }

  @Test
  void theFirstSlotThatHasAWorkerDecides() {
    pool.abandon(0);
    ReplaceReport report = roll(() -> pool.fail(1, ONE));
    assertReport(0, 2, report);
    assertSources(false, false, false);
  }

  @Test
  void aSlotThatBecomesEmptyIsNoLongerWaitedFor() {
    ReplaceReport report =
        roll(
            () -> pool.abandon(0),
            () -> {
              assertTrue(isAwaited(1, next));
              pool.fail(1, ONE); // which is the first to decide
            });
    assertReport(0, 2, report);
    assertSame(pool.first, pool.slots.get(1).source());
    assertCurrent(pool.first);
  }

  @Test
  void whatAnAbandonedThreadCouldNotOpenIsNoFailureOfTheOneThatFollows() {
    WorkerThread<String, String> abandoned = pool.thread(0);
    ReplaceReport report =
        roll(
            () -> {
              WorkerSource<String, String> source = pool.filler.opens(abandoned);
              pool.abandon(0);
              pool.slots.getFirst().fill(abandoned.successor());
              pool.filler.openFailed(abandoned, source, ONE);
            },
            () -> pool.open(0),
            () -> pool.open(1),
            () -> pool.open(2));
    assertReport(3, 0, report);
  }

  @Test
  void aPoolThatClosesReplacesNone() {
    pool.close();
    ReplaceReport report = roll();
    assertReport(0, 3, report);
    assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
    assertSources(false, false, false);
  }

  @Test
  void aCloseEndsTheRollAndTheFirstWorkerGoesOn() {
    ReplaceReport report = roll(pool::close);
    assertReport(0, 3, report);
    assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
    assertSources(false, false, false);
  }

  @Test
  void aCloseThatComesLaterUndoesNothing() {
    ReplaceReport report = roll(() -> pool.open(0), pool::close);
    assertReport(1, 2, report);
    assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
    assertSources(true, true, false);
  }

  @Test
  void aCloseThatComesWithANewWorkerUndoesNothing() {
    ReplaceReport report =
        roll(() -> {
          pool.open(0);
          pool.close();
        });
    assertReport(1, 2, report);
    assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
    assertSources(true, false, false);
  }

  @Test
  void anInterruptEndsTheRollAndTheFirstWorkerGoesOn() {
    ReplaceReport report = roll(() -> Thread.currentThread().interrupt());
    assertTrue(Thread.interrupted());
    assertReport(0, 3, report);
    assertInstanceOf(InterruptedException.class, report.cause().orElseThrow());
    assertSources(false, false, false);
    assertCurrent(pool.first); // it is the next one's turn
  }

  @Test
  void anInterruptedCallDoesNotTakeItsTurn() {
    Thread.currentThread().interrupt();
    ReplaceReport report = pool.roll.replaceAll(_ -> throwNotCalled());
    assertTrue(Thread.interrupted());
    assertReport(0, 3, report);
    assertInstanceOf(InterruptedException.class, report.cause().orElseThrow());
    assertCurrent(pool.first);
  }

  private static WorkerSource<String, String> throwNotCalled() {
    throw new AssertionError("it is not to be called");
  }

  private FutureTask<ReplaceReport> rollElsewhere() {
    FutureTask<ReplaceReport> rolling = new FutureTask<>(() -> pool.roll.replaceAll(_ -> next));
    var _ = Thread.ofPlatform().daemon().start(rolling);
    return rolling;
  }

  /** Does something, under the lock, when the roll waits for a slot. */
  private void whenItAwaits(int slot, Runnable action) {
    Await.until(
        "slot " + slot,
        () -> {
          try (var _ = pool.base.hold()) {
            boolean waits =
                pool.slots.get(slot).hasSource(next) // and has freed the lock since
                    && !pool.base.lock().hasQueuedThreads(); // nor been woken
            if (waits) {
              action.run();
            }
            return waits;
          }
        });
  }

  /** Well before it would look again without having been told. */
  @Test
  void whoReplacesIsToldWhatBecomesOfEachWorker() throws Exception {
    FutureTask<ReplaceReport> rolling = rollElsewhere();
    whenItAwaits(0, () -> beginsToOpen(0));
    whenItAwaits(0, () -> pool.filler.opened(pool.thread(0), Unopened.WORKER, next));
    whenItAwaits(1, () -> beginsToOpen(1));
    whenItAwaits(1, () -> pool.filler.opened(pool.thread(1), Unopened.WORKER, next));
    whenItAwaits(2, () -> beginsToOpen(2));
    whenItAwaits(2, () -> pool.filler.openFailed(pool.thread(2), next, ONE));
    ReplaceReport report = rolling.get(20, SECONDS);
    assertReport(2, 1, report);
    assertSame(ONE, report.cause().orElseThrow());
  }

  @Test
  void whoReplacesIsToldThatThePoolCloses() throws Exception {
    FutureTask<ReplaceReport> rolling = rollElsewhere();
    whenItAwaits(
        0,
        () -> {
          pool.close();
          pool.filler.lookAgain();
        });
    ReplaceReport report = rolling.get(20, SECONDS);
    assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
  }

  @Test
  void whoReplacesIsToldWhenAnOpeningBegins() throws Exception {
    openWith(Duration.ofNanos(1));
    FutureTask<ReplaceReport> rolling = rollElsewhere();
    whenItAwaits(
        0,
        () -> {
          pool.becomes(0, Phase.OPENING);
          beginsToOpen(0);
        });
    ReplaceReport report = rolling.get(20, SECONDS);
    assertInstanceOf(TimeoutException.class, report.cause().orElseThrow());
  }

  @Test
  void anInterruptThatComesWithTheNewWorkerEndsTheWaitForTheNext() throws Exception {
    PoolLock lock = pool.base.lock();
    boolean[] flag = new boolean[1];
    FutureTask<ReplaceReport> rolling =
        new FutureTask<>(() -> {
          ReplaceReport report = pool.roll.replaceAll(_ -> next);
          flag[0] = Thread.interrupted();
          return report;
        });
    Thread roller = Thread.ofPlatform().daemon().start(rolling);
    whenItAwaits(
        0,
        () -> {
          roller.interrupt();
          Await.until("it wants the lock", () -> lock.hasQueuedThread(roller));
          pool.open(0);
        });
    whenItAwaits(
        1,
        () -> {
          pool.close(); // if that was lost, nobody waits for ever
          pool.filler.lookAgain();
        });
    ReplaceReport report = rolling.get(20, SECONDS);
    assertReport(1, 2, report);
    assertInstanceOf(InterruptedException.class, report.cause().orElseThrow());
    assertTrue(flag[0]);
    assertSources(true, true, false);
  }

  @Test
  void whenTheSourceCannotBeMadeItIsTheNextOnesTurn() {
    assertCurrent(pool.first);
    assertCurrent(pool.first);
    assertReport(3, 0, roll(() -> pool.open(0), () -> pool.open(1), () -> pool.open(2)));
  }

  @Test
  void anOpeningThatIsLateFailsTheRoll() {
    openWith(Duration.ofNanos(1));
    ReplaceReport report =
        roll(() -> {
          pool.becomes(0, Phase.OPENING);
          beginsToOpen(0);
        });
    assertReport(0, 3, report);
    Throwable late = report.cause().orElseThrow();
    assertInstanceOf(TimeoutException.class, late);
    assertTrue(late.getMessage().startsWith("worker echo-0 did not open"), late::getMessage);
    assertSources(false, false, false);
  }

  @Test
  void anOpeningThatIsNotLateYetIsWaitedFor() {
    ReplaceReport report =
        roll(
            () -> {
              pool.becomes(0, Phase.OPENING);
              beginsToOpen(0);
            },
            () -> pool.fail(0, ONE));
    assertSame(ONE, report.cause().orElseThrow());
  }

  @Test
  void whatAnOpeningSaysThatWasLateIsTheCauseOfThat() {
    openWith(Duration.ofNanos(1));
    ReplaceReport report =
        roll(() -> {
          pool.becomes(0, Phase.OPENING);
          pool.fail(0, ONE);
        });
    Throwable late = report.cause().orElseThrow();
    assertInstanceOf(TimeoutException.class, late);
    assertSame(ONE, late.getCause());
  }

  @Test
  void anOpeningFromAnEarlierSourceOrAPauseIsNotLate() {
    openWith(Duration.ofNanos(1));
    ReplaceReport report =
        roll(
            () -> pool.becomes(0, Phase.OPENING),
            () -> {
              pool.becomes(0, Phase.PAUSING);
              beginsToOpen(0);
            },
            () -> pool.open(0),
            () -> pool.open(1),
            () -> pool.open(2));
    assertReport(3, 0, report);
  }

  @Test
  void aWorkerThatSleepsIsWoken() {
    pool.underLock(() -> pool.idleWorkers.add(pool.thread(0).parker(), false));
    pool.underLock(() -> pool.idleWorkers.add(pool.thread(1).parker(), false));
    ReplaceReport report =
        roll(() -> {
          assertFalse(pool.idleWorkers.allSleep(2));
          assertTrue(pool.idleWorkers.allSleep(1)); // the other's turn has not come
          pool.fail(0, ONE);
        });
    assertReport(0, 3, report);
  }

  @Test
  void aPauseBetweenTriesToOpenEnds() {
    pool.underLock(() -> pool.thread(0).parker().beginPause());
    ReplaceReport report =
        roll(() -> {
          long most = SECONDS.toNanos(3);
          long began = System.nanoTime();
          pool.thread(0).parker().pause(most);
          assertTrue(System.nanoTime() - began < most);
          pool.fail(0, ONE);
        });
    assertReport(0, 3, report);
  }
}
