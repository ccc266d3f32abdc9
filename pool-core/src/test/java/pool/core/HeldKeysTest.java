package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** A job of an abandoned worker holds its key until its run returns, or the pool closes. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsAndDistributions")
@Timeout(60)
@SuppressWarnings("try")
class HeldKeysTest {

  private static final String KEY = "key";

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch releaseAgain = new CountDownLatch(1);
  private final List<String> ran = new CopyOnWriteArrayList<>();
  private final AtomicInteger runsOfKey = new AtomicInteger();
  private final AtomicInteger mostRunsOfKey = new AtomicInteger();
  private final Semaphore abandoned = new Semaphore(0);
  private final AtomicInteger breaks = new AtomicInteger();

  @AfterEach
  void letGo() {
    release.countDown();
    releaseAgain.countDown();
  }

  private String run(String job) throws WorkerBrokenException {
    ran.add(job);
    if (job.startsWith("other")) {
      return job;
    }
    mostRunsOfKey.accumulateAndGet(runsOfKey.incrementAndGet(), Math::max);
    try {
      if (job.startsWith("hangs")) {
        PoolBrokenTest.awaitUninterruptibly(job.equals("hangs") ? release : releaseAgain);
      }
      if (job.startsWith("break") && breaks.getAndIncrement() == 0) {
        throw new WorkerBrokenException("once");
      }
      return job;
    } finally {
      runsOfKey.decrementAndGet();
    }
  }

  /** One slot, so that other keys meet it, too. */
  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(WorkerFactory.of("keyed", String.class, String.class, _ -> this::run))
        .workers(1)
        .threads(threads)
        .distribution(distribution)
        .maxAttempts(2)
        .listener(
            new PoolListener() {
              @Override
              public void workerAbandoned(CloseReport.Abandoned worker, Instant at) {
                abandoned.release();
              }
            })
        .jobTimeout(Duration.ofMillis(300))
        .cancelGrace(Duration.ofMillis(20));
  }

  private void assertAbandoned(CompletableFuture<?> future) throws Exception {
    ExecutionException e = assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
    assertInstanceOf(TimeoutException.class, e.getCause());
    assertTrue(abandoned.tryAcquire(20, SECONDS));
  }

  @Test
  void jobsOfTheKeyWaitInOrderUntilTheRunReturnsAndOthersGoOn() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    var hangs = pool.submit(KEY, "hangs");
    var breaksOnce = pool.submit(KEY, "breaks");
    var withdrawn = pool.submit(KEY, "withdrawn");
    var last = pool.submit(KEY, "last");
    assertEquals("other", pool.submit("another", "other").get(20, SECONDS));
    assertAbandoned(hangs);
    assertEquals("other, too", pool.submit("another", "other, too").get(20, SECONDS));
    assertEquals("other and any", pool.submit("other and any").get(20, SECONDS));
    assertFalse(breaksOnce.isDone() || last.isDone(), ran::toString);
    assertTrue(withdrawn.cancel(false));
    assertEquals(2, pool.stats().queued());
    release.countDown();
    assertEquals("last", last.get(20, SECONDS));
    assertEquals("breaks", breaksOnce.get());
    assertEquals("after", pool.submit(KEY, "after").get(20, SECONDS));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(1, report.abandoned().size());
    assertEquals(
        List.of(
            "hangs", "other", "other, too", "other and any", "breaks", "breaks", "last", "after"),
        ran);
    assertEquals(1, mostRunsOfKey.get());
  }

  @Test
  void jobsThatWereSetAsideKeepTheirOrderWhenTheKeyIsHeldAgain() throws Exception {
    WorkerPool<String, String> pool = builder().workers(3).open();
    var first = pool.submit(KEY, "hangs");
    var second = pool.submit(KEY, "hangs again");
    var third = pool.submit(KEY, "third");
    var fourth = pool.submit(KEY, "fourth");
    assertAbandoned(first);
    assertFalse(second.isDone());
    release.countDown();
    assertAbandoned(second);
    assertFalse(third.isDone());
    releaseAgain.countDown();
    assertEquals("fourth", fourth.get(20, SECONDS));
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(2, report.abandoned().size());
    assertEquals(List.of("hangs", "hangs again", "third", "fourth"), ran);
    assertEquals(1, mostRunsOfKey.get());
  }

  @Test
  void whatWaitsForAKeyInASlotThatStaysEmptyFails() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    var first = pool.submit(KEY, "hangs");
    var next = pool.submit(KEY, "next");
    assertAbandoned(first);
    assertAbandoned(pool.submit("another", "hangs again")); // and is not replaced
    ExecutionException e = assertThrows(ExecutionException.class, () -> next.get(20, SECONDS));
    assertInstanceOf(PoolBrokenException.class, e.getCause());
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals(3, report.failed());
  }

  @Test
  void aPoolThatClosesWaitsForNoKey() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    var hangs = pool.submit(KEY, "hangs");
    var next = pool.submit(KEY, "next");
    assertAbandoned(hangs);
    assertEquals("other", pool.submit("another", "other").get(20, SECONDS)); // by its successor
    assertFalse(next.isDone());
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertEquals("next", next.get(0, SECONDS));
    assertEquals(1, report.abandoned().size());
    assertEquals(List.of("hangs", "other", "next"), ran);
  }

  @Test
  void aPoolThatIsStoppedLosesNothingThatWaitsForAKey() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    var hangs = pool.submit(KEY, "hangs");
    var next = pool.submit(KEY, "next");
    assertAbandoned(hangs);
    assertEquals("other", pool.submit("another", "other").get(20, SECONDS)); // by its successor
    CloseReport report = pool.shutdownNow();
    assertTrue(next.isDone());
    assertEquals(3, report.submitted());
    assertEquals(ran.contains("next") ? List.of() : List.of("next"), report.notStartedJobs());
  }
}
