package pool.core.internal.queue;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.core.Await;
import pool.core.Distribution;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.QueueFullException;
import pool.core.TestSettings;
import pool.core.WhenFull;
import pool.core.WorkerPool;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.JobState;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.Settings;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/** The queue without a pool: of three slots, one of which the test works for. */
@Timeout(60)
class JobQueueTest {

  private static final int ANY = JobQueue.ANY;
  private static final int SLOT = 0;
  private static final int SLOTS = 3;
  private static final int LARGEST_RING = 1 << 17;

  /** What the queue asks of its pool. */
  private final class Owner implements QueueOwner<String, String> {

    final Queue<Integer> accepted = new ConcurrentLinkedQueue<>(); // slowly: for which slots
    final AtomicInteger notedWaits = new AtomicInteger();
    final AtomicInteger endedWaits = new AtomicInteger();

    @Override
    public void placeSettled(
        PlaceFuture<String, String> place, Object bulk, String result, Throwable cause) {
      throw new AssertionError("no batch takes anything");
    }

    @Override
    public boolean settleCancelled(JobFuture<String, String> future, boolean stop) {
      lock.lock();
      try {
        boolean here = future.endWaiting(JobState.CANCELLED);
        if (here) {
          queue.noteSettledWaiting();
        }
        return here;
      } finally {
        lock.unlock();
      }
    }

    @Override
    public void beginWait(JobFuture<String, String> future) {}

    @Override
    public void endWait() {
      endedWaits.incrementAndGet();
    }

    @Override
    public void noteTimeOut(JobFuture<String, String> future) {}

    @Override
    public void failIfNobodyCan(int slot) {
      assertFalse(lock.isHeldByCurrentThread());
      accepted.add(slot);
    }

    @Override
    public void beginWaitForRoom(BooleanSupplier better) {
      assertTrue(lock.isHeldByCurrentThread());
      notedWaits.incrementAndGet();
    }
  }

  private final PoolLock lock = new PoolLock();
  private final Owner owner = new Owner();
  private final IdleWorkers idleWorkers = new IdleWorkers(lock, 4);
  private final List<SlotQueue<String, String>> slots =
      Stream.generate(SlotQueue<String, String>::new).limit(SLOTS).toList();
  private final ClaimedJobs<String, String> claimed = new ClaimedJobs<>(SLOT, ClaimedJobs.MOST);
  private final AtomicLong started = new AtomicLong();
  private long startedSeen;
  private Lifecycle life;
  private JobQueue<String, String> queue;

  /** A key of that slot. */
  private static int keyOf(int slot) {
    return IntStream.iterate(0, key -> key + 1)
        .filter(key -> JobQueue.slotOf(key, SLOTS) == slot)
        .findFirst()
        .getAsInt();
  }

  private void open(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    Settings settings = TestSettings.with(builder -> set.apply(builder.workers(SLOTS)));
    PoolEvents events = new PoolEvents("echo", null);
    life = new Lifecycle(events, settings);
    for (int slot = 0; slot < SLOTS; slot++) {
      slots.get(slot).filledBy(new Parker(lock));
      life.workerOpened();
    }
    Base base = NoPool.base(settings, lock, life, events, () -> true);
    queue = new JobQueue<>(base, owner, idleWorkers, slots, this::takeNewlyStarted);
  }

  private void open(int capacity) {
    open(builder -> builder.queueCapacity(capacity).whenFull(WhenFull.REJECT));
  }

  private long takeNewlyStarted() {
    assertTrue(lock.isHeldByCurrentThread());
    long more = started.get() - startedSeen;
    startedSeen += more;
    return more;
  }

  private <T> T locked(Callable<T> action) {
    lock.lock();
    try {
      return action.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  private void locked(Runnable action) {
    boolean _ =
        locked(() -> {
          action.run();
          return true;
        });
  }

  // What a worker does

  private void start(JobFuture<String, String> future, List<String> jobs) {
    jobs.add(future.job());
    started.incrementAndGet();
    if (queue.submittersWait()) {
      locked(() -> queue.started(takeNewlyStarted()));
    }
  }

  /** Takes and starts up to so many jobs for any worker. */
  private List<String> take(int most) {
    List<String> jobs = new ArrayList<>();
    int taken = queue.take(claimed, most);
    JobFuture<String, String> future;
    while ((future = claimed.startNext()) != null) {
      start(future, jobs);
    }
    assertTrue(jobs.size() <= taken);
    return jobs;
  }

  private List<String> takeAll() {
    List<String> jobs = new ArrayList<>();
    while (queue.hasJobs()) {
      jobs.addAll(take(ClaimedJobs.MOST));
    }
    return jobs;
  }

  private List<String> takeAllOf(int slot) {
    List<String> jobs = new ArrayList<>();
    ClaimedJobs<String, String> its = new ClaimedJobs<>(slot, 1);
    JobFuture<String, String> future;
    while ((future = locked(() -> slots.get(slot).startNext(its))) != null) {
      start(future, jobs);
    }
    return jobs;
  }

  private List<JobFuture<String, String>> submit(int first, int end) {
    return IntStream.range(first, end).mapToObj(i -> queue.submit("" + i)).toList();
  }

  private static List<String> jobs(int first, int end) {
    return IntStream.range(first, end).mapToObj(Integer::toString).toList();
  }

  private void assertFull() {
    assertFalse(locked(queue::hasRoom));
    assertThrows(QueueFullException.class, () -> queue.submit("one too many"));
    assertThrows(QueueFullException.class, () -> queue.submit("one too many", keyOf(1)));
    assertNull(queue.trySubmit("one too many", Duration.ZERO));
  }

  // Order

  @Test
  void jobsAreTakenInTheOrderOfTheirSubmits() {
    open(100);
    assertFalse(queue.hasJobs());
    assertEquals(List.of(), take(9));
    submit(0, 10);
    assertTrue(queue.hasJobs());
    assertEquals(10, queue.depth());
    assertEquals(jobs(0, 3), take(3));
    assertEquals(7, queue.depth());
    assertEquals(jobs(3, 10), takeAll());
    assertEquals(0, queue.depth());
    assertEquals(10, locked(queue::submitted));
  }

  @Test
  void moreJobsThanTheLargestRingHoldsAreTakenInTheOrderOfTheirSubmits() {
    int capacity = 3 * LARGEST_RING + 7;
    open(capacity);
    submit(0, capacity);
    assertEquals(capacity, queue.depth());
    assertEquals(capacity, locked(queue::submitted));
    assertFull();
    assertEquals(jobs(0, capacity), takeAll());
    assertEquals(0, queue.depth());
    submit(0, 10); // and so it goes on
    assertEquals(jobs(0, 10), takeAll());
  }

  @Test
  void laterJobsWaitBehindThoseThatOverflow() {
    open(4 * LARGEST_RING);
    int end = LARGEST_RING + 1_000;
    submit(0, end);
    List<String> taken = new ArrayList<>();
    for (int round = 0; round < 200; round++) {
      taken.addAll(take(ClaimedJobs.MOST)); // so there are places in the ring
      submit(end, end + 100);
      end += 100;
    }
    taken.addAll(takeAll());
    assertEquals(jobs(0, end), taken);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 100, LARGEST_RING, LARGEST_RING + 5_000})
  void eachSubmitterHasItsOrderAndNeverDoMoreJobsWaitThanMay(int capacity) throws Exception {
    open(builder -> builder.queueCapacity(capacity).whenFull(WhenFull.WAIT));
    int each = Math.max(3_000, capacity);
    AtomicLong accepted = new AtomicLong();
    AtomicBoolean failed = new AtomicBoolean();
    List<FutureTask<Long>> submitters = new ArrayList<>();
    for (int name = 0; name < 3; name++) {
      int submitter = name;
      submitters.add(
          start(() -> {
            long most = 0;
            for (int i = 0; i < each && !failed.get(); i++) {
              JobFuture<String, String> _ = queue.submit(submitter + ":" + i);
              long so = accepted.incrementAndGet();
              most = Math.max(most, so - started.get());
            }
            return most;
          }));
    }
    Await.until("the queue is full", () -> accepted.get() == capacity && queue.submittersWait());
    List<String> taken = new ArrayList<>();
    long deadline = System.nanoTime() + SECONDS.toNanos(40);
    try {
      for (int round = 0; taken.size() < 3 * each; round++) {
        assertTrue(System.nanoTime() < deadline, () -> "only " + taken.size());
        taken.addAll(take(1 + round % ClaimedJobs.MOST));
      }
    } finally {
      failed.set(taken.size() < 3 * each);
    }
    for (var submitter : submitters) {
      long most = submitter.get(20, SECONDS);
      assertTrue(most <= capacity, () -> most + " jobs waited");
    }
    for (int name = 0; name < 3; name++) {
      String prefix = name + ":";
      assertEquals(
          jobs(0, each).stream().map(job -> prefix + job).toList(),
          taken.stream().filter(job -> job.startsWith(prefix)).toList());
    }
    assertEquals(0, queue.depth());
    assertFalse(queue.submittersWait());
    assertTrue(owner.endedWaits.get() > 0);
  }

  private static <T> FutureTask<T> start(Callable<T> action) {
    FutureTask<T> task = new FutureTask<>(action);
    Thread _ = Thread.ofPlatform().daemon(true).start(task);
    return task;
  }

  // Room

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, LARGEST_RING - 1, LARGEST_RING, LARGEST_RING + 1})
  void thereIsRoomForSoManyAndForOneMoreWheneverOneIsStarted(int capacity) {
    open(capacity);
    assertTrue(locked(queue::hasRoom));
    submit(0, capacity);
    assertFull();
    for (int i = 0; i < 3; i++) {
      assertEquals(1, take(1).size());
      assertTrue(locked(queue::hasRoom));
      assertNotNull(queue.submit("more"));
      assertFull();
    }
    assertEquals(capacity, takeAll().size());
    submit(0, capacity);
    assertFull();
  }

  @Test
  void whyThereIsNoRoomSaysHowManyJobsWait() {
    open(3);
    submit(0, 3);
    assertEquals(
        "the queue of pool 'echo' is full: 3 jobs wait; raise queueCapacity, or wait with"
            + " WhenFull.WAIT",
        assertThrows(QueueFullException.class, () -> queue.submit("more")).getMessage());
  }

  @Test
  void jobsThatWereTakenButNotStartedTakeRoom() {
    open(2);
    submit(0, 2);
    assertEquals(2, queue.take(claimed, 2));
    assertEquals(0, queue.depth());
    assertFull();
    List<String> jobs = new ArrayList<>();
    start(claimed.startNext(), jobs);
    assertNotNull(queue.submit("more"));
    assertFull();
  }

  @Test
  void aJobForOneSlotTakesRoomAsAnyOther() {
    open(3);
    submit(0, 1);
    assertNotNull(queue.submit("keyed", keyOf(1)));
    submit(1, 2);
    assertFull();
    assertEquals(2, queue.depth(), "of those for any worker");
    assertEquals(3, locked(queue::submitted));
    assertEquals(List.of("keyed"), takeAllOf(1));
    submit(2, 3);
    assertFull();
    assertEquals(jobs(0, 3), takeAll());
    assertEquals(List.of(), takeAllOf(1));
    for (int i = 0; i < 3; i++) {
      assertNotNull(queue.submit("keyed " + i, keyOf(i)));
    }
    assertFull();
  }

  @Test
  void jobsThatAreDealtEvenlyGoToTheSlotsThatHaveWorkersInTurn() {
    open(builder ->
        builder.queueCapacity(6).whenFull(WhenFull.REJECT).distribution(Distribution.EVEN));
    locked(() -> slots.get(1).staysEmpty());
    submit(0, 4);
    assertFalse(queue.hasJobs(), "for any worker");
    assertEquals(List.of("0", "2"), takeAllOf(0));
    assertEquals(List.of(), takeAllOf(1));
    assertEquals(List.of("1", "3"), takeAllOf(2));
    assertEquals(0, locked(() -> queue.deal(4)), "where a bulk call begins");
    submit(4, 6);
    assertEquals(List.of("5"), takeAllOf(0));
    assertEquals(List.of("4"), takeAllOf(2));
    submit(0, 6);
    assertFull();
  }

  @Test
  void whoWaitsForRoomOnlyForATimeGetsNoneWhenNothingIsStarted() {
    open(1);
    submit(0, 1);
    long began = System.nanoTime();
    assertNull(queue.trySubmit("more", Duration.ofMillis(20)));
    assertTrue(System.nanoTime() - began >= 20_000_000);
    assertFalse(queue.submittersWait());
    assertEquals(0, owner.notedWaits.get(), "only a wait without end may be in vain");
    assertEquals(List.of("0"), take(1));
    assertNotNull(queue.trySubmit("more", Duration.ZERO));
  }

  @Test
  void whoWaitsForRoomGetsItWhenAJobIsStarted() throws Exception {
    open(builder -> builder.queueCapacity(1).whenFull(WhenFull.WAIT));
    submit(0, 1);
    var waits = start(() -> queue.submit("more"));
    Await.until("it waits", queue::submittersWait);
    assertEquals(List.of("0"), take(1));
    assertTrue(waits.get(20, SECONDS).isWaiting());
    assertFalse(queue.submittersWait());
    assertTrue(owner.notedWaits.get() > 0);
    assertEquals(1, owner.endedWaits.get());
    assertEquals(List.of("more"), take(1));
  }

  /** The worker has counted, but has not seen that somebody waits. */
  @Test
  void whoWaitsForRoomLooksASecondTimeThoughNobodyTellsIt() throws Exception {
    open(builder -> builder.queueCapacity(1).whenFull(WhenFull.WAIT));
    submit(0, 1);
    assertEquals(1, queue.take(claimed, 1));
    assertNotNull(claimed.startNext());
    JobFuture<String, String> more = queue.future("more");
    var waits =
        start(() ->
            queue.submitUnless(
                () -> {
                  started.set(1); // just after it has looked for room
                  return false;
                },
                more,
                TimedWait.NEVER));
    assertTrue(waits.get(20, SECONDS));
    assertTrue(more.isWaiting());
  }

  @Test
  void whoHasSomethingBetterToDoWaitsNoLonger() throws Exception {
    open(builder -> builder.queueCapacity(1).whenFull(WhenFull.WAIT));
    assertTrue(queue.submitUnless(() -> true, queue.future("0"), TimedWait.NEVER), "there is room");
    AtomicBoolean better = new AtomicBoolean();
    var waits = start(() -> queue.submitUnless(better::get, queue.future("more"), TimedWait.NEVER));
    Await.until("it waits", queue::submittersWait);
    better.set(true);
    queue.wakeSubmitters();
    assertFalse(waits.get(20, SECONDS));
    assertFalse(queue.submittersWait());
    assertEquals(1, owner.endedWaits.get());
    assertEquals(List.of("0"), takeAll());
  }

  // What settles while it waits

  @Test
  void aJobThatIsCancelledMakesRoomAndIsNotStarted() {
    open(3);
    var futures = submit(0, 3);
    assertFalse(queue.mayHoldNothing());
    assertTrue(futures.get(1).cancel(true));
    assertTrue(queue.mayHoldNothing());
    assertEquals(1, locked(queue::settledWaiting));
    submit(3, 4);
    assertFull();
    assertEquals(List.of("0", "2", "3"), takeAll());
  }

  @Test
  void whoWaitsForRoomGetsItWhenAJobIsCancelled() throws Exception {
    open(builder -> builder.queueCapacity(2).whenFull(WhenFull.WAIT));
    var futures = submit(0, 2);
    var waits = start(() -> queue.submit("more"));
    Await.until("it waits", queue::submittersWait);
    assertTrue(futures.getFirst().cancel(true));
    assertTrue(waits.get(20, SECONDS).isWaiting());
    assertEquals(List.of("1", "more"), takeAll());
  }

  @Test
  void cancelledJobsThatOverflowAreSweptOutWhenTheyAreManyAndTheOrderIsKept() {
    int capacity = LARGEST_RING + 4_000;
    open(capacity);
    var futures = submit(0, capacity);
    for (int i = capacity - 1; i >= capacity / 2; i--) {
      assertTrue(futures.get(i).cancel(true));
    }
    assertEquals(LARGEST_RING, queue.depth(), "those that overflow are gone");
    submit(capacity, capacity + 100);
    List<String> expected = new ArrayList<>(jobs(0, capacity / 2));
    expected.addAll(jobs(capacity, capacity + 100));
    assertEquals(expected, takeAll());
  }

  @Test
  void whoSettlesJobsIsToldWhenTheyAreSweptOut() {
    open(1_000);
    var futures = submit(0, 400);
    int settled = 0;
    boolean swept = false;
    while (!swept) {
      assertTrue(futures.get(settled++).endWaiting(JobState.CANCELLED));
      swept = locked(queue::noteSettledWaiting);
    }
    assertEquals(133, settled, "half of the 267 that wait");
    assertEquals(jobs(133, 400), takeAll());
    assertTrue(submit(400, 401).getFirst().endWaiting(JobState.CANCELLED));
    assertFalse(locked(queue::noteSettledWaiting), "but never for a few");
  }

  @Test
  void cancelledJobsForOneSlotAreSweptOutWhenTheyAreMany() {
    open(1_000);
    List<JobFuture<String, String>> futures =
        IntStream.range(0, 200).mapToObj(i -> queue.submit("" + i, keyOf(1))).toList();
    assertTrue(locked(() -> slots.get(1).holds(futures.get(199))));
    for (int i = 199; i >= 100; i--) {
      assertTrue(futures.get(i).cancel(true));
    }
    assertFalse(locked(() -> slots.get(1).holds(futures.get(199))));
    assertTrue(locked(() -> slots.get(1).holds(futures.get(0))));
    assertEquals(jobs(0, 100), takeAllOf(1));
  }

  // What waits again

  private JobFuture<String, String> startOne() {
    assertEquals(1, queue.take(claimed, 1));
    started.incrementAndGet();
    return claimed.startNext();
  }

  private void addAgain(JobFuture<String, String> future, int slot) {
    locked(() -> {
      started.decrementAndGet();
      assertTrue(queue.addAgain(future, slot, _ -> false));
    });
  }

  @Test
  void aJobThatWaitsAgainIsTakenBeforeThoseThatOverflow() {
    int end = LARGEST_RING + 10;
    open(2 * LARGEST_RING);
    submit(0, end);
    var broke = startOne();
    addAgain(broke, SLOT);
    submit(end, end + 1);
    List<String> expected = new ArrayList<>(jobs(1, LARGEST_RING));
    expected.add("0");
    expected.addAll(jobs(LARGEST_RING, end + 1));
    assertEquals(expected, takeAll());
  }

  @Test
  void aJobThatWaitsAgainForItsSlotAloneKeepsItsTurn() {
    open(10);
    List<String> none = new ArrayList<>();
    for (String job : jobs(0, 3)) {
      assertNotNull(queue.submit(job, keyOf(1)));
    }
    ClaimedJobs<String, String> its = new ClaimedJobs<>(1, 1);
    JobFuture<String, String> broke = locked(() -> slots.get(1).startNext(its));
    start(broke, none);
    addAgain(broke, 1);
    assertFalse(queue.hasJobs());
    assertEquals(jobs(0, 3), takeAllOf(1));
  }

  @Test
  void aJobThatWaitsAgainTakesItsRoomAgain() {
    open(3);
    submit(0, 3);
    addAgain(startOne(), SLOT);
    assertFull();
    assertEquals(3, takeAll().size());
    submit(0, 3);
    assertFull();
  }

  /** Every job waits again once, so that it overflows, while there are permits for others. */
  @Test
  @Tag("long")
  void noJobIsLostWhenSomeWaitAgainWhileOthersAreSubmitted() throws Exception {
    open(builder -> builder.queueCapacity(1_000).whenFull(WhenFull.WAIT));
    int jobs = 300_000;
    AtomicBoolean failed = new AtomicBoolean();
    var submitter =
        start(() -> {
          for (int i = 0; i < jobs && !failed.get(); i++) {
            assertNotNull(queue.submit("" + i));
            for (int spins = 0; spins < 20; spins++) { // so that the worker finds the ring empty
              Thread.onSpinWait();
            }
          }
          return true;
        });
    Set<JobFuture<String, String>> again = new HashSet<>();
    int done = 0;
    long deadline = System.nanoTime() + SECONDS.toNanos(20);
    try {
      while (done < jobs) {
        int soFar = done;
        assertTrue(System.nanoTime() < deadline, () -> "only " + soFar + " of " + jobs);
        int _ = queue.take(claimed, 1);
        JobFuture<String, String> future = claimed.startNext();
        if (future == null) {
          continue;
        }
        started.incrementAndGet();
        if (queue.submittersWait()) {
          locked(() -> queue.started(takeNewlyStarted()));
        }
        if (again.remove(future)) {
          done++;
        } else {
          again.add(future);
          addAgain(future, SLOT);
        }
      }
    } finally {
      failed.set(done < jobs);
    }
    assertTrue(submitter.get(20, SECONDS));
    assertEquals(0, queue.depth());
    assertEquals(jobs, locked(queue::submitted));
  }

  // Broadcasts

  @Test
  void aBroadcastIsNextOnTheSlotsThatAreMeantAndTakesNoRoom() {
    open(2);
    submit(0, 1);
    assertNotNull(queue.trySubmit("keyed", keyOf(0), Duration.ZERO));
    assertFull();
    Parker any = asleep();
    locked(() -> slots.get(2).filledBy(any));
    var futures = queue.broadcast("all", slot -> slot != 1);
    assertFalse(idleWorkers.anySleeps());
    assertEquals(SLOTS, futures.size());
    assertNull(futures.get(1));
    assertTrue(futures.getFirst().isWaiting());
    assertFull();
    assertEquals(List.of("0"), take(1));
    submit(1, 2);
    assertFull();
    assertEquals(5, locked(queue::submitted));
    assertEquals(List.of("all", "keyed"), takeAllOf(0));
    assertEquals(List.of(), takeAllOf(1));
    assertEquals(List.of("all"), takeAllOf(2));
    queue.broadcastEnded();
    submit(2, 3);
    assertFull();
    assertEquals(List.of("1", "2"), takeAll());
  }

  // The end

  private List<String> drain() {
    List<String> drained = new ArrayList<>();
    while (!locked(() -> queue.takeOut(future -> drained.add(future.job()), 1_000))) {
      assertEquals(0, drained.size() % 1_000, "as many as may be, but for the last");
    }
    return drained;
  }

  /** While two ran, others were let in for them. */
  @ParameterizedTest
  @EnumSource
  void whatWaitsAgainTakesTheRoomThatOthersWereToHave(Again again) {
    open(5);
    submit(0, 3);
    assertNotNull(queue.submit("keyed", keyOf(SLOT)));
    submit(3, 4);
    List<JobFuture<String, String>> running = List.of(startOne(), startOne());
    var keyed =
        (KeyedFuture<String, String>) locked(() -> slots.get(SLOT).startNext(claimed, _ -> true));
    started.incrementAndGet();
    submit(4, 5);
    boolean isSetAside = again == Again.SET_ASIDE;
    locked(() -> {
      for (JobFuture<String, String> future : isSetAside ? List.of(keyed) : running) {
        started.decrementAndGet();
        switch (again) {
          case FOR_ANY -> assertTrue(queue.addAgain(future, SLOT, _ -> false));
          case ALONE -> assertTrue(queue.addSolo(future, SLOT));
          case FIRST_FOR_ANY -> {
            assertTrue(future.waitAgain(SLOT));
            queue.addFirst(future, ANY);
          }
          case FIRST_FOR_ITS_SLOT -> {
            assertTrue(future.waitAgain(SLOT));
            queue.addFirst(future, SLOT);
          }
          case SET_ASIDE -> assertTrue(queue.setAside(keyed, SLOT, _ -> false));
        }
      }
      queue.started(takeNewlyStarted());
    });
    submit(5, isSetAside ? 6 : 5);
    assertFull();
    List<String> all = takeAll();
    all.addAll(takeAllOf(SLOT));
    assertEquals(5, all.size());
  }

  enum Again {
    FOR_ANY,
    ALONE,
    FIRST_FOR_ANY,
    FIRST_FOR_ITS_SLOT,
    SET_ASIDE
  }

  @Test
  void whatHadSettledDoesNotWaitAgain() {
    open(5);
    submit(0, 1);
    JobFuture<String, String> cancelled = startOne();
    assertTrue(cancelled.cancelRun(SLOT));
    assertFalse(locked(() -> queue.addSolo(cancelled, SLOT)));
    assertNotNull(queue.submit("keyed", keyOf(SLOT)));
    var keyed = (KeyedFuture<String, String>) locked(() -> slots.get(SLOT).startNext(claimed));
    assertTrue(keyed.cancelRun(SLOT));
    assertFalse(locked(() -> queue.setAside(keyed, SLOT, _ -> false)));
    assertEquals(List.of(), takeAllOf(SLOT));
    assertFalse(queue.hasJobs());
  }

  /** As a job does that has waited for its next try. */
  @Test
  void whatIsPutFirstComesBeforeWhatOverflowsAndWakesAWorker() {
    open(10);
    submit(0, 2);
    Parker any = asleep();
    locked(() -> queue.addFirst(queue.future("first"), ANY));
    assertFalse(idleWorkers.anySleeps());
    submit(2, 3);
    assertEquals(List.of("0", "1", "first", "2"), takeAll());
    assertNotNull(queue.submit("second", keyOf(SLOT)));
    locked(() -> {
      idleWorkers.add(any, false);
      slots.get(SLOT).filledBy(any);
      queue.addFirst(queue.future("first"), SLOT);
    });
    assertFalse(idleWorkers.anySleeps());
    assertFalse(queue.hasJobs(), "for any worker");
    assertEquals(List.of("first", "second"), takeAllOf(SLOT));
  }

  private Parker asleep() {
    Parker parker = new Parker(lock);
    locked(() -> idleWorkers.add(parker, false));
    return parker;
  }

  @Test
  void whatTheWorkerOfASlotWasToDoNextIsForAllWhenItLeaves() {
    open(10);
    submit(0, 1);
    JobFuture<String, String> rolledBack = startOne();
    assertTrue(locked(() -> queue.addSolo(rolledBack, SLOT)));
    assertNotNull(queue.broadcast("all", slot -> slot == SLOT).get(SLOT));
    submit(1, 2);
    Parker _ = asleep();
    locked(() -> queue.workerLeft(SLOT));
    assertFalse(idleWorkers.anySleeps());
    submit(2, 3);
    assertEquals(List.of("1", "0", "2"), takeAll());
    assertEquals(List.of("all"), takeAllOf(SLOT), "which is for this slot alone");
    Parker _ = asleep();
    locked(() -> queue.workerLeft(SLOT));
    assertTrue(idleWorkers.anySleeps(), "there is nothing to do");
  }

  @Test
  void whatWasDealtToASlotStaysThereWhenItsWorkerLeaves() {
    open(builder -> builder.queueCapacity(6).distribution(Distribution.EVEN));
    submit(0, 1);
    JobFuture<String, String> rolledBack = locked(() -> slots.get(SLOT).startNext(claimed));
    assertTrue(locked(() -> queue.addSolo(rolledBack, SLOT)));
    locked(() -> queue.workerLeft(SLOT));
    assertFalse(queue.hasJobs());
    assertEquals(List.of("0"), takeAllOf(SLOT));
  }

  @Test
  void aJobThatIsToBeDoneAloneComesFirstAndThenAllTakeTurnsAgain() {
    open(3);
    submit(0, 1);
    JobFuture<String, String> rolledBack = startOne();
    assertNotNull(queue.submit("keyed", keyOf(SLOT)));
    assertTrue(locked(() -> queue.addSolo(rolledBack, SLOT)));
    SlotQueue<String, String> own = slots.get(SLOT);
    assertTrue(own.hasSolo());
    assertSame(rolledBack, locked(() -> own.startNext(claimed)));
    assertTrue(own.startedSolo(rolledBack));
    assertFalse(own.hasSolo());
    assertTrue(own.mayHaveWork());
  }

  @Test
  void aJobOfAHeldKeyWaitsAgainBehindWhatIsToPrecedeIt() {
    open(10);
    for (String job : List.of("first", "second", "cancelled", "third")) {
      assertNotNull(queue.submit(job, keyOf(SLOT)));
    }
    SlotQueue<String, String> own = slots.get(SLOT);
    List<JobFuture<String, String>> started = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      started.add(locked(() -> own.startNext(claimed)));
    }
    var first = (KeyedFuture<String, String>) started.getFirst();
    assertTrue(locked(() -> queue.setAside(first, SLOT, _ -> false)));
    JobFuture<String, String> cancelled = started.getLast();
    assertTrue(cancelled.cancelRun(SLOT));
    assertFalse(locked(() -> queue.addAgain(cancelled, SLOT, first::equals)));
    assertTrue(locked(() -> queue.addAgain(started.get(1), SLOT, first::equals)));
    assertEquals(List.of("first", "second", "third"), takeAllOf(SLOT));
  }

  @Test
  void aJobThatHadSettledDoesNotWaitAgain() {
    open(3);
    submit(0, 1);
    JobFuture<String, String> cancelled = startOne();
    assertTrue(cancelled.cancelRun(SLOT));
    assertFalse(locked(() -> queue.addAgain(cancelled, SLOT, _ -> false)));
    assertFalse(queue.hasJobs());
    assertEquals(List.of(), drain());
  }

  @Test
  void allThatWaitsIsDrained() {
    int capacity = LARGEST_RING + 100;
    open(capacity);
    submit(0, capacity - 2);
    assertNotNull(queue.submit("keyed 0", keyOf(0)));
    assertNotNull(queue.submit("keyed 2", keyOf(2)));
    List<String> expected = new ArrayList<>(jobs(0, capacity - 2));
    expected.add("keyed 0");
    expected.add("keyed 2");
    assertEquals(expected, drain());
    assertFalse(queue.hasJobs());
    assertEquals(0, queue.depth());
    assertEquals(List.of(), drain());
    assertEquals(capacity, locked(queue::submitted));
  }

  @Test
  void noMoreIsTakenOutThanIsAskedFor() {
    open(100);
    submit(0, 5);
    for (String job : List.of("keyed 0", "keyed 1", "keyed 2")) {
      assertNotNull(queue.submit(job, keyOf(1)));
    }
    List<String> out = new ArrayList<>();
    assertFalse(locked(() -> queue.takeOut(future -> out.add(future.job()), 3)));
    assertEquals(jobs(0, 3), out);
    assertFalse(locked(() -> queue.takeOut(future -> out.add(future.job()), 3)));
    assertEquals("keyed 0", out.getLast());
    assertFalse(locked(() -> queue.takeOut(future -> out.add(future.job()), 2)));
    assertEquals(8, out.size());
    assertTrue(locked(() -> queue.takeOut(future -> out.add(future.job()), 1)));
    assertEquals(8, out.size());
  }

  @Test
  void nothingIsAcceptedOnceThePoolCloses() throws Exception {
    open(builder -> builder.queueCapacity(2).whenFull(WhenFull.WAIT));
    submit(0, 2);
    var waits = start(() -> queue.submit("more"));
    Await.until("it waits", queue::submittersWait);
    locked(() -> {
      assertTrue(life.beginClosing());
      queue.takeSlowPath();
    });
    assertSame(
        PoolClosedException.class,
        assertThrows(ExecutionException.class, () -> waits.get(20, SECONDS)).getCause().getClass());
    assertEquals(jobs(0, 2), takeAll(), "what was accepted is done");
    assertThrows(PoolClosedException.class, () -> queue.submit("more"));
    assertThrows(PoolClosedException.class, () -> queue.submit("more", keyOf(1)));
    assertThrows(PoolClosedException.class, () -> queue.trySubmit("more", Duration.ofHours(1)));
    assertEquals(2, locked(queue::submitted));
  }

  @Test
  void nothingIsAcceptedOnceThePoolClosesThoughThereWasRoom() {
    open(100);
    submit(0, 1);
    locked(() -> {
      assertTrue(life.beginClosing());
      queue.takeSlowPath();
    });
    assertEquals(
        "pool 'echo' is closing: no job is accepted",
        assertThrows(PoolClosedException.class, () -> queue.submit("more")).getMessage());
    assertEquals(jobs(0, 1), drain());
  }

  @Test
  void aBrokenPoolAcceptsAllAndItsOwnerIsToldOfEach() {
    open(2);
    submit(0, 2);
    assertFull();
    owner.accepted.clear();
    locked(() -> {
      for (int slot = 0; slot < SLOTS; slot++) {
        life.workerLeft();
      }
      life.breaks(new PoolBrokenException("no worker", null));
      queue.takeSlowPath();
    });
    submit(2, 4);
    assertNotNull(queue.submit("keyed", keyOf(1)));
    assertEquals(List.of(ANY, ANY, 1), List.copyOf(owner.accepted));
    assertEquals(List.of("0", "1", "2", "3", "keyed"), drain());
  }

  @Test
  void aSubmitWakesAWorkerThatSleeps() {
    open(10);
    Parker any = new Parker(lock);
    locked(() -> idleWorkers.add(any, false));
    submit(0, 1); // the slow path
    assertTrue(locked(() -> any.sleep(0)));
    locked(() -> {
      if (any.endsSearch()) {
        idleWorkers.endSearch();
      }
      idleWorkers.add(any, false);
    });
    submit(1, 2); // the fast path
    assertTrue(locked(() -> any.sleep(0)));
    locked(() -> {
      if (any.endsSearch()) {
        idleWorkers.endSearch();
      }
      idleWorkers.add(any, false);
      slots.get(1).filledBy(any);
    });
    assertNotNull(queue.submit("keyed", keyOf(2)));
    assertFalse(locked(() -> any.sleep(0)), "that is for another");
    assertNotNull(queue.submit("keyed", keyOf(1)));
    assertTrue(locked(() -> any.sleep(0)));
  }
}
