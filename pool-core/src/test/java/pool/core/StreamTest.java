package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Spliterators;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;
import pool.core.Recorder.Task;

/** Streams through every pool. */
@SuppressWarnings("try")
class StreamTest extends PoolContract {

  @Test
  void aStreamTakesAnEndlessSourceAndPullsNoFurtherThanTheBound() {
    AtomicInteger pulled = new AtomicInteger();
    try (var pool = builder().queueCapacity(5).open()) {
      Stream<Task> endless = Stream.generate(() -> Task.of(pulled.incrementAndGet()));
      try (Stream<Object> results = pool.stream(endless)) {
        int[] consumed = {0};
        results
            .limit(500)
            .forEach(result -> {
              assertEquals(++consumed[0], result);
              assertTrue(pulled.get() - consumed[0] <= workers + 5);
            });
      }
      assertTrue(pulled.get() <= 500 + workers + 5);
      assertEquals(0, pool.stats().running() + pool.stats().queued());
    }
  }

  @Test
  void aStreamThatIsClosedEarlyCancelsWhatRuns() {
    try (var pool = builder().queueCapacity(5).open()) {
      AtomicInteger sourceClosed = new AtomicInteger();
      Stream<Task> source =
          Stream.concat(
                  Stream.of(Task.of("first")),
                  Stream.generate(() -> (Task) _ -> release.await(60, SECONDS)))
              .onClose(sourceClosed::incrementAndGet);
      try (Stream<Outcome<Task, Object>> outcomes = pool.streamUnordered(source)) {
        assertInstanceOf(Outcome.Succeeded.class, outcomes.findFirst().orElseThrow());
      }
      assertEquals(0, pool.stats().running() + pool.stats().queued());
      assertEquals(1, sourceClosed.get());
    }
  }

  /** Such as one over a queue, which would wait for more for ever. */
  @Test
  void aSourceThatHasEndedIsNotAskedAgain() {
    try (var pool = builder().queueCapacity(5).open()) {
      for (boolean ordered : new boolean[] {true, false}) {
        AtomicInteger asked = new AtomicInteger();
        Iterator<Task> source =
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                assertTrue(asked.incrementAndGet() <= 21, "asked again after its end");
                return asked.get() <= 20;
              }

              @Override
              public Task next() {
                return Task.of(asked.get());
              }
            };
        Stream<Task> tasks =
            StreamSupport.stream(Spliterators.spliteratorUnknownSize(source, 0), false);
        Stream<?> outcomes = ordered ? pool.stream(tasks) : pool.streamUnordered(tasks);
        assertEquals(20, outcomes.count());
      }
    }
  }

  @Test
  void aStreamThatAnotherThreadClosesSaysSoAndNotThatThePoolCloses() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      for (boolean ordered : new boolean[] {true, false}) {
        CountDownLatch running = new CountDownLatch(1);
        Stream<Task> endless =
            Stream.generate(() ->
                worker -> {
                  running.countDown();
                  return release.await(60, SECONDS);
                });
        Stream<?> outcomes = ordered ? pool.stream(endless) : pool.streamUnordered(endless);
        Thread closer =
            Thread.ofPlatform()
                .name("closer")
                .start(() -> {
                  try {
                    running.await();
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                  outcomes.close();
                });
        var e =
            assertThrows(
                IllegalStateException.class, () -> outcomes.iterator().forEachRemaining(_ -> {}));
        assertEquals(
            "the stream of pool 'recorder' was closed by thread 'closer' while it was consumed",
            e.getMessage());
        closer.join();
      }
      assertEquals(1, recorder.track(pool.submit(Task.of(1))).get(20, SECONDS));
    }
  }

  @Test
  void aStreamThatAnotherThreadClosesThrowsWhenItsRunsHaveReturned() throws Exception {
    Thread consumer = Thread.currentThread();
    CountDownLatch running = new CountDownLatch(1);
    AtomicInteger returned = new AtomicInteger();
    Task slow =
        _ -> {
          try {
            running.countDown();
            return release.await(60, SECONDS);
          } catch (InterruptedException e) {
            Await.until(
                "it is waited for", () -> consumer.getState() == Thread.State.TIMED_WAITING);
            return "late";
          } finally {
            returned.incrementAndGet();
          }
        };
    try (var pool = builder().open()) {
      Stream<Object> results = pool.stream(Stream.of(slow));
      Thread closer =
          Thread.ofPlatform()
              .start(() -> {
                Await.until("it runs", () -> running.getCount() == 0);
                results.close();
              });
      assertThrows(IllegalStateException.class, () -> results.iterator().forEachRemaining(_ -> {}));
      assertEquals(1, returned.get());
      closer.join();
    }
  }

  @Test
  void aSourceThatThrowsAndAConsumerThatThrowsLeaveNoJob() {
    try (var pool = builder().queueCapacity(5).open()) {
      for (boolean ordered : new boolean[] {true, false}) {
        Stream<Task> failing =
            IntStream.range(0, 100)
                .mapToObj(i -> {
                  if (i == workers + 1) {
                    throw new IllegalArgumentException("source");
                  }
                  return i == 0 ? Task.of(i) : _ -> release.await(60, SECONDS);
                });
        Stream<?> outcomes = ordered ? pool.stream(failing) : pool.streamUnordered(failing);
        assertEquals(
            "source",
            assertThrows(IllegalArgumentException.class, () -> outcomes.forEach(_ -> {}))
                .getMessage());
        Stream<Task> endless =
            Stream.concat(
                Stream.of(Task.of(0)),
                Stream.generate(() -> (Task) _ -> release.await(60, SECONDS)));
        Stream<?> consumed = ordered ? pool.stream(endless) : pool.streamUnordered(endless);
        assertThrows(
            IllegalStateException.class,
            () ->
                consumed.forEach(_ -> {
                  throw new IllegalStateException("consumer");
                }));
        assertEquals(0, pool.stats().running() + pool.stats().queued());
      }
    }
  }

  @Test
  void aStreamDeliversWhatWasAcceptedBeforeThePoolClosed() {
    var pool = builder().queueCapacity(5).open();
    List<Object> delivered = new ArrayList<>();
    assertThrows(
        PoolClosedException.class,
        () ->
            pool.stream(Stream.generate(() -> Task.of("result")))
                .forEach(result -> {
                  delivered.add(result);
                  pool.beginShutdown();
                }));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(report.submitted(), delivered.size());
    assertTrue(report.isClean(), report::toString);
  }

  @Test
  void aFailedJobEndsAnOrderedStream() {
    try (var pool = open()) {
      IOException boom = new IOException("boom");
      JobFailedException e =
          assertThrows(
              JobFailedException.class,
              () ->
                  pool.stream(
                          Stream.of(
                              Task.of(0),
                              _ -> {
                                throw boom;
                              }))
                      .forEach(_ -> {}));
      assertEquals(1, e.index());
      assertSame(boom, e.getCause());
    }
  }
}
