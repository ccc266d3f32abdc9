package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxy;
import ch.qos.logback.classic.turbo.TurboFilter;
import ch.qos.logback.core.AppenderBase;
import ch.qos.logback.core.read.ListAppender;
import ch.qos.logback.core.spi.FilterReply;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;
import org.slf4j.Marker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

class LoggingTest {

  private static final PoolListener BAD_LISTENER =
      new PoolListener() {
        @Override
        public void jobRan(JobRun run) {
          throw new IllegalStateException("bad listener");
        }
      };

  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkerPool.class);
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.DEBUG);
    logger.addAppender(log);
  }

  @AfterEach
  void stop() {
    logger.detachAppender(log);
    logger.setLevel(null);
  }

  @ParameterizedTest
  @EnumSource
  void oneLineForEachWorkerOpenedAndClosedAndOneForThePool(ThreadKind threads) {
    open(threads).close();
    List<String> lines = log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertEquals(
        1, lines.stream().filter(line -> line.matches("logged-0 opened in \\d+ ms")).count());
    assertEquals(1, lines.stream().filter(line -> line.equals("logged-1 closed")).count());
    assertEquals(5, lines.size(), lines::toString);
    assertTrue(lines.getLast().startsWith("pool 'logged' closed cleanly"), lines::toString);
    log.list.forEach(event -> assertTrue(event.getLevel().levelInt <= Level.INFO_INT));
  }

  @Test
  void eventsHaveKeysBesideTheirMessage() {
    open(ThreadKind.VIRTUAL).close();
    ILoggingEvent opened = line("logged-1 opened");
    assertEquals("logged", key(opened, "pool"));
    assertEquals("logged-1", key(opened, "worker"));
    assertInstanceOf(Duration.class, key(opened, "elapsed"));
    assertInstanceOf(Duration.class, key(line("logged-1 closed"), "elapsed"));
    assertEquals("logged", key(line("pool 'logged' closed"), "pool"));
  }

  private static WorkerFactory<String, String> logged(WorkerFactory.Opener<String, String> opener) {
    return WorkerFactory.of("logged", String.class, String.class, opener);
  }

  private ILoggingEvent line(String begin) {
    return lines(begin).getFirst();
  }

  private List<ILoggingEvent> lines(String begin) {
    synchronized (log) { // to which the pool's threads add
      return log.list.stream()
          .filter(event -> event.getFormattedMessage().startsWith(begin))
          .toList();
    }
  }

  private void awaitLine(String begin) {
    Await.until("a line that begins with: " + begin, () -> !lines(begin).isEmpty());
  }

  private static Object key(ILoggingEvent event, String key) {
    return event.getKeyValuePairs().stream()
        .filter(pair -> pair.key.equals(key))
        .findFirst()
        .orElseThrow()
        .value;
  }

  /** Of a ping that failed nobody else has the cause. */
  @Test
  void whatBrokeAWorkerIsToldWithItsCausesAndAtDebugWithItsStack() throws Exception {
    IOException reset = new IOException("connection reset");
    var broken = new WorkerBrokenException("the session is lost", reset);
    WorkerFactory<String, String> factory =
        logged(_ ->
            job -> {
              throw broken;
            });
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      var future = pool.submit("job");
      assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    }
    String line = line("logged-0 broke:").getFormattedMessage();
    assertTrue(line.contains("the session is lost"), line);
    assertTrue(line.contains("caused by java.io.IOException: connection reset"), line);
    ILoggingEvent stack =
        log.list.stream()
            .filter(event -> event.getThrowableProxy() != null)
            .findFirst()
            .orElseThrow();
    assertEquals(Level.DEBUG, stack.getLevel());
    assertSame(broken, ((ThrowableProxy) stack.getThrowableProxy()).getThrowable());
  }

  @Test
  @SuppressWarnings("try")
  void aCloseThatIsNotCleanIsAWarning() {
    var factory =
        logged(context -> {
          context.own(() -> {
            throw new IOException("still busy");
          });
          return job -> job;
        });
    CloseReport report = WorkerPool.of(factory).workers(1).open().shutdown(Duration.ofSeconds(20));
    assertFalse(report.isClean());
    assertEquals(Level.WARN, log.list.getLast().getLevel());
    assertEquals(report.toString(), log.list.getLast().getFormattedMessage());
    assertEquals(1, lines("logged-0 failed to close: ").size());
  }

  @Test
  void aCloseThatFailsAfterThePoolIsClosedIsToldAsLate() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch thrown = new CountDownLatch(1);
    var factory =
        logged(context -> {
          context.own(() -> {
            PoolBrokenTest.awaitUninterruptibly(release);
            thrown.countDown();
            throw new IOException("still busy");
          });
          return job -> job;
        });
    CloseReport report =
        WorkerPool.of(factory).workers(1).cancelGrace(Duration.ZERO).open().shutdownNow();
    assertEquals(1, report.abandoned().size());
    awaitLine(report.toString()); // by a thread of its own, since a job's text may hang
    release.countDown();
    assertTrue(thrown.await(20, SECONDS));
    awaitLine("logged-0 failed to close, late");
  }

  @Test
  void aWorkerThatIsAbandonedIsNamedWithWhatWaitsForIt() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    var factory =
        logged(_ ->
            job -> {
              PoolBrokenTest.awaitUninterruptibly(release);
              return job;
            });
    for (boolean keyed : new boolean[] {false, true}) {
      synchronized (log) { // to which the pool's threads add
        log.list.clear();
      }
      WorkerPool<String, String> pool =
          WorkerPool.of(factory)
              .workers(1)
              .jobTimeout(Duration.ofMillis(20))
              .cancelGrace(Duration.ZERO)
              .open();
      var _ = keyed ? pool.submit("key", "job") : pool.submit("job");
      awaitLine(
          "logged-0 did not come back and was abandoned and replaced; "
              + (keyed ? "jobs of its key wait until it comes back; it is at" : "it is at"));
      CloseReport _ = pool.shutdownNow();
    }
    release.countDown();
  }

  @Test
  void whatAContextThrowsAfterItsJobHasRunIsAWarning() {
    JobContext context =
        () ->
            body -> {
              body.run();
              throw new IllegalStateException("afterwards");
            };
    var factory = logged(_ -> job -> job);
    try (var pool = WorkerPool.of(factory).workers(1).context(context).open()) {
      assertEquals("job", pool.submit("job").join());
    }
    ILoggingEvent told = line("a context threw after");
    assertEquals(Level.WARN, told.getLevel());
    assertTrue(told.getFormattedMessage().contains("afterwards"), told::getFormattedMessage);
  }

  @Test
  void ofTwoListenersTheOneThatThrowsIsLoggedAndTheOtherIsTold() {
    CountDownLatch told = new CountDownLatch(1);
    PoolListener other =
        new PoolListener() {
          @Override
          public void jobRan(JobRun run) {
            told.countDown();
          }
        };
    var factory = logged(_ -> job -> job);
    try (var pool =
        WorkerPool.of(factory).workers(1).listener(BAD_LISTENER).listener(other).open()) {
      assertEquals("job", pool.submit("job").join());
    }
    assertEquals(0, told.getCount());
    assertEquals(
        List.of("bad listener"),
        lines("the listener of pool").stream()
            .map(event -> event.getThrowableProxy().getMessage())
            .toList());
  }

  @ParameterizedTest
  @EnumSource
  void theWorkersNameIsInTheMdcAndTheNameOfItsThread(ThreadKind threads) {
    Map<String, String> seen = new ConcurrentHashMap<>();
    WorkerFactory<String, String> factory =
        logged(context -> {
          seen.put(context.workerName(), Thread.currentThread().getName());
          return _ -> MDC.get("worker");
        });
    try (var pool = WorkerPool.of(factory).workers(2).threads(threads).open()) {
      assertTrue(List.of("logged-0", "logged-1").contains(pool.submit("job").join()));
    }
    assertEquals(Map.of("logged-0", "logged-0", "logged-1", "logged-1"), seen);
    log.list.stream()
        .filter(event -> event.getFormattedMessage().contains("opened in"))
        .forEach(event ->
            assertEquals(
                event.getFormattedMessage().split(" ", 2)[0],
                event.getMDCPropertyMap().get("worker")));
  }

  @Test
  void ofAListenerThatThrowsTheFirstExceptionIsLoggedAndAtTheEndTheirNumber() {
    var factory = logged(_ -> job -> job);
    try (var pool = WorkerPool.of(factory).workers(1).listener(BAD_LISTENER).open()) {
      assertEquals(7, pool.map(Collections.nCopies(7, "job")).size());
    }
    List<ILoggingEvent> events = lines("the listener of pool");
    assertEquals(2, events.size(), events::toString);
    assertEquals("bad listener", events.getFirst().getThrowableProxy().getMessage());
    assertEquals(
        "the listener of pool 'logged' threw 7 times in all",
        events.getLast().getFormattedMessage());
    events.forEach(event -> assertEquals(Level.WARN, event.getLevel()));
  }

  @Test
  void aSubmitterThatWaitsForRoomWhileNothingMovesIsNamedWithItsStack() throws Exception {
    CountDownLatch warned = new CountDownLatch(2); // and again
    AppenderBase<ILoggingEvent> appender =
        new AppenderBase<>() {
          @Override
          protected void append(ILoggingEvent event) {
            String message = event.getFormattedMessage();
            if (message.startsWith("the queue of pool 'locked' is full, holder has waited for room")
                && message.contains("LoggingTest.submitWhileHolding")) {
              warned.countDown();
            }
          }
        };
    appender.start();
    logger.addAppender(appender);
    ReentrantLock lock = new ReentrantLock();
    var factory =
        WorkerFactory.of(
            "locked",
            String.class,
            String.class,
            _ ->
                job -> {
                  lock.lockInterruptibly();
                  lock.unlock();
                  return job;
                });
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .queueCapacity(1)
            .stallAfter(Duration.ofMillis(50))
            .open()) {
      Thread holder =
          Thread.ofPlatform().name("holder").start(() -> submitWhileHolding(pool, lock));
      assertTrue(warned.await(20, SECONDS), log.list::toString);
      holder.interrupt();
      holder.join();
    } finally {
      logger.detachAppender(appender);
    }
  }

  private static void submitWhileHolding(WorkerPool<String, String> pool, ReentrantLock lock) {
    lock.lock();
    try {
      for (int i = 0; i < 3; i++) {
        var _ = pool.submit("job");
      }
    } catch (PoolInterruptedException e) {
      // it has waited for long enough
    } finally {
      lock.unlock();
    }
  }

  private static WorkerPool<String, String> open(ThreadKind threads) {
    return WorkerPool.of(logged(_ -> job -> job)).workers(2).threads(threads).open();
  }

  @Test
  void aLoggerThatThrowsEndsNoWorker() throws Exception {
    TurboFilter throwing =
        new TurboFilter() {
          @Override
          public FilterReply decide(
              @Nullable Marker marker,
              Logger logger,
              Level level,
              @Nullable String format,
              Object @Nullable [] arguments,
              @Nullable Throwable cause) {
            throw new IllegalStateException("the disk of the log is full");
          }
        };
    Recorder recorder = new Recorder();
    logger.getLoggerContext().addTurboFilter(throwing);
    try (var pool = WorkerPool.of(recorder).workers(1).maxJobsPerWorker(2).open()) {
      recorder.track(
          pool.submit(_ -> {
            throw new WorkerBrokenException("broken");
          }));
      for (int i = 0; i < 4; i++) {
        assertEquals(i, recorder.track(pool.submit(Recorder.Task.of(i))).get(20, SECONDS));
      }
    } finally {
      logger.getLoggerContext().resetTurboFilterList();
    }
    recorder.assertAllIsOver();
    assertTrue(recorder.opened.size() > 2, "the broken one and a spent one were replaced");
  }
}
