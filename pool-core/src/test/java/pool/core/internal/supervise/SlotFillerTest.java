package pool.core.internal.supervise;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.LogLines;
import pool.core.PoolBrokenException;
import pool.core.PoolState;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/** Who fills the slots, without their threads: of two slots. */
@Timeout(60)
class SlotFillerTest {

  private static final Duration AT_ONCE = Duration.ofNanos(1);
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Throwable ONE = new IllegalStateException("one");
  private static final Throwable OTHER = new IllegalStateException("other");

  private Unopened pool = newPool(2, AT_ONCE);

  private static Unopened newPool(int minOpen, Duration openTimeout) {
    return new Unopened(builder -> builder.workers(2).minOpen(minOpen).openTimeout(openTimeout));
  }

  private void needs(int minOpen, Duration openTimeout) {
    pool = newPool(minOpen, openTimeout);
  }

  private boolean wantsAnother() {
    return pool.filler.wantsAnother(pool.thread(0));
  }

  private void assertLiving(int threads) {
    pool.underLock(() -> assertEquals(threads, pool.base.life().living()));
  }

  @Test
  void thePoolIsOpenWhenItsWorkersAre() throws Exception {
    pool.openAll();
    assertNull(pool.filler.open());
    assertLiving(2);
    for (int slot = 0; slot < 2; slot++) {
      assertNotEquals(Thread.State.NEW, pool.thread(slot).thread().getState());
    }
    assertEquals(PoolState.OPEN, pool.state());
  }

  @Test
  void aPoolThatNeedsNoWorkerIsOpenBeforeAnyIs() throws Exception {
    needs(0, AT_ONCE);
    assertNull(pool.filler.open());
    assertEquals(PoolState.DEGRADED, pool.state());
  }

  @Test
  void theFirstFailureFailsTheOpeningWhenAllMustOpen() throws Exception {
    needs(2, AT_ONCE);
    assertTrue(wantsAnother());
    pool.fail(0, ONE);
    assertFalse(wantsAnother());
    pool.fail(1, OTHER);
    assertSame(ONE, pool.filler.open());
    assertTrue(pool.filler.lastFailure().orElseThrow().contains("one"));
    assertEquals(List.of(OTHER), pool.filler.otherFailures());
  }

  @Test
  void whenNotAllMustOpenTheLatestFailureIsWhyItWasTooLate() throws Exception {
    needs(1, AT_ONCE);
    pool.fail(0, ONE);
    assertTrue(wantsAnother());
    pool.fail(1, OTHER);
    assertSame(OTHER, pool.filler.open());
    assertTrue(pool.filler.lastFailure().orElseThrow().contains("other"));
    assertEquals(List.of(), pool.filler.otherFailures());
  }

  @Test
  void aWorkerThatStillOpensIsNamedWhenItIsTooLate() {
    needs(2, AT_ONCE);
    pool.abandon(0);
    TimeoutException late = assertThrows(TimeoutException.class, () -> pool.filler.open());
    assertTrue(late.getMessage().startsWith("worker echo-1 "), late::getMessage);
    for (StackTraceElement frame : late.getStackTrace()) { // its thread's, if that is still there
      assertNotEquals(SlotFiller.class.getName(), frame.getClassName());
    }
  }

  @Test
  void theFirstIsNamedWhenNoneOpensAnyMore() {
    needs(2, AT_ONCE);
    pool.abandon(0);
    pool.abandon(1);
    TimeoutException late = assertThrows(TimeoutException.class, () -> pool.filler.open());
    assertTrue(late.getMessage().startsWith("worker echo-0 "), late::getMessage);
  }

  @Test
  void withoutAThreadNoMoreAreStartedAndThePoolIsNotOpened() throws Exception {
    needs(2, AT_ONCE);
    Thread used = pool.thread(0).thread();
    used.start(); // so that it cannot be once more
    assertTrue(used.join(Duration.ofSeconds(20)));
    assertInstanceOf(IllegalThreadStateException.class, pool.filler.open());
    assertEquals(Thread.State.NEW, pool.thread(1).thread().getState());
    assertAllEnded();
  }

  private void assertAllEnded() {
    assertLiving(0);
    assertEquals(2, pool.ended.get());
    assertTrue(pool.slots.threads().allMatch(thread -> thread.phase().is(Phase.CLOSED)));
  }

  @Test
  void nothingIsStartedOnceThePoolCloses() throws Exception {
    needs(2, AT_ONCE);
    pool.close();
    assertNull(pool.filler.open());
    assertTrue(
        pool.slots.threads().allMatch(thread -> thread.thread().getState() == Thread.State.NEW));
    assertAllEnded();
  }

  /** What comes of the opening when something happens while it waits. */
  private Throwable openWhile(int minOpen, Runnable action) throws Exception {
    needs(minOpen, HOUR);
    FutureTask<Throwable> opening = new FutureTask<>(() -> pool.filler.open());
    Thread opener = Thread.ofPlatform().daemon().start(opening);
    Await.until("it waits", () -> opener.getState() == Thread.State.TIMED_WAITING);
    pool.underLock(action);
    return opening.get(20, SECONDS);
  }

  @Test
  void whoOpensThePoolIsToldWhenEnoughAreOpen() throws Exception {
    assertNull(openWhile(1, () -> pool.open(1)));
    assertEquals(PoolState.DEGRADED, pool.state());
  }

  @Test
  void whoOpensThePoolIsToldOfAFailure() throws Exception {
    assertSame(ONE, openWhile(2, () -> pool.fail(1, ONE)));
    assertEquals(PoolState.OPENING, pool.state());
  }

  @Test
  void whoOpensThePoolIsToldWhenItIsStopped() throws Exception {
    assertNull(
        openWhile(
            2,
            () -> {
              pool.stop();
              pool.filler.interruptOpeningAndFinishing();
            }));
  }

  @Test
  void aThreadOpensFromTheSourceOfItsSlot() {
    WorkerSource<String, String> next = Unopened.source();
    WorkerThread<String, String> thread = pool.thread(0);
    assertTrue(thread.isOutdated());
    assertSame(pool.first, pool.filler.opens(thread));
    assertTrue(thread.isOpening(pool.first));
    pool.slots.getFirst().setSource(next);
    assertTrue(thread.isOutdated());
    assertSame(next, pool.filler.opens(thread));
    assertFalse(thread.isOutdated());
  }

  @Test
  void aWorkerWhoseSlotHasAnotherSourceByNowDoesNotCount() {
    needsOneOfTwo();
    WorkerThread<String, String> thread = pool.thread(0);
    WorkerSource<String, String> source = pool.filler.opens(thread);
    pool.slots.getFirst().setSource(Unopened.source());
    assertFalse(pool.filler.opened(thread, Unopened.WORKER, source));
    assertFalse(thread.isOpen());
    assertEquals(PoolState.OPENING, pool.state());
  }

  private void needsOneOfTwo() {
    needs(1, HOUR);
    assertEquals(PoolState.OPENING, pool.state());
  }

  @Test
  void anAbandonedThreadIsNotToldThatItsSourceIsOldNorDoesItsWorkerCount() {
    needsOneOfTwo();
    WorkerThread<String, String> thread = pool.thread(0);
    WorkerSource<String, String> source = pool.filler.opens(thread);
    pool.slots.getFirst().setSource(Unopened.source());
    pool.abandon(0);
    assertTrue(pool.filler.opened(thread, Unopened.WORKER, source));
    assertEquals(PoolState.OPENING, pool.state());
    assertFalse(thread.hasOpenedFrom(source));
  }

  @Test
  void aFailureIsForgottenWhenAllAreOpenAndNotBefore() {
    needsOneOfTwo();
    pool.fail(0, ONE);
    pool.open(1);
    assertEquals(PoolState.DEGRADED, pool.state());
    assertTrue(pool.filler.lastFailure().isPresent());
    pool.open(0);
    assertEquals(PoolState.OPEN, pool.state());
    assertTrue(pool.filler.lastFailure().isEmpty());
  }

  @Test
  void aWorkerThatServesNoLongerIsCountedOnceAndCallsTheSupervisor() {
    needsOneOfTwo();
    pool.openAll();
    pool.filler.left(pool.thread(0));
    assertEquals(PoolState.DEGRADED, pool.state());
    assertEquals(1, pool.rings.get());
    pool.filler.left(pool.thread(0));
    pool.open(0);
    assertEquals(PoolState.OPEN, pool.state());
  }

  @Test
  void ofAnAbandonedThreadNobodyIsToldThatItsWorkerHasLeft() {
    pool.openAll();
    pool.underLock(() -> pool.thread(0).abandon());
    pool.filler.left(pool.thread(0));
    assertEquals(PoolState.OPEN, pool.state());
    assertEquals(0, pool.rings.get());
  }

  @Test
  void anotherWorkerIsWantedWhileThereIsWorkForIt() {
    assertTrue(wantsAnother());
    pool.openAll();
    assertTrue(wantsAnother());
    var _ = pool.queue.submit("job");
    pool.close();
    assertTrue(wantsAnother());
    pool.stop();
    assertFalse(wantsAnother());
  }

  @Test
  void noneIsWantedWhenAllHasSettledThoughNobodyHasNoticed() {
    pool.openAll();
    pool.close();
    assertFalse(pool.base.life().isDrained());
    assertFalse(wantsAnother());
    assertTrue(pool.base.life().isDrained());
  }

  @Test
  void noneIsWantedOfAnAbandonedThread() {
    pool.openAll();
    pool.abandon(0);
    assertFalse(wantsAnother());
    assertTrue(pool.filler.wantsAnother(pool.thread(1)));
  }

  // The next try to open

  /** Whether another try is to be made; with what is done before the pause, if there is one. */
  private boolean awaitRetry(Consumer<ILoggingEvent> beforePause) {
    AtomicBoolean wanted = new AtomicBoolean();
    LogLines.during(
        Level.INFO, beforePause, () -> wanted.set(pool.filler.awaitRetry(pool.thread(0))));
    return wanted.get();
  }

  /** It is to try again at once, or not at all. */
  private boolean tryAgainWithoutPause() {
    AtomicBoolean pauses = new AtomicBoolean();
    boolean wanted = awaitRetry(_ -> pauses.set(true));
    assertFalse(pauses.get());
    assertFalse(pool.thread(0).phase().is(Phase.PAUSING));
    return wanted;
  }

  private void failOften(int times) {
    pool.underLock(() -> {
      for (int i = 0; i < times; i++) {
        int _ = pool.thread(0).failedAgain();
      }
    });
  }

  private void beginsToOpen() {
    var _ = pool.filler.opens(pool.thread(0)); // else it is outdated
  }

  @Test
  void aThreadPausesUntilItTriesAgain() {
    pool.openAll();
    failOften(3);
    beginsToOpen();
    long[] began = new long[1];
    assertTrue(awaitRetry(_ -> began[0] = System.nanoTime()));
    assertTrue(System.nanoTime() - began[0] >= Duration.ofMillis(40).toNanos());
    assertTrue(pool.thread(0).phase().is(Phase.PAUSING));
  }

  @Test
  void theWaitDoublesUpToFiveSecondsAndVariesByHalf() {
    for (int tries : new int[] {1, 2, 3, 6, 9, 10, 21, 40}) {
      long full = tries < 10 ? 10L << tries - 1 : 5_000;
      long[] waits = LongStream.generate(new Waits(tries)::next).limit(20).toArray();
      for (long wait : waits) {
        assertTrue(full / 2 <= wait && wait < full, () -> wait + " ms for " + full);
      }
      if (tries > 3) {
        assertTrue(LongStream.of(waits).distinct().count() > 1, "all alike");
      }
    }
  }

  /** How long a thread is to wait, as it says, that has tried so often. */
  private final class Waits {

    private final int tries;

    Waits(int tries) {
      this.tries = tries;
    }

    long next() {
      pool = new Unopened(builder -> builder.workers(1));
      pool.openAll();
      failOften(tries - 1);
      beginsToOpen();
      long[] millis = new long[1];
      assertFalse(
          awaitRetry(line -> {
            millis[0] = (Long) line.getArgumentArray()[1];
            pool.stop(); // so that it does not wait
          }));
      assertFalse(pool.thread(0).phase().is(Phase.PAUSING));
      return millis[0];
    }
  }

  @Test
  void aThreadWhoseSlotHasGotAnotherSourceTriesAgainAtOnce() {
    pool.openAll();
    beginsToOpen();
    assertTrue(awaitRetry(_ -> pool.slots.getFirst().setSource(Unopened.source())));
    assertFalse(pool.thread(0).phase().is(Phase.PAUSING));
    assertTrue(tryAgainWithoutPause());
  }

  @Test
  void noTryIsMadeWhenNoWorkerIsWanted() {
    pool.openAll();
    beginsToOpen();
    pool.stop();
    assertFalse(tryAgainWithoutPause());
  }

  @Test
  void noTryIsMadeWhenThePoolIsStoppedDuringThePause() throws Exception {
    pool.openAll();
    failOften(30); // seconds
    beginsToOpen();
    FutureTask<Boolean> retry = new FutureTask<>(() -> pool.filler.awaitRetry(pool.thread(0)));
    Thread _ = Thread.ofPlatform().daemon().start(retry);
    Await.until("it pauses", () -> pool.thread(0).phase().is(Phase.PAUSING));
    pool.underLock(() -> {
      pool.stop();
      pool.thread(0).parker().endPause();
    });
    assertFalse(retry.get(20, SECONDS));
  }

  @Test
  void theLogSaysWhyAWorkerCouldNotBeOpened() {
    needs(1, HOUR);
    pool.open(1);
    pool.fail(0, ONE);
    String[] said = new String[1];
    assertFalse(
        awaitRetry(line -> {
          said[0] = line.getFormattedMessage();
          pool.stop(); // so that it does not wait
        }));
    assertTrue(said[0].startsWith("echo-0 could not be opened; next try in "), said[0]);
    assertTrue(said[0].endsWith("one"), said[0]);
  }

  // The end

  @Test
  void aThreadThatEndsIsCountedOnce() {
    pool.underLock(() -> pool.base.life().threadsStart(2));
    pool.filler.ended(pool.thread(0));
    assertTrue(pool.thread(0).phase().is(Phase.CLOSED));
    assertLiving(1);
    assertEquals(1, pool.ended.get());
    pool.filler.ended(pool.thread(0)); // since it may have thrown the first time
    assertLiving(1);
    assertEquals(2, pool.ended.get());
  }

  @Test
  void anAbandonedThreadThatComesBackIsOnlyLogged() {
    pool.underLock(() -> pool.base.life().threadsStart(2));
    pool.abandon(0);
    String[] said = new String[1];
    LogLines.during(
        Level.INFO,
        line -> said[0] = line.getFormattedMessage(),
        () -> pool.filler.ended(pool.thread(0)));
    assertEquals("echo-0 was abandoned and has come back", said[0]);
    assertTrue(pool.thread(0).isGone());
    assertLiving(2);
    assertEquals(0, pool.ended.get());
  }

  private PoolBrokenException brokenCause() {
    try (var _ = pool.base.hold()) {
      return pool.filler.brokenCause();
    }
  }

  @Test
  void aBrokenPoolSaysWhyNoWorkerCouldBeOpened() {
    pool.fail(0, ONE);
    PoolBrokenException broken = brokenCause();
    assertSame(ONE, broken.getCause());
    assertTrue(broken.getMessage().endsWith("one"), broken::getMessage);
    assertTrue(broken.getMessage().startsWith("no worker of pool 'echo' is left"));
  }

  @Test
  void aBrokenPoolSaysWhatAWorkerIsAtWhenNoneHasFailedToOpen() {
    PoolBrokenException first = brokenCause();
    assertNull(first.getCause());
    assertTrue(first.getMessage().endsWith(": echo-0 is OPENING"), first::getMessage);
    pool.abandon(0);
    pool.becomes(1, Phase.CLOSING);
    PoolBrokenException other = brokenCause();
    assertTrue(other.getMessage().endsWith(": echo-1 is CLOSING"), other::getMessage);
    pool.becomes(1, Phase.CLOSED);
    PoolBrokenException none = brokenCause();
    assertTrue(none.getMessage().endsWith(": echo-0 is ABANDONED"), none::getMessage);
  }

  @Test
  void whatOpensOrFinishesIsInterruptedAndNothingElse() {
    for (Phase phase : Phase.values()) {
      pool = new Unopened(builder -> builder.workers(2));
      pool.becomes(1, phase);
      pool.underLock(pool.filler::interruptOpeningAndFinishing);
      assertTrue(pool.thread(0).thread().isInterrupted()); // which opens
      assertEquals(
          phase == Phase.OPENING || phase == Phase.FINISHING,
          pool.thread(1).thread().isInterrupted(),
          phase::toString);
    }
  }
}
