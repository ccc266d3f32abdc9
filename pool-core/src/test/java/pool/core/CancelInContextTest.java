package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerFactory;

/** A worker is cancelled only while it is on the stack, and what surrounds it is interrupted. */
@ParameterizedClass
@EnumSource
@Timeout(60)
class CancelInContextTest {

  /** How a job meets its worker. */
  enum Way {
    SUBMIT,
    BULK,
    BATCH
  }

  /** Where the one worker is. */
  private enum Place {
    BEFORE,
    CALLED,
    AFTER
  }

  @Parameter Way way;

  private volatile Place place = Place.BEFORE;
  private final Queue<Place> cancelled = new ConcurrentLinkedQueue<>();
  private final AtomicInteger runs = new AtomicInteger();
  private final AtomicInteger notCalled = new AtomicInteger();
  private final AtomicInteger interruptedAfter = new AtomicInteger();
  private final CountDownLatch interrupted = new CountDownLatch(1);
  private volatile boolean tells = true; // a job of which a batch worker has told does not time out
  private volatile Hook before = () -> {};
  private volatile Hook during = () -> {};
  private volatile Hook after = () -> {};

  @FunctionalInterface
  private interface Hook {
    void run() throws InterruptedException;
  }

  @AfterEach
  void isCancelledOnTheStackOnly() {
    assertTrue(cancelled.stream().allMatch(Place.CALLED::equals), cancelled::toString);
  }

  private void around(JobContext.Run run) throws Exception {
    place = Place.BEFORE;
    before.run();
    place = Place.CALLED;
    try {
      run.run();
    } catch (CancellationException e) {
      notCalled.incrementAndGet();
      throw e;
    } finally {
      place = Place.AFTER;
      boolean wasInterrupted = Thread.currentThread().isInterrupted();
      after.run();
      if (!wasInterrupted && Thread.currentThread().isInterrupted()) {
        interruptedAfter.incrementAndGet();
      }
    }
  }

  private final JobContext context =
      new JobContext() {
        @Override
        public Scope capture() {
          return new Scope() {
            @Override
            public void run(Runnable body) {
              body.run();
            }

            @Override
            public void around(Run run) throws Exception {
              CancelInContextTest.this.around(run);
            }
          };
        }

        @Override
        public void aroundBatch(List<Scope> scopes, Run run) throws Exception {
          CancelInContextTest.this.around(run);
        }
      };

  private void work() throws InterruptedException {
    runs.incrementAndGet();
    during.run();
  }

  private void cancelled() {
    cancelled.add(place);
    for (int i = ThreadLocalRandom.current().nextInt(200); i > 0; i--) {
      Thread.onSpinWait();
    }
    cancelled.add(place);
  }

  private Worker<String, String> single() {
    return new Worker<>() {
      @Override
      public String run(String job) throws InterruptedException {
        work();
        return job;
      }

      @Override
      public void cancel() {
        cancelled();
      }

      @Override
      public void close() {}
    };
  }

  private BatchWorker<String, String> several() {
    return new BatchWorker<>() {
      @Override
      public void runAll(List<String> jobs, Results<String> results) throws InterruptedException {
        work();
        if (tells) {
          results.succeeded(0, jobs.getFirst());
        }
      }

      @Override
      public void cancel() {
        cancelled();
      }

      @Override
      public void close() {}
    };
  }

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "context",
                String.class,
                String.class,
                _ -> way == Way.BATCH ? several() : single()))
        .workers(1)
        .context(context)
        .closeTimeout(Duration.ofSeconds(20));
  }

  /** How the job has ended, if it failed. */
  private Throwable failure(WorkerPool<String, String> pool) {
    if (way == Way.BULK) {
      return assertInstanceOf(Outcome.Failed.class, pool.mapAll(List.of("job")).getFirst()).cause();
    }
    CompletableFuture<String> job = pool.submit("job");
    return assertThrows(ExecutionException.class, () -> job.get(20, SECONDS)).getCause();
  }

  private void untilInterrupted() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      interrupted.countDown();
    }
  }

  @Test
  void aContextThatHangsBeforeTheRunIsInterruptedAndItsWorkerNotCalled() throws Exception {
    before = this::untilInterrupted;
    try (var pool = builder().jobTimeout(Duration.ofMillis(50)).open()) {
      assertInstanceOf(TimeoutException.class, failure(pool));
      assertTrue(interrupted.await(20, SECONDS));
      before = () -> {};
      assertEquals("job", pool.submit("job").get(20, SECONDS));
    }
    assertEquals(1, runs.get());
    assertTrue(cancelled.isEmpty());
  }

  @Test
  void aContextThatHangsAfterTheRunIsInterrupted() throws Exception {
    after = this::untilInterrupted;
    tells = false;
    try (var pool = builder().jobTimeout(Duration.ofMillis(50)).open()) {
      assertInstanceOf(TimeoutException.class, failure(pool));
      assertTrue(interrupted.await(20, SECONDS));
      after = () -> {};
      tells = true;
      assertEquals("job", pool.submit("job").get(20, SECONDS));
    }
    assertEquals(2, runs.get());
    assertTrue(cancelled.isEmpty());
  }

  @Test
  void aRunThatHangsIsCancelled() {
    during = this::untilInterrupted;
    try (var pool = builder().jobTimeout(Duration.ofMillis(50)).open()) {
      assertInstanceOf(TimeoutException.class, failure(pool));
    }
    assertEquals(List.of(Place.CALLED, Place.CALLED), List.copyOf(cancelled));
  }

  @Test
  void aCancelThatMeetsAnyMomentOfARunMeetsNoContext() throws Exception {
    before = CancelInContextTest::aWhile;
    during = CancelInContextTest::aWhile;
    after = CancelInContextTest::aWhile;
    try (var pool = builder().open()) {
      for (int round = 0; round < 2_000 || (round < 20_000 && !hasMetEachPlace()); round++) {
        Runnable cancel = begin(pool);
        aWhile();
        aWhile();
        cancel.run();
      }
    }
    assumeTrue(hasMetEachPlace(), "the threads did not meet");
  }

  private boolean hasMetEachPlace() {
    return notCalled.get() > 0
        && !cancelled.isEmpty()
        && (way == Way.BATCH || interruptedAfter.get() > 0); // it has reported its job by then
  }

  /** Begins a job; what is returned cancels it. */
  private Runnable begin(WorkerPool<String, String> pool) {
    if (way == Way.BULK) {
      Thread caller =
          Thread.startVirtualThread(() -> {
            try {
              var _ = pool.mapAll(List.of("job"));
            } catch (PoolInterruptedException expected) {
              // cancelled
            }
          });
      return () -> {
        caller.interrupt();
        try {
          assertTrue(caller.join(Duration.ofSeconds(20)));
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      };
    }
    CompletableFuture<String> job = pool.submit("job");
    return () -> job.cancel(true);
  }

  private static void aWhile() {
    for (int i = ThreadLocalRandom.current().nextInt(2_000); i > 0; i--) {
      Thread.onSpinWait();
    }
  }
}
