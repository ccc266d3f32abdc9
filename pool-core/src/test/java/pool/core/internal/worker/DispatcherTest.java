package pool.core.internal.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.core.Await;
import pool.core.WorkerPool;
import pool.core.internal.batch.Batch;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.job.Work;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.Parker;

/** Where workers look for work, and how they rest, mostly on the thread of the test. */
@Timeout(60)
class DispatcherTest {

  private static final Worker<String, String> ECHO = job -> job;
  private static final long LONG_AGO = Duration.ofSeconds(10).toNanos();

  private final AtomicInteger rings = new AtomicInteger(); // for the supervisor
  private Threadless pool = pool(builder -> builder);

  /** One whose workers give up after a millisecond when they find nothing. */
  private static Threadless pool(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    return new Threadless(
        builder -> set.apply(builder.workers(2).pingInterval(Duration.ofMillis(1))));
  }

  /** One whose workers sleep until they are woken. */
  private void workersSleep(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    pool = new Threadless(builder -> set.apply(builder.workers(2)));
    pool.onRing = rings::incrementAndGet;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    pool.helperExecutor.close();
    pool.helperExecutor.awaitEnd(System.nanoTime());
    Await.noThreadOf("echo");
  }

  private Dispatcher<String, String> dispatcher() {
    return pool.dispatcher;
  }

  private WorkerThread<String, String> worker(int slot) {
    return pool.thread(slot);
  }

  private Parker parker(int slot) {
    return worker(slot).parker();
  }

  private @Nullable Work<String, String> next(int slot) {
    return dispatcher().next(worker(slot));
  }

  /** It finds nothing, in spite of a rest. */
  private void assertFindsNothing(int slot) {
    assertNull(next(slot));
    assertTrue(parker(slot).takeParkedTooLong());
    assertEquals(0, pool.idleWorkers.idle());
  }

  /** It does not even rest. */
  private void assertEndsAtOnce(int slot) {
    assertNull(next(slot));
    assertFalse(parker(slot).takeParkedTooLong());
    assertEquals(0, pool.idleWorkers.idle());
  }

  /** Nobody runs on its thread: it is only entered as asleep. */
  private void sleeps(int slot) {
    pool.underLock(() -> pool.idleWorkers.add(parker(slot), false));
  }

  private void assertAsleep(boolean asleep) {
    assertEquals(asleep, pool.idleWorkers.anySleeps());
  }

  /** A job that waits for a slot alone. */
  private JobFuture<String, String> submitFor(int slot, String job) {
    int key =
        IntStream.iterate(0, i -> i + 1)
            .filter(i -> JobQueue.slotOf(i, pool.slots.size()) == slot)
            .findFirst()
            .orElseThrow();
    return pool.queue.submit(job, key);
  }

  /** A worker takes what waits for any, and starts none of it. */
  private void takes(int slot, int jobs) {
    assertEquals(jobs, pool.queue.take(worker(slot).claimed(), jobs));
  }

  /** A job that a worker had started with others, and that is to be done next, alone. */
  private JobFuture<String, String> rolledBack(int slot, String job) {
    JobFuture<String, String> future = pool.submit(job);
    assertSame(future, next(slot));
    pool.underLock(() -> {
      assertTrue(pool.queue.addSolo(future, slot));
      worker(slot).counters().jobWaitsAgain();
    });
    return future;
  }

  /** A worker looks at the clock, a millisecond or more after the pool was made. */
  private void isDueToLookAtOthers(int slot) {
    do {
      int _ = worker(slot).claimSize().sampleClock();
    } while (!worker(slot).claimSize().isRoundDue());
  }

  private void isStuck(int slot) {
    worker(slot).counters().sampledClock(System.nanoTime() - LONG_AGO);
  }

  private void isNotStuck(int slot) {
    worker(slot).counters().sampledClock(System.nanoTime() + LONG_AGO);
  }

  private void runsWereShort(int slot) {
    for (int look = 0; look < 5; look++) {
      runManyJobs(slot);
      int _ = worker(slot).claimSize().sampleClock();
    }
    runManyJobs(slot); // for its next look
  }

  private void runManyJobs(int slot) {
    for (int run = 0; run < 100_000; run++) { // for which 1 s would be short
      worker(slot).counters().runBegins();
      worker(slot).counters().runReturned();
    }
  }

  private void pause() {
    pool.underLock(() -> assertTrue(pool.delayed.pauseUntil(System.nanoTime() + 1_000 * LONG_AGO)));
  }

  private void beginClosing() {
    pool.underLock(() -> assertTrue(pool.base.life().beginClosing()));
  }

  /** It is said that the pool is stopped, and nothing is settled yet. */
  private void stop() {
    pool.underLock(() -> {
      boolean _ = pool.base.life().beginClosing();
      assertTrue(pool.base.life().stop());
    });
  }

  private void isToLeave(int slot) {
    WorkerSource<String, String> other =
        WorkerSource.of(
            WorkerFactory.of("other", String.class, String.class, _ -> ECHO), OptionValues.NONE);
    pool.underLock(() -> pool.slots.get(slot).setSource(other));
  }

  // In which order it looks

  @Test
  void aWorkerStartsTheOldestJob() {
    JobFuture<String, String> first = pool.submit("first");
    JobFuture<String, String> second = pool.submit("second");
    assertSame(first, next(0));
    assertTrue(first.isRunning(0));
    assertTrue(second.isWaiting());
    assertEquals("1 queued, 1 running", pool.stand());
    assertEquals(0, pool.idleWorkers.idle());
  }

  @Test
  void aWorkerThatFindsNothingReturnsOnceItHasWaitedAsLongAsItMay() {
    assertFindsNothing(0);
  }

  @Test
  void whatASlotIsToDoNextComesBeforeItsClaimsAndWhatIsStuckElsewhere() {
    isNotStuck(0);
    JobFuture<String, String> solo = rolledBack(0, "solo");
    JobFuture<String, String> stuck = pool.submit("stuck");
    takes(1, 1);
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(0, 1);
    isDueToLookAtOthers(0);
    isStuck(1);
    boolean _ = worker(0).takesSlowTurn(); // so that it is not its turn anyway
    assertSame(solo, next(0));
    isDueToLookAtOthers(0);
    isStuck(1);
    assertSame(stuck, next(0));
    assertSame(claimed, next(0));
  }

  @Test
  void whatASlotIsToDoNextTakesNoTurnOfABulkCall() {
    pool = pool(builder -> builder.workers(1));
    JobFuture<String, String> solo = rolledBack(0, "solo");
    BulkCall<String, String> bulk = pool.map(false, "a");
    assertSame(solo, next(0));
    assertSame(bulk, next(0));
  }

  @Test
  void whatIsStuckElsewhereIsLookedForOnceInAMillisecond() {
    JobFuture<String, String> stuck = pool.submit("stuck");
    takes(1, 1);
    JobFuture<String, String> own = pool.submit("own");
    takes(0, 1);
    isDueToLookAtOthers(0);
    assertTrue(worker(0).claimSize().beginsRound()); // so it has just looked
    isStuck(1);
    assertSame(own, next(0));
    assertTrue(stuck.isWaiting());
  }

  @Test
  void whatAnotherIsAboutToDoIsLeftToItWhileThereIsOtherWork() {
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(1, 1);
    JobFuture<String, String> own = pool.submit("own");
    isDueToLookAtOthers(0);
    isNotStuck(1);
    assertSame(own, next(0));
    assertTrue(claimed.isWaiting());
    isNotStuck(1);
    assertSame(claimed, next(0), "now there is no other");
    assertTrue(claimed.isRunning(0));
  }

  @Test
  void othersAreLookedAtFromTheNextSlotOn() {
    pool = pool(builder -> builder.workers(3));
    List<JobFuture<String, String>> claimed = new ArrayList<>();
    for (int slot = 0; slot < 2; slot++) {
      claimed.add(pool.submit("claimed by " + slot));
      takes(slot, 1);
    }
    assertSame(claimed.getFirst(), next(2));
    assertSame(claimed.getLast(), next(2));
    JobFuture<String, String> last = pool.submit("last");
    takes(2, 1);
    assertSame(last, next(0));
  }

  @Test
  void itsOwnClaimsComeBeforeTheQueue() {
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(0, 1);
    JobFuture<String, String> other = pool.submit("other");
    assertSame(claimed, next(0));
    assertSame(other, next(0));
  }

  @Test
  void aJobThatHasSettledIsPassedOver() {
    JobFuture<String, String> settled = pool.submit("settled");
    JobFuture<String, String> other = pool.submit("other");
    pool.cancel(settled);
    assertSame(other, next(0));
  }

  /** What the first worker does next, of the queue or a bulk call of one job. */
  private String nextName() {
    String[] name = new String[1];
    assertNull(
        pool.runNext(job -> {
          assertNull(name[0]);
          name[0] = job;
          return job;
        }));
    return name[0];
  }

  private void mapEach(String... jobs) {
    for (String job : jobs) {
      var _ = pool.map(false, job);
    }
  }

  @Test
  void theQueueAndBulkCallsTakeTurns() {
    pool = pool(builder -> builder.workers(1));
    mapEach("a", "b", "c");
    for (String job : List.of("1", "2")) {
      var _ = pool.submit(job);
    }
    assertEquals("a", nextName());
    assertEquals("1", nextName());
    assertEquals("b", nextName());
    assertEquals("2", nextName());
    assertEquals("c", nextName());
    assertFindsNothing(0);
  }

  @Test
  void whatWaitsForTheSlotAndBulkCallsTakeTurns() {
    pool = pool(builder -> builder.workers(1));
    mapEach("a", "b", "c", "d");
    for (String job : List.of("1", "2")) {
      var _ = submitFor(0, job);
    }
    assertEquals("a", nextName());
    assertEquals("1", nextName());
    assertEquals("b", nextName());
    assertEquals("2", nextName());
    assertEquals("c", nextName());
    assertEquals("d", nextName());
  }

  @Test
  void aSlotThatHasNothingLeavesItsTurnToABulkCall() {
    pool = pool(builder -> builder.workers(1));
    boolean _ = worker(0).takesBulkTurn(); // so that the next is the slot's
    var _ = pool.map(false, "a");
    assertEquals("a", nextName());
  }

  @Test
  void whereThereIsNoBulkCallTheSlotHasItsTurn() {
    pool = pool(builder -> builder.workers(1));
    var _ = submitFor(0, "1");
    assertEquals("1", nextName());
  }

  @Test
  void aWorkerIsSeenToServeTheBulkCallThatItHasStarted() {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(bulk, next(0));
    assertSame(bulk, worker(0).runner().current());
    assertNull(worker(1).runner().current());
    assertEquals(1, pool.counts().running());
  }

  @Test
  void itIsForgottenThatASlotHadWorkOnceNothingIsFound() {
    JobFuture<String, String> future = submitFor(0, "job");
    assertTrue(worker(0).slot().queue().mayHaveWork());
    assertSame(future, next(0));
    assertNull(next(1), "it waits for that slot alone");
    assertFindsNothing(0);
    assertFalse(worker(0).slot().queue().mayHaveWork());
  }

  // How many jobs it takes

  private void submit(int jobs) {
    for (int i = 0; i < jobs; i++) {
      var _ = pool.submit("" + i);
    }
  }

  @Test
  void oneJobIsTakenWhileJobsAreLong() {
    submit(8);
    sleeps(1);
    assertNotNull(next(0));
    assertFalse(worker(0).claimed().hasMore());
    assertAsleep(true);
  }

  @Test
  void severalAreTakenWhenJobsAreShortAsLongAsThereAreEnoughForAll() {
    runsWereShort(0);
    submit(8);
    sleeps(1);
    assertNotNull(next(0));
    assertEquals(3, worker(0).claimed().remaining());
    assertEquals(4, pool.queue.depth());
    assertAsleep(false);
    assertTrue(parker(1).endsSearch());
  }

  @Test
  void oneJobIsTakenThoughThereAreNotEnoughForAll() {
    runsWereShort(0);
    submit(1);
    assertNotNull(next(0));
    assertEquals(0, pool.queue.depth());
  }

  @Test
  void oneJobIsTakenWhenOtherWorkTakesTurns() {
    runsWereShort(0);
    var _ = submitFor(0, "for the slot");
    submit(8);
    boolean _ = worker(0).takesSlowTurn();
    assertNotNull(next(0));
    assertEquals(7, pool.queue.depth());
  }

  // A pause

  @Test
  void whilePausedAWorkerSleepsWhateverWaits() {
    submit(1);
    var _ = submitFor(0, "for the slot");
    var _ = pool.map(false, "a");
    pause();
    assertTrue(dispatcher().isPaused());
    assertFindsNothing(0);
    assertEquals("3 queued", pool.stand());
  }

  @Test
  void whilePausedAWorkerSleepsWhateverOthersHold() {
    submit(1);
    takes(1, 1);
    pause();
    sleeps(1);
    assertNull(next(0));
    assertAsleep(true);
    assertEquals(1, pool.idleWorkers.idle());
  }

  // A stop

  @Test
  void whatAWorkerHasTakenOrTakesOnceThePoolIsStoppedIsNotStarted() {
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(0, 1);
    submit(2);
    stop();
    assertEndsAtOnce(0);
    assertTrue(claimed.isSettled());
    assertEquals("3 not started", pool.stand());
    assertNull(worker(0).claimed().current());
  }

  @Test
  void whatAWorkerStartsOfOthersOnceThePoolIsStoppedIsCancelled() {
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(1, 1);
    stop();
    assertEndsAtOnce(0);
    assertTrue(claimed.isSettled());
    assertEquals("1 cancelled", pool.stand());
    assertNull(worker(0).runner().current());
  }

  @Test
  void onceThePoolIsStoppedNothingForTheSlotAndNothingOfABulkCallStarts() {
    JobFuture<String, String> future = submitFor(0, "job");
    BulkCall<String, String> bulk = pool.map(false, "a");
    stop();
    assertEndsAtOnce(0);
    assertTrue(future.isWaiting());
    assertEquals(1, bulk.tally().unstarted());
  }

  // A rest

  @Test
  void aWorkerEndsWithoutSleepOnceAllHasSettled() {
    beginClosing();
    assertFalse(pool.base.life().isDrained());
    assertEndsAtOnce(0);
    assertTrue(pool.base.life().isDrained());
  }

  @Test
  void aWorkerThatIsToLeaveDoesNotSleep() {
    isToLeave(0);
    assertEndsAtOnce(0);
    assertFindsNothing(1);
  }

  @Test
  void howLongItMayWaitIsCountedFromTheBeginningOfItsRest() {
    long hour = Duration.ofHours(1).toNanos();
    pool = pool(builder -> builder.pingInterval(Duration.ofHours(1)));
    isDueToLookAtOthers(0); // a millisecond has gone by
    isToLeave(0); // so that it does not sleep
    long began = System.nanoTime();
    assertEndsAtOnce(0);
    long left = worker(0).longestPark();
    assertTrue(left + System.nanoTime() - began >= hour);
  }

  @Test
  void beforeItSleepsItTellsTheQueueWhatItHasStarted() {
    submit(1);
    assertNotNull(next(0));
    assertNull(next(0));
    pool.underLock(() -> assertEquals(0, pool.slots.takeNewlyStarted()));
  }

  /** What a worker finds that sleeps when something happens, under the lock. */
  private @Nullable Work<String, String> wakesWhen(int slot, Runnable event) throws Exception {
    FutureTask<@Nullable Work<String, String>> search = new FutureTask<>(() -> next(slot));
    Thread _ = Thread.ofPlatform().daemon().start(search);
    Await.until("it sleeps", pool.idleWorkers::anySleeps);
    pool.underLock(event);
    return search.get(20, SECONDS);
  }

  @Test
  void aWorkerThatSleepsIsWokenForAJobAndSearchesNoMore() throws Exception {
    workersSleep(builder -> builder);
    List<JobFuture<String, String>> submitted = new ArrayList<>();
    assertNotNull(wakesWhen(0, () -> submitted.add(pool.submit("job"))));
    assertTrue(submitted.getFirst().isRunning(0));
    assertEquals(0, pool.idleWorkers.idle());
    assertEquals(0, rings.get());
  }

  @Test
  void theSupervisorIsCalledWhenAWorkerWakesToAJobThatMayTimeOut() throws Exception {
    workersSleep(builder -> builder.jobTimeout(Duration.ofHours(1)));
    var _ = pool.submit("before");
    assertNotNull(next(0));
    assertEquals(0, rings.get());
    assertNotNull(wakesWhen(0, () -> submit(1)));
    assertEquals(1, rings.get());
  }

  @Test
  void theSupervisorIsNotCalledWhenAWorkerWakesToEnd() throws Exception {
    workersSleep(builder -> builder.jobTimeout(Duration.ofHours(1)));
    assertNull(
        wakesWhen(
            0,
            () -> {
              assertTrue(pool.base.life().beginClosing());
              pool.watch.lifeChanged();
            }));
    assertEquals(0, rings.get());
  }

  @Test
  void aWorkerThatWokePassesOnThatThereIsMore() throws Exception {
    workersSleep(builder -> builder);
    assertNotNull(
        wakesWhen(
            0,
            () -> {
              submit(2);
              pool.idleWorkers.add(parker(1), false); // too late to be woken by those
            }));
    assertAsleep(false);
    assertTrue(parker(1).endsSearch());
  }

  @Test
  void aWorkerThatWokePassesOnThatAnotherHoldsMore() throws Exception {
    workersSleep(builder -> builder);
    assertNotNull(
        wakesWhen(
            0,
            () -> {
              submit(2);
              takes(1, 2);
              pool.idleWorkers.add(parker(1), false);
            }));
    assertAsleep(false);
  }

  @Test
  void aWorkerThatWokeWakesNobodyWhenThereIsNoMore() throws Exception {
    workersSleep(builder -> builder);
    assertNotNull(
        wakesWhen(
            0,
            () -> {
              submit(1);
              pool.idleWorkers.add(parker(1), false);
            }));
    assertAsleep(true);
  }

  // When it has thrown

  @Test
  void aWorkerThatGivesUpSleepsNoMoreAndAnotherLooksInItsStead() {
    sleeps(1);
    sleeps(0);
    dispatcher().giveUp(worker(0));
    assertAsleep(false);
    assertFalse(parker(0).endsSearch());
    assertTrue(parker(1).endsSearch());
  }

  @Test
  void aWorkerThatGivesUpSearchesNoMoreAndAnotherDoes() {
    sleeps(1);
    assertTrue(parker(0).becomesSearcher(pool.idleWorkers));
    dispatcher().giveUp(worker(0));
    assertAsleep(false);
    assertFalse(parker(0).endsSearch());
    assertTrue(parker(1).endsSearch());
  }

  // What goes along

  private void assertQueueKnowsWhatWasStarted() {
    pool.underLock(() -> assertEquals(0, pool.slots.takeNewlyStarted()));
  }

  private @Nullable Batch<String, String> gather(Work<String, String> first) {
    return dispatcher().gather(worker(0), first);
  }

  @Test
  void aBatchIsWhatAWorkerServesAndCountsAsStarted() {
    pool = pool(builder -> builder.workers(1).maxBatch(3));
    submit(4);
    Batch<String, String> batch = Objects.requireNonNull(gather(pool.next()));
    assertEquals(3, batch.size());
    assertSame(batch, worker(0).runner().current());
    assertQueueKnowsWhatWasStarted();
    assertEquals("1 queued, 3 running", pool.stand());
  }

  @Test
  void aBatchOfABulkCallCountsAsStarted() {
    pool = pool(builder -> builder.workers(1).maxBatch(2));
    var _ = pool.map(false, "a", "b", "c");
    Batch<String, String> batch = Objects.requireNonNull(gather(pool.next()));
    assertEquals(2, batch.size());
    assertSame(batch, worker(0).runner().current());
    assertQueueKnowsWhatWasStarted();
    assertEquals("1 queued, 2 running", pool.stand());
  }

  @Test
  void aBatchIsNoLargerThanWhatTheWorkerMayDo() {
    pool = pool(builder -> builder.workers(1).maxBatch(4).maxJobsPerWorker(2));
    submit(4);
    assertEquals(2, Objects.requireNonNull(gather(pool.next())).size());
  }

  @Test
  void onceThePoolIsStoppedNothingGoesAlong() {
    pool = pool(builder -> builder.workers(1).maxBatch(4));
    submit(4);
    Work<String, String> first = pool.next();
    stop();
    assertEquals(1, Objects.requireNonNull(gather(first)).size());
    assertEquals(3, pool.queue.depth());
  }

  @Test
  void thereIsNoBatchOfAJobOfABulkCallThatHasSettled() {
    pool = pool(builder -> builder.workers(1).maxBatch(4));
    BulkCall<String, String> bulk = pool.map(false, "a");
    assertSame(bulk, pool.next());
    pool.settler.abort(bulk);
    assertNull(gather(bulk));
    isLetGoOf(bulk);
  }

  /** Whoever is to stop the run waits until then. */
  private void isLetGoOf(BulkCall<String, String> bulk) {
    pool.underLock(() -> worker(0).runner().runIsOver(bulk));
  }

  @Test
  void aJobThatIsTakenOutOfItsBulkCallIsHeldAsASubmittedOne() {
    BulkCall<String, String> bulk = pool.map(false, "a", "b");
    assertSame(bulk, next(0));
    PlaceFuture<String, String> place =
        Objects.requireNonNull(dispatcher().takeOut(worker(0), bulk, 0));
    assertEquals("a", place.job());
    assertSame(place, worker(0).claimed().current());
    assertQueueKnowsWhatWasStarted();
    assertEquals(1, pool.queue.submitted());
    assertEquals("1 queued, 1 running", pool.stand());
  }

  @Test
  void aJobOfABulkCallThatHasSettledIsNotTakenOut() {
    BulkCall<String, String> bulk = pool.map(false, "a");
    assertSame(bulk, next(0));
    pool.settler.abort(bulk);
    assertNull(dispatcher().takeOut(worker(0), bulk, 0));
    assertNull(worker(0).claimed().current());
    assertEquals("1 cancelled", pool.stand());
    isLetGoOf(bulk);
  }

  // Slots

  @Test
  void onceAWorkerHasLeftOthersDoWhatItWasToDoNext() {
    JobFuture<String, String> solo = rolledBack(0, "solo");
    assertFindsNothing(1);
    sleeps(1);
    pool.underLock(() -> dispatcher().workerLeft(worker(0).slot()));
    assertAsleep(false);
    assertSame(solo, next(1));
  }

  @Test
  void aKeyThatIsFreedWakesTheWorkerThatItsJobsWaitFor() {
    JobFuture<String, String> holder = submitFor(0, "holder");
    assertSame(holder, next(0));
    JobFuture<String, String> behind = submitFor(0, "behind");
    pool.underLock(() -> worker(0).slot().queue().holdKey(holder));
    assertFindsNothing(0);
    sleeps(0);
    pool.underLock(() -> dispatcher().freeKeys(worker(0).slot(), holder));
    assertAsleep(false);
    assertSame(behind, next(0));
  }

  @Test
  void aRunThatHoldsNoKeyWakesNobodyWhenItReturns() {
    JobFuture<String, String> future = submitFor(0, "job");
    assertSame(future, next(0));
    sleeps(0);
    pool.underLock(() -> dispatcher().freeKeys(worker(0).slot(), future));
    assertAsleep(true);
  }

  // Whether a worker that goes through a bulk call is to leave it

  private void assertWaits(boolean other, boolean others) {
    assertEquals(other, dispatcher().hasOther(worker(0)));
    assertEquals(others, dispatcher().othersWait(worker(0)));
  }

  @Test
  void whereNothingWaitsAWorkerStays() {
    var _ = pool.map(false, "a", "b");
    assertNotNull(next(0));
    assertWaits(false, false);
  }

  @Test
  void itLeavesForTheQueue() {
    submit(1);
    assertWaits(true, true);
  }

  @Test
  void itLeavesForWhatItHasTaken() {
    submit(1);
    takes(0, 1);
    assertWaits(true, true);
  }

  @Test
  void itLeavesForWhatItsSlotIsToDoNext() {
    JobFuture<String, String> future = rolledBack(0, "solo");
    assertWaits(true, true);
    assertTrue(future.isWaiting());
  }

  @Test
  void itLooksInBetweenForWhatWaitsForItsSlot() {
    var _ = submitFor(0, "job");
    assertWaits(false, true);
    assertFalse(dispatcher().othersWait(worker(1)));
  }

  @Test
  void itLooksInBetweenForOtherBulkCalls() {
    var _ = pool.map(false, "a");
    var _ = pool.map(false, "b");
    assertWaits(false, true);
  }

  @Test
  void itLooksInBetweenWhenThePoolIsStopped() {
    stop();
    assertWaits(false, true);
  }

  @Test
  void itLooksInBetweenForWhatIsStuckElsewhereOnceInAMillisecond() {
    submit(1);
    takes(1, 1);
    isDueToLookAtOthers(0);
    isStuck(1);
    assertWaits(false, true);
    assertTrue(worker(0).claimSize().beginsRound());
    assertWaits(false, false);
  }

  @Test
  void itStaysWhenWhatOthersHoldIsNotStuckOrThoseThatAreStuckHoldNothing() {
    submit(1);
    takes(1, 1);
    isDueToLookAtOthers(0);
    isNotStuck(1);
    assertWaits(false, false);
    assertNotNull(next(1));
    isStuck(1);
    assertWaits(false, false);
  }

  @Test
  void inALargePoolNobodyLooksAtWhatOthersHold() {
    pool = pool(builder -> builder.workers(65));
    JobFuture<String, String> claimed = pool.submit("claimed");
    takes(1, 1);
    isDueToLookAtOthers(0);
    isStuck(1);
    assertWaits(false, false);
    assertFindsNothing(0);
    assertTrue(claimed.isWaiting());
  }
}
