package pool.core.internal.worker;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.Await;
import pool.core.Outcome;
import pool.core.PoolListener;
import pool.core.PoolState;
import pool.core.ReplaceReason;
import pool.core.ThreadKind;
import pool.core.WorkerPool;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.job.JobFuture;
import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.NotingWorker.Hook;
import pool.core.internal.worker.WorkerPhase.Phase;

/** The life of a worker's thread, on the thread of the test, and with a host that is told what. */
@Timeout(60)
class WorkerThreadTest {

  private static final Worker<String, String> ECHO = job -> job;
  private static final Duration IDLE = Duration.ofSeconds(1);

  private final NotingWorker worker = new NotingWorker(); // each that is opened
  private final Host host = new Host();
  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkerPool.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final @Nullable ClassLoader loader = Thread.currentThread().getContextClassLoader();
  private final IllegalStateException bug = new IllegalStateException("the pool's own");
  private final OutOfMemoryError none = new OutOfMemoryError("none left");
  private final AtomicInteger reads = new AtomicInteger(); // of an option
  private Hook onOpen = () -> {};
  private Threadless pool = pool(builder -> builder);
  private WorkerThread<String, String> thread = pool.thread(0);

  /**
   * Makes a pool of one slot, whose thread has opened no worker. One that idles though it should
   * have ended is pinged, which stops it, so that a test fails at once.
   */
  private Threadless pool(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    worker.onPing = this::stops;
    worker.onTooMany = this::stops;
    pool = new Threadless(builder -> set.apply(builder.workers(1).pingInterval(IDLE)));
    Slot<String, String> slot = pool.slots.getFirst();
    WorkerParts<String, String> parts =
        new WorkerParts<>(pool.base, pool.dispatcher, pool.settler, pool.retries, host);
    pool.underLock(() -> {
      pool.thread(0).left();
      slot.setSource(source());
      slot.fill(new WorkerThread<>(parts, slot));
    });
    thread = pool.thread(0);
    return pool;
  }

  private WorkerSource<String, String> source() {
    return WorkerSource.of(
        WorkerFactory.of("echo", String.class, String.class, this::open), OptionValues.NONE);
  }

  private NotingWorker open(WorkerContext context) throws Exception {
    worker.note("open");
    onOpen.run();
    return worker;
  }

  /** Whoever fills the slot. */
  private final class Host implements WorkerHost<String, String> {

    boolean wantsPing;
    boolean takesOpened = true;
    int retries; // that it has made
    int others; // workers that it wants after the first
    Runnable onOpens = () -> {};
    Runnable onOpened = () -> {};
    Runnable onOpenFailed = () -> {};
    Runnable onLeft = () -> {};
    Runnable onEnded = () -> {};

    @Override
    public WorkerSource<String, String> opens(WorkerThread<String, String> asks) {
      worker.note("opens?");
      onOpens.run();
      pool.underLock(() -> asks.beginsToOpen(asks.slot().source()));
      return asks.slot().source();
    }

    @Override
    public boolean wantsPing(
        WorkerThread<String, String> asks, WorkerSource<String, String> source) {
      if (Thread.currentThread().isInterrupted()) {
        worker.note("ping?");
      }
      return wantsPing;
    }

    @Override
    public boolean opened(
        WorkerThread<String, String> asks,
        Worker<String, String> ready,
        WorkerSource<String, String> source) {
      worker.note("opened");
      if (takesOpened) {
        pool.underLock(() -> asks.opened(ready));
      }
      onOpened.run();
      return takesOpened;
    }

    @Override
    public void openFailed(
        WorkerThread<String, String> asks, WorkerSource<String, String> source, Throwable cause) {
      worker.note("failed: " + cause.getMessage());
      onOpenFailed.run();
    }

    @Override
    public boolean awaitRetry(WorkerThread<String, String> asks) {
      worker.note("retry?");
      return --retries >= 0;
    }

    @Override
    public void left(WorkerThread<String, String> asks) {
      worker.note("left");
      onLeft.run();
      pool.underLock(asks::left);
    }

    @Override
    public boolean wantsAnother(WorkerThread<String, String> asks) {
      worker.note("another?");
      return --others >= 0;
    }

    @Override
    public void ended(WorkerThread<String, String> asks) {
      worker.note("ended");
      onEnded.run();
    }
  }

  /** Hears what becomes of workers, on a thread of its own. */
  private final class Listening implements PoolListener {

    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch end = new CountDownLatch(1);

    @Override
    public void workerReplaced(String name, Instant at, ReplaceReason why) {
      told.add(name + " " + why);
    }

    @Override
    public void workerBroke(String name, Instant at, Throwable cause) {
      told.add(name + ": " + cause.getMessage());
    }

    @Override
    public void stateChanged(PoolState state, Instant at) {
      if (state == PoolState.CLOSED) {
        end.countDown();
      }
    }

    /** All that it was told, once nothing more is. */
    List<String> told() throws InterruptedException {
      pool.underLock(pool.base.life()::closed);
      assertTrue(end.await(20, SECONDS));
      return told;
    }
  }

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(log);
  }

  @AfterEach
  void leaveNothingOnTheThread() {
    logger.detachAppender(log);
    logger.setLevel(null);
    MDC.remove("worker");
    Thread.currentThread().setContextClassLoader(loader);
    assertFalse(Thread.interrupted());
  }

  private void closes() {
    pool.underLock(() -> {
      boolean _ = pool.base.life().beginClosing();
    });
  }

  private void stops() {
    pool.underLock(() -> {
      boolean _ = pool.base.life().beginClosing();
      boolean _ = pool.base.life().stop();
    });
  }

  private void lives(String... expected) {
    thread.run();
    assertEquals(List.of(expected), worker.calls);
  }

  private boolean hasLogged(Level level, String start) {
    return log.list.stream()
        .anyMatch(line -> line.getLevel() == level && line.getFormattedMessage().startsWith(start));
  }

  private static void interrupt() {
    Thread.currentThread().interrupt();
  }

  // One worker

  @Test
  void itOpensAWorkerRunsWhatThereIsAndLetsItFinishWhenThePoolIsDrained() {
    JobFuture<String, String> job = pool.submit("a");
    closes();
    lives("opens?", "open", "opened", "run a", "finish", "close", "ended");
    assertEquals("a", job.join());
    assertTrue(hasLogged(Level.DEBUG, "echo-0 opened in "));
  }

  @Test
  void whenThePoolIsStoppedItsWorkerClosesWithoutFinishing() {
    JobFuture<String, String> _ = pool.submit("a");
    worker.onRun = this::stops;
    lives("opens?", "open", "opened", "run a", "close", "ended");
  }

  @Test
  void whenThePoolIsStoppedBeforeItOpensNothing() {
    stops();
    lives("ended");
  }

  @Test
  void howLongItsWorkersTookToOpenIsReported() {
    closes();
    worker.onClose = () -> worker.note(report() + " when it closes");
    lives(
        "opens?",
        "open",
        "opened",
        "finish",
        "close",
        "1 opened by echo-0 when it closes",
        "ended");
  }

  private String report() {
    return pool.base.report().report(pool.counts(), Duration.ZERO).workers().stream()
        .map(times -> times.opened() + " opened by " + times.worker())
        .findFirst()
        .orElse("none opened");
  }

  @Test
  void theLogOfItsWorkerNamesIt() {
    onOpen = () -> worker.note("as " + MDC.get("worker"));
    stopsWhenOpened();
    lives("opens?", "open", "as echo-0", "opened", "close", "ended");
  }

  private void stopsWhenOpened() {
    host.onOpened = this::stops;
  }

  @Test
  void codeThatItCallsRunsForThePool() {
    onOpen =
        () -> {
          assertTrue(WorkerThread.runsFor(pool.base.lock()));
          assertFalse(WorkerThread.runsFor(new Threadless(builder -> builder).base.lock()));
          assertNull(WorkerThread.current(pool.base.lock()), "a thread of the test");
        };
    stopsWhenOpened();
    lives("opens?", "open", "opened", "close", "ended");
    assertFalse(WorkerThread.runsFor(pool.base.lock()));
    assertNull(WorkerThread.current(pool.base.lock()));
  }

  @Test
  void onItsOwnThreadItIsTheCurrentOne() throws Exception {
    List<@Nullable Object> current = new ArrayList<>();
    onOpen = () -> current.add(WorkerThread.current(pool.base.lock()));
    stopsWhenOpened();
    thread.thread().start();
    thread.thread().join();
    assertEquals(List.of(thread), current);
  }

  // Openings

  @Test
  void whatFailsToOpenIsTriedAgainWhenTheHostSaysSo() {
    onOpen =
        () -> {
          throw new IllegalStateException("no " + host.retries);
        };
    host.retries = 1;
    lives(
        "opens?",
        "open",
        "failed: no 1",
        "retry?",
        "opens?",
        "open",
        "failed: no 0",
        "retry?",
        "ended");
  }

  @Test
  void noFlagThatIsLeftByAnOpeningReachesThePingOrTheWorker() {
    onOpen = WorkerThreadTest::interrupt;
    worker.onPing = WorkerThreadTest::interrupt;
    host.wantsPing = true;
    stopsWhenOpened();
    lives("opens?", "open", "ping", "opened", "close", "ended");
  }

  @Test
  void noFlagThatIsLeftByWhatAnOpeningHasThrownReachesTheNext() {
    onOpen =
        () -> {
          throw new IllegalStateException("no");
        };
    host.onOpenFailed = WorkerThreadTest::interrupt; // it asks the exception for its text
    lives("opens?", "open", "failed: no", "retry?", "ended");
  }

  @Test
  void aWorkerThatDoesNotAnswerItsFirstPingClosesAndCountsAsNotOpened() {
    host.wantsPing = true;
    worker.onPing =
        () -> {
          interrupt();
          throw new IllegalStateException("dead");
        };
    lives("opens?", "open", "ping", "failed: dead", "close", "retry?", "ended");
    assertEquals(0, thread.openedCount());
  }

  @Test
  void aWorkerThatComesTooLateFromAnOldSourceFinishesAndCloses() {
    host.takesOpened = false;
    lives("opens?", "open", "opened", "finish", "close", "retry?", "ended");
  }

  // The next worker

  @Test
  void aWorkerThatHasDoneItsJobsMakesPlaceForTheNext() {
    Threadless _ = pool(builder -> builder.maxJobsPerWorker(1));
    JobFuture<String, String> _ = pool.submit("a");
    JobFuture<String, String> b = pool.submit("b");
    host.others = 1;
    lives(
        "opens?",
        "open",
        "opened",
        "run a",
        "left",
        "finish",
        "close",
        "another?", //
        "opens?",
        "open",
        "opened",
        "run b",
        "left",
        "finish",
        "close",
        "another?",
        "ended");
    assertEquals("b", b.join());
    assertEquals(2, thread.openedCount());
  }

  @Test
  void aWorkerThatBreaksClosesWithoutFinishing() {
    JobFuture<String, String> _ = pool.submit("a");
    worker.onRun =
        () -> {
          throw new WorkerBrokenException("kaput");
        };
    lives("opens?", "open", "opened", "run a", "left", "close", "another?", "ended");
    assertTrue(hasLogged(Level.WARN, "echo-0 broke: "));
  }

  @Test
  void aWorkerOfAnOldSourceFinishesAndItsSlotStaysFilled() {
    JobFuture<String, String> _ = pool.submit("a");
    worker.onRun = () -> pool.underLock(() -> pool.slots.getFirst().setSource(source()));
    lives("opens?", "open", "opened", "run a", "finish", "close", "another?", "ended");
    assertEquals(PoolState.OPEN, pool.base.life().state());
  }

  @Test
  void anIdleWorkerLeavesWhenItsSlotIsToHaveWorkersOfAnotherSource() throws Exception {
    Thread idles = Thread.currentThread();
    Thread other =
        Thread.ofPlatform()
            .start(() -> {
              Await.until(
                  "it idles",
                  () ->
                      thread.phase().is(Phase.SERVING)
                          && idles.getState() == Thread.State.TIMED_WAITING);
              pool.underLock(() -> {
                pool.slots.getFirst().setSource(source());
                pool.idleWorkers.wake(thread.parker());
              });
            });
    lives("opens?", "open", "opened", "finish", "close", "another?", "ended");
    other.join();
  }

  @Test
  void anAbandonedThreadOnlyClosesItsWorkerWhenItComesBack() {
    JobFuture<String, String> job = pool.submit("a");
    worker.onRun =
        () -> {
          pool.cancel(job);
          pool.underLock(() -> {
            thread.left();
            thread.abandon();
          });
        };
    lives("opens?", "open", "opened", "run a", "left", "close", "another?", "ended");
  }

  @Test
  void anAbandonedThreadServesNoBulkCallAnyMore() {
    BulkCall<String, String> bulk = pool.map(false, "a");
    worker.onRun =
        () ->
            pool.underLock(() -> {
              assertSame(bulk, thread.runner().current());
              assertTrue(bulk.cancelRun(0));
              assertSame(bulk, thread.runner().settled());
              thread.left();
              thread.abandon();
              worker.note("serves " + thread.runner().current());
            });
    lives("opens?", "open", "opened", "run a", "serves null", "left", "close", "another?", "ended");
  }

  @Test
  void theListenerIsToldWhyAWorkerIsReplacedWhenTheNextOpens() throws Exception {
    Listening listener = new Listening();
    Threadless _ = pool(builder -> builder.maxJobsPerWorker(1).listener(listener));
    pool.base.events().begin();
    JobFuture<String, String> _ = pool.submit("a");
    host.others = 2;
    host.onOpens =
        () -> {
          if (host.others == 0) {
            stops();
            host.onOpened.run();
          } else if (host.others == 1) {
            host.onOpened =
                () -> {
                  host.onOpened = () -> {};
                  throw new IllegalStateException("the pool's own");
                };
          }
        };
    lives(
        "opens?",
        "open",
        "opened",
        "run a",
        "left",
        "finish",
        "close",
        "another?", //
        "opens?",
        "open",
        "opened",
        "left",
        "close",
        "another?", //
        "opens?",
        "open",
        "opened",
        "close",
        "ended");
    assertEquals(List.of("echo-0 SPENT", "echo-0 BROKEN"), listener.told());
  }

  @Test
  void theListenerIsToldWhatBroke() throws Exception {
    Listening listener = new Listening();
    Threadless _ = pool(builder -> builder.listener(listener));
    pool.base.events().begin();
    JobFuture<String, String> _ = pool.submit("a");
    worker.onRun =
        () -> {
          throw new WorkerBrokenException("kaput");
        };
    lives("opens?", "open", "opened", "run a", "left", "close", "another?", "ended");
    assertEquals(List.of("echo-0: kaput"), listener.told());
  }

  // Pings

  @Test
  void anIdleWorkerIsPingedAndServesOn() {
    Threadless _ = pool(builder -> builder.pingInterval(Duration.ofMillis(1)));
    AtomicInteger pings = new AtomicInteger();
    worker.onPing =
        () -> {
          assertTrue(thread.phase().is(Phase.PINGING));
          if (pings.incrementAndGet() == 2) {
            closes();
          }
        };
    lives("opens?", "open", "opened", "ping", "ping", "finish", "close", "ended");
  }

  @Test
  void anIdleWorkerThatDoesNotAnswerAPingIsReplaced() {
    Threadless _ = pool(builder -> builder.pingInterval(Duration.ofMillis(1)));
    worker.onPing =
        () -> {
          interrupt();
          throw new IllegalStateException("dead");
        };
    lives("opens?", "open", "opened", "ping", "left", "close", "another?", "ended");
    assertTrue(hasLogged(Level.WARN, "echo-0 did not answer a ping: "));
  }

  @Test
  void aWorkerWhoseRunWasStoppedIsPingedBeforeItsNextJob() {
    JobFuture<String, String> stopped = pool.submit("a");
    JobFuture<String, String> _ = pool.submit("b");
    worker.onRun = () -> stopOnce(stopped);
    worker.onPing = this::closes;
    lives(
        "opens?", "open", "opened", "run a", "cancel", "ping", "run b", "finish", "close", "ended");
  }

  /** As a canceller would, which settles the job and stops the run. */
  private void stopOnce(JobFuture<String, String> job) {
    if (job.cancelHere(false)) {
      thread.runner().stopRun(job);
    }
  }

  @Test
  void aWorkerThatWasStoppedAndDoesNotAnswerIsReplacedBeforeItsNextJob() {
    JobFuture<String, String> stopped = pool.submit("a");
    worker.onRun = () -> stopOnce(stopped);
    worker.onPing =
        () -> {
          throw new IllegalStateException("dead");
        };
    lives(
        "opens?",
        "open",
        "opened",
        "run a",
        "cancel",
        "ping",
        "left",
        "close",
        "another?",
        "ended");
  }

  @Test
  void aPingThatIsAnsweredTooLateIsNotAnswered() {
    Threadless _ = pool(builder -> builder.pingInterval(Duration.ofMillis(1)));
    worker.onPing =
        () -> pool.underLock(() -> assertFalse(thread.phase().hangsDespiteInterrupt(0, 1L << 60)));
    lives("opens?", "open", "opened", "ping", "left", "close", "another?", "ended");
    assertTrue(hasLogged(Level.WARN, "echo-0 did not answer a ping: "));
  }

  @Test
  void whenThePoolIsStoppedNobodyIsPinged() {
    JobFuture<String, String> stopped = pool.submit("a");
    worker.onRun =
        () -> {
          stopOnce(stopped);
          stops();
        };
    lives("opens?", "open", "opened", "run a", "cancel", "close", "ended");
  }

  // When the pool's own code throws

  private Runnable bugOnce() {
    return once(() -> {
      throw bug;
    });
  }

  private Runnable noneOnce() {
    return once(() -> {
      throw none;
    });
  }

  private static Runnable once(Runnable action) {
    AtomicInteger calls = new AtomicInteger();
    return () -> {
      if (calls.getAndIncrement() == 0) {
        action.run();
      }
    };
  }

  @Test
  void itSurvivesWhatIsThrownBeforeItHasAWorkerAndTriesAgain() {
    host.onOpens = bugOnce();
    host.retries = 1;
    stopsWhenOpened();
    lives("opens?", "left", "retry?", "opens?", "open", "opened", "close", "ended");
    assertTrue(hasLogged(Level.ERROR, "echo-0 was given up: "));
  }

  @Test
  void itEndsWhenThereIsToBeNoOtherTry() {
    host.onOpens = bugOnce();
    lives("opens?", "left", "retry?", "ended");
  }

  @Test
  void itClosesTheWorkerThatItHadAndOpensAnother() {
    host.onOpened = bugOnce();
    host.others = 1;
    worker.onClose = this::stops;
    lives("opens?", "open", "opened", "left", "close", "another?", "ended");
  }

  @Test
  void whatItRanFailsWithWhatWasThrown() {
    JobFuture<String, String> job = pool.submit("a");
    host.onOpened =
        () -> {
          assertSame(job, pool.next());
          throw bug;
        };
    lives("opens?", "open", "opened", "left", "close", "another?", "ended");
    Outcome.Failed<?, ?> failed = assertInstanceOf(Outcome.Failed.class, job.outcome("a"));
    assertSame(bug, failed.cause());
    assertNull(thread.claimed().current());
  }

  @Test
  void itSearchesNoLongerSoThatOthersDo() {
    host.onOpened =
        () -> {
          assertTrue(thread.parker().becomesSearcher(pool.idleWorkers));
          throw bug;
        };
    lives("opens?", "open", "opened", "left", "close", "another?", "ended");
    assertTrue(pool.idleWorkers.beginSearch());
  }

  @Test
  void aBugInAStepOfTheLastResortDoesNotKeepTheNextFromBeingDone() {
    host.onOpened = bugOnce();
    host.onLeft =
        () -> {
          throw bug;
        };
    lives("opens?", "open", "opened", "left", "close", "another?", "ended");
  }

  @Test
  void whileMemoryIsShortTheLastResortIsDoneAgainAndTheApplicationIsToldOnce() {
    host.onOpened = bugOnce();
    host.onLeft = noneOnce();
    assertEquals(
        List.of(bug),
        survived(
            () -> lives("opens?", "open", "opened", "left", "left", "close", "another?", "ended")));
  }

  @Test
  void itsEndIsSaidAgainWhenThereWasNoMemoryToSayIt() {
    stops();
    host.onEnded = noneOnce();
    host.retries = 1;
    host.others = 1;
    assertEquals(List.of(none), survived(() -> lives("ended", "left", "ended")));
  }

  @Test
  void itEndsThoughWhoIsToldOfThatThrows() {
    stops();
    host.onEnded = bugOnce();
    assertEquals(List.of(), survived(() -> lives("ended")));
  }

  /** What the application's handler is told meanwhile. */
  private static List<Throwable> survived(Runnable action) {
    List<Throwable> told = new ArrayList<>();
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    Thread.setDefaultUncaughtExceptionHandler((_, thrown) -> told.add(thrown));
    try {
      action.run();
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
    return told;
  }

  // What it is

  @ParameterizedTest
  @EnumSource
  void itIsADaemonOfTheKindThatWasAskedForAndNamedAfterItsSlot(ThreadKind kind) {
    Threadless _ = pool(builder -> builder.threads(kind));
    assertEquals(kind == ThreadKind.VIRTUAL, thread.thread().isVirtual());
    assertTrue(thread.thread().isDaemon());
    assertEquals("echo-0", thread.thread().getName());
  }

  @Test
  void itClaimsSeveralJobsOnlyAmongFewWorkers() {
    assertEquals(ClaimedJobs.MOST, thread.claimed().size());
    assertEquals(1, new Threadless(builder -> builder.workers(65)).thread(0).claimed().size());
  }

  @Test
  void itTakesTurns() {
    assertTrue(thread.takesSlowTurn());
    assertFalse(thread.takesSlowTurn());
    assertTrue(thread.takesSlowTurn());
    assertTrue(thread.takesBulkTurn());
    assertFalse(thread.takesBulkTurn());
    assertTrue(thread.takesBulkTurn());
  }

  @Test
  void itOpensAWorkerFromTheSourceOfThatOneOnly() {
    WorkerSource<String, String> source = pool.slots.getFirst().source();
    pool.underLock(() -> {
      assertFalse(thread.isOpening(source));
      thread.beginsToOpen(source);
      assertTrue(thread.isOpening(source));
      assertFalse(thread.isOpening(source.again()));
      assertFalse(thread.hasOpenedFrom(source));
      assertFalse(thread.isOpen());
      thread.opened(ECHO);
      assertFalse(thread.isOpening(source));
      assertTrue(thread.hasOpenedFrom(source));
      assertFalse(thread.hasOpenedFrom(source.again()));
      assertTrue(thread.isOpen());
    });
  }

  @Test
  void aWorkerIsCountedAsOpenOnceUntilItLeaves() {
    pool.underLock(() -> {
      assertEquals(PoolState.DEGRADED, pool.base.life().state());
      thread.opened(ECHO);
      thread.opened(ECHO); // in its place
      assertEquals(PoolState.OPEN, pool.base.life().state());
      thread.left();
      assertEquals(PoolState.DEGRADED, pool.base.life().state());
      thread.left();
      thread.opened(ECHO);
      assertEquals(PoolState.OPEN, pool.base.life().state());
    });
    assertEquals(3, thread.openedCount());
  }

  @Test
  void failedOpeningsCountInARow() {
    pool.underLock(() -> {
      assertEquals(1, thread.failedAgain());
      assertEquals(2, thread.failedAgain());
      thread.opened(ECHO);
      assertEquals(1, thread.failedAgain());
    });
  }

  @Test
  void itIsOutdatedOnceItsSlotHasAnotherSource() {
    Slot<String, String> slot = pool.slots.getFirst();
    pool.underLock(() -> {
      thread.beginsToOpen(slot.source());
      thread.opened(ECHO);
      assertFalse(thread.isOutdated());
      assertFalse(thread.isSpent());
      slot.setSource(slot.source().again());
      assertTrue(thread.isOutdated());
      assertTrue(thread.isSpent());
    });
  }

  @Test
  void itMayWaitUntilItsWorkerIsToBePinged() {
    long longest = thread.longestPark();
    assertTrue(longest > 0 && longest <= IDLE.toNanos(), () -> longest + " ns");
  }

  @Test
  void whatAWorkerIsToDoNextIsDoneHoweverOldItIsAndByOthersWhenItLeaves() {
    JobFuture<String, String> job = pool.submit("a");
    pool.underLock(() -> thread.opened(ECHO));
    assertSame(job, pool.next());
    pool.underLock(() -> assertTrue(pool.queue.addSolo(job, 0)));
    assertEquals(TimedWait.NEVER, thread.longestPark());
    pool.underLock(thread::left);
    assertTrue(thread.longestPark() <= IDLE.toNanos());
    assertTrue(pool.queue.hasJobs());
  }

  @Test
  void whoSaysThatItIsLateSaysWhereItIs() {
    String text = String.valueOf(thread.lateToOpen().getMessage());
    assertTrue(text.startsWith("worker echo-0 did not open within openTimeout, PT"), text);
  }

  @Test
  void aSuccessorGetsWhatItsPredecessorHadTaken() {
    WorkerThread<String, String> next = thread.successor();
    JobFuture<String, String> job = pool.submit("a");
    assertEquals(1, pool.queue.take(thread.claimed(), 1));
    pool.underLock(() -> {
      thread.opened(ECHO);
      thread.abandon();
      next.takeOver(thread);
      next.slot().fill(next);
    });
    assertTrue(thread.isGone());
    assertFalse(next.isGone());
    assertEquals(1, next.openedCount());
    assertSame(job, pool.dispatcher.next(next));
  }

  // Options

  private void readsOptions() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, this::openWith);
    pool.underLock(() ->
        pool.slots
            .getFirst()
            .setSource(
                new WorkerSource<>(
                    factory, OptionValues.NONE, Map.of("n", reads::incrementAndGet), loader)));
  }

  private NotingWorker openWith(WorkerContext context) {
    worker.note("open with " + ((PoolContext) context).values());
    return worker;
  }

  @Test
  void optionsAreReadForEachWorker() {
    readsOptions();
    host.onOpened =
        () -> {
          if (reads.get() == 2) {
            stops();
          } else {
            throw bug;
          }
        };
    host.others = 1;
    lives(
        "opens?",
        "open with {n=1}",
        "opened",
        "left",
        "close",
        "another?", //
        "opens?",
        "open with {n=2}",
        "opened",
        "close",
        "ended");
  }

  @Test
  void theNextWorkerMayHaveTheOptionsOfTheLastOnce() {
    Threadless _ = pool(builder -> builder.maxJobsPerWorker(1));
    readsOptions();
    for (String job : List.of("a", "b", "c")) {
      JobFuture<String, String> _ = pool.submit(job);
    }
    AtomicInteger runs = new AtomicInteger();
    worker.onRun =
        () -> {
          if (runs.incrementAndGet() == 1) {
            pool.underLock(thread::reusesValues);
          }
        };
    host.others = 2;
    lives(
        "opens?",
        "open with {n=1}",
        "opened",
        "run a",
        "left",
        "finish",
        "close",
        "another?", //
        "opens?",
        "open with {n=1}",
        "opened",
        "run b",
        "left",
        "finish",
        "close",
        "another?", //
        "opens?",
        "open with {n=2}",
        "opened",
        "run c",
        "left",
        "finish",
        "close",
        "another?", //
        "ended");
  }

  @Test
  void aSuccessorMayHaveTheOptionsOfTheLastWorkerBeforeIt() {
    readsOptions();
    JobFuture<String, String> job = pool.submit("a");
    WorkerThread<String, String> first = thread;
    worker.onRun =
        () -> {
          pool.cancel(job);
          pool.underLock(() -> {
            first.reusesValues();
            first.abandon();
            thread = first.successor();
            thread.takeOver(first);
            thread.slot().fill(thread);
          });
        };
    first.run();
    worker.calls.clear();
    stopsWhenOpened();
    lives("opens?", "open with {n=1}", "opened", "close", "ended");
  }
}
