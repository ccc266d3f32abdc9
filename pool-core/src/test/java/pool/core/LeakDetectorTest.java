package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import pool.api.RetryLaterException;
import pool.core.Recorder.Task;

/** Pools that nobody closes, and pools that do not get on with closing. */
@Timeout(60)
@SuppressWarnings("try")
class LeakDetectorTest {

  private final Recorder recorder = new Recorder();
  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkerPool.class);
  private final Queue<ILoggingEvent> events = new ConcurrentLinkedQueue<>();
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          events.add(event);
        }
      };

  @BeforeEach
  void listen() {
    log.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(log);
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    logger.detachAppender(log);
    logger.setLevel(null);
    recorder.assertAllIsOver();
  }

  private List<ILoggingEvent> warnings(String of) {
    return events.stream().filter(event -> event.getFormattedMessage().contains(of)).toList();
  }

  private static void awaitWithCollections(BooleanSupplier condition) throws Exception {
    while (!condition.getAsBoolean()) { // bounded by the test's time-out
      System.gc();
      Thread.sleep(10);
    }
  }

  @Test
  void aForgottenPoolWarnsWhereItWasOpenedDrainsAndCloses() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CompletableFuture<Object> future = openAndForget(release);
    awaitWithCollections(() -> !warnings("was forgotten").isEmpty());
    IThrowableProxy openedHere = warnings("was forgotten").getFirst().getThrowableProxy();
    assertTrue(
        Stream.of(openedHere.getStackTraceElementProxyArray())
            .anyMatch(
                frame -> frame.getStackTraceElement().getMethodName().equals("openAndForget")));
    release.countDown();
    assertEquals("done", future.get(20, SECONDS));
    awaitWithCollections(
        () -> recorder.opened.stream().allMatch(worker -> worker.closes.get() == 1));
    recorder.opened.forEach(worker -> assertEquals(1, worker.finishes.get()));
  }

  private CompletableFuture<Object> openAndForget(CountDownLatch release) {
    return recorder.track(
        WorkerPool.of(recorder)
            .workers(2)
            .open()
            .submit(_ -> {
              boolean _ = release.await(20, SECONDS);
              return "done";
            }));
  }

  @Test
  void aPoolWhoseStreamIsBeingConsumedIsNotForgotten() throws Exception {
    try (Stream<Object> stream = openAndStream()) {
      var results = stream.iterator();
      for (int i = 0; i < 20; i++) {
        System.gc();
        assertEquals(i, results.next());
      }
    }
    awaitWithCollections(
        () -> recorder.opened.stream().allMatch(worker -> worker.closes.get() == 1));
  }

  private Stream<Object> openAndStream() {
    return WorkerPool.of(recorder).workers(2).queueCapacity(2).open().stream(
        Stream.iterate(0, i -> i + 1).map(Task::of));
  }

  @Test
  void aCloseThatDoesNotGetOnWarnsAgainAndAgainAndNamesJobTimeAndStack() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    var pool = WorkerPool.of(recorder).workers(1).stallAfter(Duration.ofMillis(50)).open();
    Instant before = Instant.now();
    recorder.track(pool.submit(new Slow(release)));
    Thread closer = Thread.ofVirtual().start(pool::close);
    Await.until("it is told twice", () -> warnings("nothing has moved").size() >= 2);
    Duration passed = Duration.between(before, Instant.now());
    release.countDown();
    assertTrue(closer.join(Duration.ofSeconds(20)));
    String text = warnings("nothing has moved").getFirst().getFormattedMessage();
    Matcher lasts =
        Pattern.compile("recorder-0: RUNNING job the slow one for (\\d+) s").matcher(text);
    assertTrue(lasts.find(), text);
    assertTrue(Integer.parseInt(lasts.group(1)) <= passed.toSeconds(), () -> passed + ": " + text);
    assertShowsStack("nothing has moved", "Slow.run");
  }

  /** One of the warnings does: while a thread is about to run, the JVM has no stack to show. */
  private void assertShowsStack(String warning, String method) {
    List<String> texts =
        warnings(warning).stream().map(ILoggingEvent::getFormattedMessage).toList();
    assertTrue(texts.stream().anyMatch(text -> text.contains(method)), texts::toString);
  }

  @Test
  void aWorkerThatDoesNotGetAwayIsToldOfAgainAndAgain() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    recorder.onClose = _ -> PoolBrokenTest.awaitUninterruptibly(release);
    try (var pool =
        WorkerPool.of(recorder)
            .workers(2)
            .maxJobsPerWorker(1)
            .stallAfter(Duration.ofMillis(50))
            .open()) {
      recorder.track(pool.submit("key", Task.of(1)));
      Await.until(
          "it is told twice",
          () -> warnings("is to be replaced, but has been CLOSING").size() >= 2);
      release.countDown();
      recorder.track(pool.submit("key", Task.of(2)));
    }
    String text = warnings("is to be replaced").getFirst().getFormattedMessage();
    assertTrue(text.contains("recorder-"), text);
    assertShowsStack("is to be replaced", "awaitUninterruptibly");
    assertTrue(recorder.opened.size() > 2, "the slot went on");
  }

  @Test
  void aCloseThatWaitsForARetryNamesWhenThatIsDue() throws Exception {
    var pool = WorkerPool.of(recorder).workers(1).stallAfter(Duration.ofMillis(50)).open();
    Task later =
        _ -> {
          throw new RetryLaterException(Duration.ofHours(1));
        };
    var putOff = pool.submit(later);
    Await.until("put off", () -> pool.stats().retried() == 1);
    Thread closer = Thread.ofVirtual().start(pool::close);
    Await.until("it is told", () -> !warnings("nothing has moved").isEmpty());
    String text = warnings("nothing has moved").getFirst().getFormattedMessage();
    assertTrue(
        Pattern.compile("1 job waits to be run again; the next is due in \\d{4} s")
            .matcher(text)
            .find(),
        text);
    putOff.cancel(false);
    assertTrue(closer.join(Duration.ofSeconds(20)));
  }

  @Test
  void aReplacementThatWaitsForARunNamesItsWorker() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (var pool = WorkerPool.of(recorder).workers(1).stallAfter(Duration.ofMillis(50)).open()) {
      recorder.track(pool.submit(new Slow(release)));
      Await.until("runs", () -> pool.stats().running() == 1);
      Thread replacer = Thread.ofVirtual().start(pool::replaceWorkers);
      Await.until("it is told twice", () -> warnings("has not ended its job").size() >= 2);
      release.countDown();
      assertTrue(replacer.join(Duration.ofSeconds(20)));
    }
    String text = warnings("has not ended its job").getFirst().getFormattedMessage();
    assertTrue(text.contains("recorder-0") && text.contains("the slow one"), text);
    assertShowsStack("has not ended its job", "Slow.run");
  }

  private record Slow(CountDownLatch release) implements Task {
    @Override
    public Object run(Recorder.Recorded worker) throws Exception {
      return release.await(20, SECONDS);
    }

    @Override
    public String toString() {
      return "the slow one";
    }
  }
}
