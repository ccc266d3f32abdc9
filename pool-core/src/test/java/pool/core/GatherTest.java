package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.WorkerFactory;

/** Pools in the middle of a stream. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class GatherTest {

  private static final int MANY = 500;

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  /** What a run does. */
  interface Run {
    Integer run(Integer job) throws Exception;
  }

  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger pulled = new AtomicInteger();
  private final AtomicInteger furthestAhead = new AtomicInteger();
  private final AtomicInteger delivered = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private volatile Run run = job -> job;

  @AfterEach
  void letGo() {
    release.countDown();
  }

  private WorkerPool.Builder<Integer, Integer> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "gather",
                Integer.class,
                Integer.class,
                _ ->
                    job -> {
                      runs.incrementAndGet();
                      return run.run(job);
                    }))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .closeTimeout(Duration.ofSeconds(20));
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /** A source without end that notes how far it is ahead of what was delivered. */
  private Stream<Integer> endless() {
    return Stream.generate(() -> {
      int ahead = pulled.incrementAndGet() - delivered.get();
      furthestAhead.accumulateAndGet(ahead, Math::max);
      return pulled.get() - 1;
    });
  }

  @Test
  void resultsPassInOrderAndOutcomesAsTheyAreReady() {
    try (var pool = builder().open()) {
      assertEquals(
          numbers(MANY),
          numbers(MANY).stream().map(i -> i).gather(pool.inOrder()).filter(i -> i >= 0).toList());
      Set<Integer> done =
          numbers(MANY).stream()
              .gather(pool.asDone())
              .map(Outcome::orElseThrow)
              .collect(Collectors.toSet());
      assertEquals(MANY, done.size());
      assertEquals(List.of(), Stream.<Integer>empty().gather(pool.inOrder()).toList());
      assertEquals(2 * MANY, pool.stats().succeeded());
    }
  }

  @Test
  void itIsBoundedAndEndsWhatIsUnderWayWhenNoMoreIsWanted() {
    int capacity = 4;
    try (var pool = builder().queueCapacity(capacity).open()) {
      assertEquals(
          numbers(50),
          endless()
              .gather(pool.inOrder())
              .peek(_ -> delivered.incrementAndGet())
              .limit(50)
              .toList());
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      int most = workers + capacity + 1; // one is pulled before it has room
      assertTrue(furthestAhead.get() <= most, () -> furthestAhead + " ahead, not " + most);
      PoolStats stats = pool.stats();
      assertEquals(0, stats.queued() + stats.running());
      assertTrue(endless().gather(pool.asDone()).findFirst().orElseThrow().isSucceeded());
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    }
  }

  @Test
  void theFirstJobThatFailsEndsItInOrderAndIsAnOutcomeAsDone() {
    IOException thrown = new IOException("job 7");
    run =
        job -> {
          if (job == 7) {
            throw thrown;
          }
          return job;
        };
    try (var pool = builder().open()) {
      JobFailedException e =
          assertThrows(
              JobFailedException.class,
              () -> numbers(MANY).stream().gather(pool.inOrder()).forEach(_ -> {}));
      assertSame(thrown, e.getCause());
      assertEquals(7, e.index());
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      List<Outcome<Integer, Integer>> failed =
          numbers(MANY).stream()
              .gather(pool.asDone())
              .filter(outcome -> !outcome.isSucceeded())
              .toList();
      assertEquals(1, failed.size());
      assertSame(thrown, assertInstanceOf(Outcome.Failed.class, failed.getFirst()).cause());
    }
  }

  @Test
  void whatTheNextStageThrowsEndsWhatIsUnderWay() {
    IllegalStateException thrown = new IllegalStateException("by the next stage");
    run =
        job -> {
          if (job > 3) {
            release.await(); // until it is cancelled
          }
          return job;
        };
    try (var pool = builder().open()) {
      assertSame(
          thrown,
          assertThrows(
              IllegalStateException.class,
              () ->
                  numbers(MANY).stream()
                      .gather(pool.inOrder())
                      .forEach(_ -> {
                        throw thrown;
                      })));
      PoolStats stats = pool.stats();
      assertEquals(0, stats.queued() + stats.running(), stats::toString);
    }
  }

  @Test
  void whatAnEarlierStageThrowsLeavesWhatIsUnderWayToRunToItsEnd() {
    IllegalStateException thrown = new IllegalStateException("by an earlier stage");
    try (var pool = builder().open()) {
      assertSame(
          thrown,
          assertThrows(
              IllegalStateException.class,
              () ->
                  numbers(MANY).stream()
                      .map(job -> {
                        if (job == 20) {
                          throw thrown;
                        }
                        return job;
                      })
                      .gather(pool.inOrder())
                      .forEach(_ -> {})));
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(0, pool.stats().cancelled());
      assertEquals(20, pool.stats().succeeded());
    }
  }

  @Test
  void inAParallelStreamItIsSequential() {
    try (var pool = builder().open()) {
      List<Integer> doubled =
          IntStream.range(0, MANY)
              .boxed()
              .parallel()
              .map(i -> 2 * i)
              .gather(pool.inOrder())
              .map(i -> i / 2)
              .toList();
      assertEquals(numbers(MANY), doubled);
    }
  }

  /** Returns from its interrupt only when the thread that calls this waits for it. */
  private Run lingering(AtomicInteger returned) {
    Thread consumer = Thread.currentThread();
    return job -> {
      try {
        release.await();
      } catch (InterruptedException e) {
        Await.until("it is waited for", () -> consumer.getState() == Thread.State.TIMED_WAITING);
      }
      returned.incrementAndGet();
      return job;
    };
  }

  @Test
  void theRunThatTimedOutHasReturnedWhenTheStreamEnds() {
    AtomicInteger returned = new AtomicInteger();
    run = lingering(returned);
    try (var pool = builder().jobTimeout(Duration.ofMillis(20)).open()) {
      JobFailedException e =
          assertThrows(
              JobFailedException.class, () -> numbers(1).stream().gather(pool.inOrder()).toList());
      assertInstanceOf(TimeoutException.class, e.getCause());
      assertEquals(1, returned.get());
    }
  }

  @Test
  void runsWhoseOutcomesWereDeliveredLongAgoHaveReturnedAsWell() {
    assumeTrue(workers > 1 && distribution == Distribution.SHARED); // others go on meanwhile
    AtomicInteger returned = new AtomicInteger();
    Run lingering = lingering(returned);
    run = job -> job == 0 ? lingering.run(job) : job;
    try (var pool = builder().jobTimeout(Duration.ofMillis(50)).open()) {
      int after = 0;
      try (var outcomes = pool.streamUnordered(Stream.iterate(0, i -> i + 1))) {
        var each = outcomes.iterator();
        boolean isDelivered = false;
        while (after < 10) {
          isDelivered |= each.next().job() == 0;
          after += isDelivered ? 1 : 0;
        }
      }
      assertEquals(1, returned.get());
    }
  }

  @Test
  void aTimeOutIsAFailure() {
    run =
        job -> {
          if (job == 1) {
            release.await();
          }
          return job;
        };
    try (var pool = builder().jobTimeout(Duration.ofMillis(20)).open()) {
      JobFailedException e =
          assertThrows(
              JobFailedException.class, () -> numbers(3).stream().gather(pool.inOrder()).toList());
      assertInstanceOf(TimeoutException.class, e.getCause());
    }
  }

  @Test
  void aClosedPoolSaysSoOnceWhatItHadAcceptedIsDelivered() throws Exception {
    var pool = builder().open();
    List<Integer> seen = new ArrayList<>();
    assertThrows(
        PoolClosedException.class,
        () ->
            endless()
                .gather(pool.inOrder())
                .forEach(result -> {
                  seen.add(result);
                  if (result == 10) {
                    pool.beginShutdown();
                  }
                }));
    assertEquals(numbers(seen.size()), seen);
    assertTrue(pool.shutdown(Duration.ofSeconds(20)).isClean());
    assertEquals(pool.stats().succeeded(), seen.size());
  }

  @Test
  void anInterruptEndsIt() throws Exception {
    run =
        job -> {
          release.await();
          return job;
        };
    try (var pool = builder().open()) {
      Thread consumer = Thread.currentThread();
      Thread interrupter =
          Thread.ofVirtual()
              .start(() -> {
                Await.until("running", () -> pool.stats().running() > 0);
                consumer.interrupt();
              });
      assertThrows(
          PoolInterruptedException.class,
          () -> numbers(MANY).stream().gather(pool.inOrder()).toList());
      assertTrue(Thread.interrupted());
      assertTrue(interrupter.join(Duration.ofSeconds(20)));
      assertEquals(0, pool.stats().running());
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    }
  }
}
