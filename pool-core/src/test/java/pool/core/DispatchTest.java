package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.WorkerFactory;

/** What the way of a job through the pool promises: order, bounds, and what it leaves behind. */
@Timeout(value = 60, unit = SECONDS)
@ParameterizedClass(name = "{0}, {1} workers")
@MethodSource("kinds")
class DispatchTest {

  private static final Duration LONG = Duration.ofSeconds(20);

  static Stream<Arguments> kinds() {
    return Arrays.stream(ThreadKind.values())
        .flatMap(threads -> Stream.of(1, 2, 8).map(workers -> Arguments.of(threads, workers)));
  }

  /** A job that is not kept alive by anything but the pool. */
  private record Job(Run run) {}

  @FunctionalInterface
  private interface Run {
    Object run() throws Exception;
  }

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  int workers;

  private WorkerPool.Builder<Job, Object> builder() {
    return WorkerPool.of(
            WorkerFactory.of("dispatch", Job.class, Object.class, _ -> job -> job.run().run()))
        .threads(threads)
        .workers(workers);
  }

  private static Job job(Run run) {
    return new Job(run);
  }

  /** Occupies every worker until the release, one after the other, so that none has to wait. */
  private void occupyAll(WorkerPool<Job, Object> pool, CountDownLatch release) throws Exception {
    Semaphore busy = new Semaphore(0);
    for (int i = 0; i < workers; i++) {
      CompletableFuture<Object> _ =
          pool.submit(
              job(() -> {
                busy.release();
                return release.await(20, SECONDS);
              }));
      assertTrue(busy.tryAcquire(20, SECONDS));
    }
  }

  // No job behind a long one while a worker is free

  @Test
  void jobsThatWereTakenWithALongOneAreDoneByOthers() throws Exception {
    int jobs = 20_000; // short ones first, so that workers take many together
    try (var pool = builder().workers(Math.max(2, workers)).queueCapacity(jobs).open()) {
      CountDownLatch others = new CountDownLatch(jobs - 1);
      List<CompletableFuture<Object>> futures = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        futures.add(
            pool.submit(
                i == jobs / 2
                    ? job(() -> others.await(20, SECONDS))
                    : job(() -> {
                      others.countDown();
                      return true;
                    })));
      }
      assertEquals(true, futures.get(jobs / 2).get(30, SECONDS));
    }
  }

  @Test
  @Tag("long")
  void jobsThatWereTakenWithALongOneAreDoneWhileOthersKeepComing() throws Exception {
    try (var pool = builder().workers(Math.max(2, workers)).queueCapacity(20_000).open()) {
      AtomicBoolean over = new AtomicBoolean();
      Thread submitter =
          Thread.ofPlatform()
              .start(() -> {
                while (!over.get()) {
                  CompletableFuture<Object> _ = pool.submit(job(DispatchTest::twoMicros));
                }
              });
      for (int round = 0; round < 3; round++) {
        Semaphore behind = new Semaphore(0);
        List<CompletableFuture<Object>> after = new ArrayList<>();
        var blocked = pool.submit(job(() -> behind.tryAcquire(64, 20, SECONDS)));
        for (int i = 0; i < 64; i++) {
          after.add(
              pool.submit(
                  job(() -> {
                    behind.release();
                    return true;
                  })));
        }
        assertEquals(true, blocked.get(30, SECONDS));
      }
      over.set(true);
      submitter.join();
    }
  }

  /** Short, but longer than a submit, so that the queue does not run empty. */
  private static boolean twoMicros() {
    long end = System.nanoTime() + 2_000;
    while (System.nanoTime() < end) {
      Thread.onSpinWait();
    }
    return true;
  }

  @Test
  void placesOfABatchBehindALongOneAreDoneByOthers() {
    int jobs = 20_000;
    try (var pool = builder().workers(Math.max(2, workers)).open()) {
      CountDownLatch others = new CountDownLatch(jobs - 1);
      List<Job> bulk = new ArrayList<>();
      for (int i = 0; i < jobs; i++) {
        bulk.add(
            i == jobs / 3
                ? job(() -> others.await(20, SECONDS))
                : job(() -> {
                  others.countDown();
                  return true;
                }));
      }
      assertTrue(pool.map(bulk).stream().allMatch(Boolean.TRUE::equals));
    }
  }

  @Test
  void aLongBatchDoesNotKeepSubmittedJobsWaiting() throws Exception {
    try (var pool = builder().open()) {
      AtomicBoolean over = new AtomicBoolean();
      CountDownLatch begun = new CountDownLatch(1);
      List<Job> bulk = new ArrayList<>();
      for (int i = 0; i < 100_000; i++) {
        bulk.add(
            job(() -> {
              begun.countDown();
              if (!over.get()) {
                Thread.sleep(1); // what a long job is, not what the test waits for
              }
              return true;
            }));
      }
      Thread owner = Thread.ofPlatform().start(() -> pool.map(bulk));
      assertTrue(begun.await(20, SECONDS));
      assertEquals(true, pool.submit(job(() -> true)).get(20, SECONDS));
      assertEquals(true, pool.submit("key", job(() -> true)).get(20, SECONDS));
      assertEquals(List.of(true), pool.map(List.of(job(() -> true))));
      over.set(true);
      assertTrue(owner.join(LONG));
    }
  }

  /** A worker has taken them together with a long one that came before them. */
  @Test
  void whatAWorkerHasTakenDoesNotWaitForAWholeBulkCall() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch inLong = new CountDownLatch(workers);
    AtomicInteger bulkDone = new AtomicInteger();
    AtomicInteger bulkDoneBefore = new AtomicInteger(); // the last of the others
    int jobs = 127 * workers; // a worker takes one, then two, then four, at last 64
    try (var pool = builder().open()) {
      List<Job> shorts = Collections.nCopies(100_000, job(() -> true)); // until that is compiled
      assertEquals(shorts.size(), pool.map(shorts).size());
      CountDownLatch begin = new CountDownLatch(1);
      occupyAll(pool, begin);
      for (int i = 1; i <= jobs; i++) {
        boolean isLong = i > jobs / 2 && i <= jobs / 2 + 6 * workers;
        CompletableFuture<Object> _ =
            pool.submit(
                job(() -> {
                  bulkDoneBefore.set(bulkDone.get());
                  if (isLong) {
                    inLong.countDown();
                    return gate.await(20, SECONDS);
                  }
                  return true;
                }));
      }
      begin.countDown();
      assertTrue(inLong.await(20, SECONDS));
      Thread owner =
          Thread.ofPlatform()
              .start(() ->
                  pool.map(
                      Stream.generate(() ->
                              job(() -> {
                                Thread.sleep(1); // what a long job is
                                return bulkDone.incrementAndGet();
                              }))
                          .limit(500L * workers)
                          .toList()));
      long before = shorts.size() + workers + jobs;
      Await.until("the bulk call waits", () -> pool.stats().submitted() > before);
      gate.countDown();
      assertTrue(owner.join(LONG));
    }
    assertTrue(bulkDoneBefore.get() < 500 * workers, bulkDoneBefore::toString);
  }

  /** The first are short, so that many are run before the next look at the clock. */
  @Test
  void aSubmittedJobDoesNotWaitForManyJobsThatHaveBecomeLong() throws Exception {
    int shorts = 1_000 * workers;
    AtomicInteger begun = new AtomicInteger(); // of the long ones
    CountDownLatch areLong = new CountDownLatch(workers);
    try (var pool = builder().open()) {
      Stream<Job> all =
          IntStream.range(0, shorts + 60 * workers)
              .mapToObj(i ->
                  job(() -> {
                    if (i >= shorts) {
                      int _ = begun.incrementAndGet();
                      areLong.countDown();
                      Thread.sleep(10);
                    }
                    return i;
                  }));
      List<Job> bulk = all.toList();
      Thread owner = Thread.ofPlatform().start(() -> pool.map(bulk));
      assertTrue(areLong.await(20, SECONDS));
      CompletableFuture<Object> submitted = pool.submit(job(begun::get));
      int before = begun.get();
      int meanwhile = (int) submitted.get(20, SECONDS) - before;
      assertTrue(meanwhile <= 10 * workers, () -> meanwhile + " jobs came before it");
      assertTrue(owner.join(LONG));
    }
  }

  // Order and bounds

  @Test
  @Tag("long")
  void oneWorkerDoesTheJobsOfEachSubmitterInTheirOrder() throws Exception {
    int jobs = 1_100_000; // more than the largest ring holds
    AtomicInteger[] next = {new AtomicInteger(), new AtomicInteger()};
    AtomicInteger wrong = new AtomicInteger();
    CountDownLatch open = new CountDownLatch(1);
    WorkerFactory<Integer, Boolean> factory =
        WorkerFactory.of(
            "order",
            Integer.class,
            Boolean.class,
            _ ->
                job -> {
                  open.await();
                  if (next[job & 1].getAndIncrement() != job >> 1) {
                    wrong.incrementAndGet();
                  }
                  return true;
                });
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .threads(threads)
            .queueCapacity(Integer.MAX_VALUE)
            .open()) {
      Thread odd =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 1_000; i++) {
                  CompletableFuture<Boolean> _ = pool.submit(i << 1 | 1);
                }
              });
      for (int i = 0; i < jobs; i++) {
        CompletableFuture<Boolean> _ = pool.submit(i << 1);
      }
      odd.join();
      assertEquals(jobs + 1_000, pool.stats().queued() + pool.stats().running());
      open.countDown();
      assertTrue(pool.awaitIdle(LONG));
      assertEquals(jobs, next[0].get());
      assertEquals(1_000, next[1].get());
      assertEquals(0, wrong.get());
    }
  }

  @Test
  @Tag("long")
  void neverMoreJobsWaitThanTheCapacity() throws Exception {
    int capacity = 3;
    try (var pool = builder().queueCapacity(capacity).open()) {
      List<Thread> submitters =
          IntStream.range(0, 3)
              .mapToObj(id ->
                  Thread.ofPlatform()
                      .start(() -> {
                        for (int i = 0; i < 2_000; i++) {
                          var future =
                              i % 5 == 0
                                  ? pool.submit("key" + id, job(() -> true))
                                  : pool.submit(job(() -> true));
                          if (i % 7 == 0) {
                            future.cancel(false);
                          }
                        }
                      }))
              .toList();
      while (submitters.stream().anyMatch(Thread::isAlive)) {
        long queued = pool.stats().queued();
        assertTrue(queued <= capacity, () -> queued + " wait");
      }
    }
  }

  @Test
  void aRejectedJobLeavesNothing() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    try (var pool = builder().queueCapacity(1).whenFull(WhenFull.REJECT).open()) {
      occupyAll(pool, release);
      CompletableFuture<Object> waiting = pool.submit(job(() -> true));
      for (int i = 0; i < 1_000; i++) {
        assertTrue(pool.trySubmit(job(() -> true)).isEmpty());
      }
      assertEquals(workers + 1, pool.stats().submitted());
      assertTrue(waiting.cancel(false));
      assertTrue(pool.trySubmit(job(() -> true)).isPresent());
      release.countDown();
    }
  }

  // What is left behind

  @Test
  void noReferenceToAJobOrAResultIsKept() throws Exception {
    try (var pool = builder().queueCapacity(10_000).open()) {
      List<WeakReference<?>> references = new ArrayList<>();
      ConcurrentLinkedQueue<WeakReference<?>> results = new ConcurrentLinkedQueue<>();
      List<CompletableFuture<Object>> kept = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        Job job = remembering(results);
        references.add(new WeakReference<>(job));
        kept.add(i % 2 == 0 ? pool.submit(job) : pool.submit(i, job));
      }
      assertTrue(pool.awaitIdle(LONG));
      Recorder.awaitCleared(references); // a future that is kept keeps no job
      kept.forEach(future -> references.add(new WeakReference<>(future)));
      kept.clear();
      List<Job> bulk = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        bulk.add(remembering(results));
        references.add(new WeakReference<>(bulk.getLast()));
      }
      references.add(new WeakReference<>(pool.map(bulk)));
      references.add(new WeakReference<>(pool.mapAll(bulk)));
      bulk = null;
      withdrawOneBehindBusyWorkers(pool, references);
      assertTrue(pool.awaitIdle(LONG));
      assertEquals(500 + 2 * 500, results.size());
      references.addAll(results);
      Recorder.awaitCleared(references);
    }
  }

  private Job remembering(ConcurrentLinkedQueue<WeakReference<?>> results) {
    return job(() -> {
      Object result = new Object();
      results.add(new WeakReference<>(result));
      return result;
    });
  }

  /** Its job goes at once, though it stays where it waited. */
  private void withdrawOneBehindBusyWorkers(
      WorkerPool<Job, Object> pool, List<WeakReference<?>> references) throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    occupyAll(pool, release);
    Job withdrawn = job(() -> true);
    WeakReference<Job> reference = new WeakReference<>(withdrawn);
    CompletableFuture<Object> future = pool.submit(withdrawn);
    withdrawn = null;
    assertTrue(future.cancel(false));
    Recorder.awaitCleared(List.of(reference));
    release.countDown();
    references.add(new WeakReference<>(future));
  }

  @Test
  @Tag("long")
  void aPoolOfWhichOneWorkerIsStuckDoesNotSpin() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch stuck = new CountDownLatch(1);
    try (var pool = builder().open()) {
      CompletableFuture<Object> _ =
          pool.submit(
              "key",
              job(() -> {
                stuck.countDown();
                return release.await(20, SECONDS);
              }));
      assertTrue(stuck.await(20, SECONDS));
      List<CompletableFuture<Object>> behind =
          IntStream.range(0, 50).mapToObj(_ -> pool.submit("key", job(() -> true))).toList();
      Duration before = processorTime();
      assertFalse(release.await(1, SECONDS));
      Duration used = processorTime().minus(before);
      assertTrue(used.toMillis() < 500, () -> used + " while nothing could be done");
      assertFalse(behind.getFirst().isDone());
      release.countDown();
    }
  }

  /** Of all threads that run Java, carriers included; compilers and collectors are left out. */
  private static Duration processorTime() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    return Duration.ofNanos(
        LongStream.of(threads.getAllThreadIds())
            .map(threads::getThreadCpuTime)
            .filter(nanos -> nanos > 0) // -1 when it has ended
            .sum());
  }

  @Test
  void anEmptyBatchIsNothing() {
    try (var pool = builder().open()) {
      assertEquals(List.of(), pool.map(List.of()));
      assertEquals(List.of(), pool.mapAll(List.of()));
      assertEquals(0, pool.stats().submitted());
      assertNull(pool.map(List.of(job(() -> null))).getFirst());
    }
  }
}
