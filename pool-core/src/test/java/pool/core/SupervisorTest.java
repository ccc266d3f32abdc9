package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import pool.api.WorkerBrokenException;
import pool.core.Recorder.Task;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.Parker;
import pool.core.internal.supervise.Supervisor;

/** What the supervisor sees at a look, while that changes. Its warnings are where it can be met. */
@Timeout(40)
@SuppressWarnings("try")
class SupervisorTest {

  private final Recorder recorder = new Recorder();
  private final Logger logger = (Logger) LoggerFactory.getLogger(WorkerPool.class);
  private volatile Runnable onWarning = () -> {};
  private final AppenderBase<ILoggingEvent> log =
      new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
          if (event.getFormattedMessage().contains("is to be replaced, but has been")) {
            onWarning.run();
          }
        }
      };

  @AfterEach
  void nothingIsLeft() throws Exception {
    logger.detachAppender(log);
    logger.setLevel(null);
    recorder.assertAllIsOver();
  }

  private void listen() {
    log.start();
    logger.setLevel(Level.WARN);
    logger.addAppender(log);
  }

  private static boolean isIn(Thread thread, Class<?> type, String method) {
    return Stream.of(thread.getStackTrace())
        .anyMatch(frame ->
            frame.getClassName().equals(type.getName()) && frame.getMethodName().equals(method));
  }

  private boolean areAllAsleep() {
    return recorder.opened.size() == 3
        && recorder.opened.stream().allMatch(w -> isIn(w.thread, Parker.class, "sleep"));
  }

  @Test
  void aRunThatBeginsAfterOneEndedDuringALookTimesOutInTime() throws Exception {
    listen();
    Duration timeout = Duration.ofSeconds(1);
    CountDownLatch mayGoOn = new CountDownLatch(1);
    CountDownLatch looked = new CountDownLatch(1);
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch never = new CountDownLatch(1);
    recorder.onClose = _ -> PoolBrokenTest.awaitUninterruptibly(mayGoOn);
    onWarning =
        () -> { // the first worker was looked at, and ran a job
          mayGoOn.countDown();
          Await.until("all are asleep", this::areAllAsleep);
          looked.countDown();
        };
    try (var pool =
            WorkerPool.of(recorder)
                .workers(2)
                .jobTimeout(timeout)
                .stallAfter(Duration.ofMillis(50))
                .open();
        var control = new GivenTime()) {
      var first =
          recorder.track(
              pool.submit(
                  keyOf(0),
                  _ -> {
                    runs.countDown();
                    return mayGoOn.await(20, SECONDS);
                  }));
      assertTrue(runs.await(20, SECONDS));
      var broken =
          recorder.track(
              pool.submit(
                  keyOf(1),
                  _ -> {
                    throw new WorkerBrokenException("as the test wants it");
                  }));
      assertTrue(looked.await(20, SECONDS));
      assertEquals(true, first.get(20, SECONDS));
      assertTrue(broken.isCompletedExceptionally());
      Thread supervisor =
          Thread.getAllStackTraces().keySet().stream()
              .filter(thread -> thread.getName().equals("recorder-supervisor"))
              .findFirst()
              .orElseThrow();
      Await.until("it dozes", () -> isIn(supervisor, Supervisor.class, "doze"));
      CompletableFuture<Long> given = control.latenessOf(timeout);
      long submitted = System.nanoTime();
      var late = recorder.track(pool.submit(keyOf(0), _ -> never.await(20, SECONDS)));
      var e = assertThrows(ExecutionException.class, () -> late.get(20, SECONDS));
      long took = System.nanoTime() - submitted;
      long lateness = given.get(20, SECONDS);
      assertInstanceOf(TimeoutException.class, e.getCause());
      assertTrue(
          took - lateness < timeout.toNanos() * 3 / 2,
          () -> took + " ns, on a machine that is " + lateness + " ns late");
    }
  }

  @Test
  void aWorkerThatHangsInItsCloseIsToldOfAsSoonAfterItHungInItsFinish() throws Exception {
    listen();
    CountDownLatch finishing = new CountDownLatch(20);
    CountDownLatch closing = new CountDownLatch(1);
    AtomicLong began = new AtomicLong();
    AtomicLong finished = new AtomicLong();
    recorder.onFinish =
        _ -> {
          began.set(System.nanoTime());
          PoolBrokenTest.awaitUninterruptibly(finishing);
          finished.set(System.nanoTime());
          onWarning = closing::countDown;
        };
    recorder.onClose = _ -> PoolBrokenTest.awaitUninterruptibly(closing);
    onWarning = finishing::countDown;
    try (var pool =
        WorkerPool.of(recorder)
            .workers(1)
            .maxJobsPerWorker(1)
            .jobTimeout(Duration.ofSeconds(1)) // so that the supervisor looks often
            .stallAfter(Duration.ofMillis(50))
            .open()) {
      recorder.track(pool.submit(Task.of(1)));
      assertTrue(closing.await(20, SECONDS));
      long finish = finished.get() - began.get();
      long close = System.nanoTime() - finished.get();
      assertTrue(close < finish / 2, () -> close + " ns, after " + finish + " ns");
    }
  }

  /** A key of that slot, of two. */
  private static Object keyOf(int slot) {
    return IntStream.iterate(0, key -> key + 1)
        .filter(key -> JobQueue.slotOf(key, 2) == slot)
        .findFirst()
        .getAsInt();
  }
}
