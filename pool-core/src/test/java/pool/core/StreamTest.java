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
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
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
