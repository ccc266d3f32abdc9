package pool.core.internal.supervise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Await;
import pool.core.CloseReport;
import pool.core.LogLines;
import pool.core.PoolBrokenException;
import pool.core.PoolState;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.SlotQueue;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerThread;

/** What becomes of workers that do not come back, and of their slots. */
@Timeout(60)
class WorkerAbandonmentTest {

  private static final int KEY = 0; // which only the slot of a pool of one has

  private final AtomicInteger ended = new AtomicInteger();
  private Unopened pool;
  private WorkerAbandonment<String, String> abandonment;

  @BeforeEach
  void ofTwoSlots() {
    open(2);
  }

  private void open(int workers) {
    pool = new Unopened(builder -> builder.workers(workers));
    abandonment =
        new WorkerAbandonment<>(
            pool.base,
            pool.slots,
            pool.settler,
            pool.filler,
            new WorkerWaits<>(pool.base, pool.slots, pool.queue, pool.delayed, pool.settler),
            ended::incrementAndGet);
    pool.underLock(() -> pool.base.life().threadsStart(workers));
    pool.openAll();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    pool.helperExecutor.close();
    pool.helperExecutor.awaitEnd(System.nanoTime());
    Await.noThreadOf("echo");
  }

  private WorkerThread<String, String> worker(int slot) {
    return pool.thread(slot);
  }

  private SlotQueue<String, String> slotQueue(int slot) {
    return pool.slots.queues().get(slot);
  }

  private void assertLiving(int threads) {
    pool.underLock(() -> assertEquals(threads, pool.base.life().living()));
  }

  private List<CloseReport.Abandoned> reported() {
    try (var _ = pool.base.hold()) {
      return pool.base.report().report(pool.counters.counts(), Duration.ZERO).abandoned();
    }
  }

  private static void starts(WorkerThread<String, String> worker, JobFuture<String, String> job) {
    assertTrue(worker.claimed().start(job));
  }

  /** Its run goes on, though its job has settled. */
  private void runsSettled(WorkerThread<String, String> worker, JobFuture<String, String> job) {
    starts(worker, job);
    assertTrue(pool.settler.settleCancelled(job, false));
    assertSame(job, worker.runner().settled());
  }

  /** What is said as the supervisor abandons a worker that hangs. */
  private List<String> abandonAndReplace(int slot) {
    List<String> said = new ArrayList<>();
    LogLines.during(
        Level.WARN,
        line -> said.add(line.getFormattedMessage()),
        () ->
            abandonment.abandonAndReplace(
                worker(slot),
                () -> {
                  assertTrue(pool.base.lock().isHeldByCurrentThread());
                  return true;
                }));
    return said;
  }

  // The supervisor

  @Test
  void aWorkerThatHangsIsReplaced() {
    WorkerThread<String, String> hanging = worker(0);
    List<String> said = abandonAndReplace(0);
    WorkerThread<String, String> next = worker(0);
    assertTrue(hanging.isGone());
    assertNotSame(hanging, next);
    assertFalse(next.isGone());
    assertNotEquals(Thread.State.NEW, next.thread().getState());
    assertFalse(slotQueue(0).isEmptySlot());
    assertEquals(PoolState.DEGRADED, pool.state());
    assertLiving(2);
    assertEquals(0, ended.get());
    assertEquals(1, said.size());
    assertTrue(
        said.getFirst()
            .startsWith("echo-0 did not come back and was abandoned and replaced; it is at"),
        said::toString);
    assertFalse(worker(1).isGone());
  }

  @Test
  void itsSuccessorHasWhatItHadTaken() {
    JobFuture<String, String> taken = pool.queue.submit("taken");
    assertEquals(1, pool.queue.take(worker(0).claimed(), 1));
    var _ = abandonAndReplace(0);
    assertSame(taken, worker(0).claimed().startNext());
  }

  private void assertIsLeftAlone(WorkerThread<String, String> worker) {
    assertSame(worker, worker(0));
    assertFalse(worker.isGone());
    assertFalse(slotQueue(0).isEmptySlot());
    assertEquals(List.of(), reported());
    assertLiving(2);
    assertEquals(0, ended.get());
  }

  @Test
  void aWorkerThatHangsNoMoreIsLeftAlone() {
    abandonment.abandonAndReplace(worker(0), () -> false);
    assertIsLeftAlone(worker(0));
    assertEquals(PoolState.OPEN, pool.state());
  }

  @Test
  void aWorkerThatHasEndedIsLeftAlone() {
    pool.becomes(0, Phase.CLOSED);
    assertEquals(List.of(), abandonAndReplace(0));
    assertIsLeftAlone(worker(0));
  }

  @Test
  void onceThePoolIsStoppedWorkersAreLeftToTheCloser() {
    pool.stop();
    assertEquals(List.of(), abandonAndReplace(0));
    assertIsLeftAlone(worker(0));
  }

  @Test
  void theReportSaysWhomWhatItRanAndWhere() {
    runsSettled(worker(1), pool.queue.submit("job"));
    var _ = abandonAndReplace(0);
    var _ = abandonAndReplace(1);
    assertEquals(
        List.of(
            new CloseReport.Abandoned("echo-0", Optional.empty(), List.of()),
            new CloseReport.Abandoned("echo-1", Optional.of("job"), List.of())),
        reported());
  }

  @Test
  void threadsAreReplacedAsOftenAsThereAreSlots() {
    for (int i = 0; i < 2; i++) {
      var _ = abandonAndReplace(0);
      assertFalse(worker(0).isGone());
      assertEquals(0, ended.get());
    }
    assertSaysThatItStaysEmpty(abandonAndReplace(0));
    assertLiving(1);
    assertSaysThatItStaysEmpty(abandonAndReplace(1));
    assertLiving(0);
  }

  private void assertSaysThatItStaysEmpty(List<String> said) {
    assertEquals(1, said.size());
    assertTrue(said.getFirst().contains(" and was abandoned, its slot stays empty; it is at"));
  }

  @Test
  void whatWaitsForASlotThatStaysEmptyFails() {
    open(1);
    JobFuture<String, String> future = pool.queue.submit("job", KEY);
    var _ = abandonAndReplace(0);
    assertTrue(future.isWaiting());
    WorkerThread<String, String> last = worker(0);
    var _ = abandonAndReplace(0);
    assertSame(last, worker(0));
    assertTrue(slotQueue(0).isEmptySlot());
    assertEquals(1, ended.get());
    assertEmptyCause(future);
  }

  private static void assertEmptyCause(JobFuture<String, String> future) {
    Await.until("it is completed", future::isDone);
    PoolBrokenException cause = assertInstanceOf(PoolBrokenException.class, future.exceptionNow());
    assertEquals(
        "echo-0 of pool 'echo' was abandoned, its slot stays empty, and nobody else can do the job",
        cause.getMessage());
  }

  @Test
  void aSlotStaysEmptyWhenThePoolNeedsNoOtherWorker() {
    pool.close();
    assertSaysThatItStaysEmpty(abandonAndReplace(0));
    assertTrue(worker(0).isGone());
    assertLiving(1);
  }

  @Test
  void aWorkerIsReplacedAsThePoolDrainsWhileJobsWait() {
    var _ = pool.queue.submit("job");
    pool.close();
    var _ = abandonAndReplace(0);
    assertFalse(worker(0).isGone());
    assertLiving(2);
  }

  @Test
  void theKeyOfWhatItRunsIsHeldUntilItComesBack() {
    open(1);
    runsSettled(worker(0), pool.queue.submit("job", KEY));
    List<String> said = abandonAndReplace(0);
    assertTrue(slotQueue(0).holdsKeys());
    String wait = " and replaced; jobs of its key wait until it comes back; it is at";
    assertTrue(said.getFirst().contains(wait), said::toString);
  }

  @Test
  void noKeyIsHeldOnceThePoolCloses() {
    open(1);
    runsSettled(worker(0), pool.queue.submit("job", KEY));
    var _ = pool.queue.submit("waits");
    pool.close();
    List<String> said = abandonAndReplace(0);
    assertFalse(slotQueue(0).holdsKeys());
    assertTrue(said.getFirst().contains(" and replaced; it is at"), said::toString);
  }

  // Submitters

  @Test
  void whatIsAcceptedForASlotThatStaysEmptyFails() {
    open(1);
    var _ = abandonAndReplace(0);
    JobFuture<String, String> waits = pool.queue.submit("waits", KEY);
    abandonment.failIfEmpty(pool.slots.getFirst());
    assertTrue(waits.isWaiting());
    var _ = abandonAndReplace(0);
    assertTrue(worker(0).isGone());
    JobFuture<String, String> late = pool.queue.submit("late", KEY);
    assertTrue(late.isWaiting());
    abandonment.failIfEmpty(pool.slots.getFirst());
    assertEmptyCause(late);
  }

  // Closers

  @Test
  void closersAbandonThoseThatAreMeant() {
    abandonment.abandonAll(worker(1)::equals);
    assertFalse(worker(0).isGone());
    assertTrue(worker(1).isGone());
    assertFalse(slotQueue(0).isEmptySlot());
    assertTrue(slotQueue(1).isEmptySlot());
    assertLiving(1);
    assertEquals(1, ended.get());
    assertEquals(List.of("echo-1"), reportedNames());
    abandonment.abandonAll(_ -> true);
    assertTrue(worker(0).isGone());
    assertLiving(0);
    assertEquals(2, ended.get());
    assertEquals(List.of("echo-1", "echo-0"), reportedNames());
  }

  private List<String> reportedNames() {
    return reported().stream().map(CloseReport.Abandoned::worker).toList();
  }

  @Test
  void closersLeaveThoseAloneThatHaveEnded() {
    pool.becomes(0, Phase.CLOSED);
    abandonment.abandonAll(worker -> {
      assertSame(worker(1), worker);
      pool.becomes(1, Phase.CLOSED); // as it may at the last moment
      return true;
    });
    assertEquals(List.of(), reported());
    assertLiving(2);
    assertEquals(1, ended.get());
  }

  @Test
  void closersCancelWhatAnAbandonedWorkerRuns() {
    JobFuture<String, String> future = pool.queue.submit("job");
    starts(worker(0), future);
    abandonment.abandonAll(_ -> true);
    Await.until("it is completed", future::isDone);
    assertTrue(future.isCancelled());
    assertEquals(Optional.of("job"), reported().getFirst().job());
  }
}
