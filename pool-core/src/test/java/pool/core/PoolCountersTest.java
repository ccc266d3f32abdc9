package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import pool.core.Recorder.Task;

/** What every pool says of itself. */
@SuppressWarnings("try")
class PoolCountersTest extends PoolContract {

  @Test
  void awaitIdleTellsWhetherAllHasSettled() throws Exception {
    try (var pool = open()) {
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      occupyAll(pool);
      assertFalse(pool.awaitIdle(Duration.ofMillis(20)));
      release.countDown();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    }
  }

  @Test
  void everySnapshotAddsUpAndCountsWhatWasSeenDone() throws Exception {
    try (var pool = builder().queueCapacity(100_000).open()) {
      AtomicInteger seenDone = new AtomicInteger();
      Thread submitter =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 3_000; i++) {
                  var future = recorder.track(pool.submit(Task.of(i)));
                  if (i % 3 == 0) {
                    future.cancel(true);
                  }
                  future.whenComplete((_, _) -> seenDone.incrementAndGet());
                }
              });
      while (submitter.isAlive()) {
        int seen = seenDone.get();
        PoolStats stats = pool.stats();
        assertAddsUp(stats);
        assertTrue(seen <= stats.succeeded() + stats.failed() + stats.cancelled());
        assertTrue(stats.running() <= workers);
      }
    }
  }

  @Test
  void noMoreRunThanThereAreWorkersHoweverFastJobsAreSubmitted() throws Exception {
    try (var pool = builder().queueCapacity(1_000_000).open()) {
      occupyAll(pool);
      Thread submitter =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 100_000; i++) {
                  pool.submit(Task.of(i));
                }
              });
      long wrong = 0;
      while (submitter.isAlive()) {
        if (pool.stats().running() != workers) {
          wrong++;
        }
      }
      release.countDown();
      assertEquals(0, wrong, "snapshots that showed more or fewer");
    }
  }

  @Test
  void statsTellWhoDoesWhat() throws Exception {
    Instant before = Instant.now();
    try (var pool = open()) {
      CountDownLatch running = new CountDownLatch(1);
      Task job =
          _ -> {
            running.countDown();
            release.await();
            return null;
          };
      recorder.track(pool.submit(job));
      assertTrue(running.await(20, SECONDS));
      PoolStats stats = pool.stats();
      List<WorkerStats> busy =
          stats.workers().stream().filter(w -> w.state() == WorkerState.RUNNING).toList();
      assertEquals(1, busy.size());
      assertEquals(Optional.of(job), busy.getFirst().currentJob());
      Instant since = busy.getFirst().currentJobSince().orElseThrow();
      assertFalse(since.isBefore(before.minusSeconds(1)), since::toString); // two clocks
      assertFalse(since.isAfter(Instant.now().plusSeconds(1)), since::toString);
      assertEquals(1, busy.getFirst().opened());
      assertEquals("recorder-0", stats.workers().getFirst().name());
      release.countDown();
    }
  }

  @Test
  void statsTellWhichJobOfABulkCallRuns() throws Exception {
    try (var pool = open()) {
      List<Optional<?>> seen = Collections.synchronizedList(new ArrayList<>());
      List<Task> jobs = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        jobs.add(worker -> {
          pool.stats().workers().stream()
              .filter(stats -> stats.name().equals(worker.context.workerName()))
              .forEach(stats -> seen.add(stats.currentJob()));
          return null;
        });
      }
      recorder.track(pool.submit(Task.of(1))).get();
      pool.map(jobs);
      assertEquals(
          Set.copyOf(jobs), seen.stream().map(Optional::orElseThrow).collect(Collectors.toSet()));
      Await.until(
          "nobody has a job",
          () -> pool.stats().workers().stream().allMatch(w -> w.currentJob().isEmpty()));
    }
  }

  @Test
  @Tag("long")
  void closeRacingSubmitLosesNoJob() throws Exception {
    Semaphore permits = new Semaphore(0);
    for (int round = 0; round < 400 / workers; round++) {
      var pool = open();
      AtomicInteger accepted = new AtomicInteger();
      Thread submitter =
          Thread.ofVirtual()
              .start(() -> {
                permits.release();
                try {
                  while (true) {
                    recorder.track(pool.submit(Task.of(1)));
                    accepted.incrementAndGet();
                  }
                } catch (PoolClosedException e) {
                  // closed
                }
              });
      permits.acquire();
      CloseReport report =
          round % 2 == 0 ? pool.shutdown(Duration.ofSeconds(30)) : pool.shutdownNow();
      assertTrue(submitter.join(Duration.ofSeconds(20)));
      assertAddsUp(report);
      assertEquals(accepted.get(), report.submitted());
      assertTrue(round % 2 != 0 || report.succeeded() == report.submitted());
    }
  }

  @Test
  void aRunAfterOneThatWasCancelledIsCountedAsAnyOther() throws Exception {
    try (var pool = open()) {
      CountDownLatch goOn = new CountDownLatch(1);
      CountDownLatch running = new CountDownLatch(1);
      var cancelled =
          recorder.track(
              pool.submit(_ -> {
                running.countDown();
                goOn.await();
                throw new IllegalStateException("after it was cancelled");
              }));
      assertTrue(running.await(20, SECONDS));
      assertTrue(cancelled.cancel(false));
      goOn.countDown();
      occupyAll(pool);

      PoolStats stats = pool.stats();
      release.countDown();
      assertEquals(workers, stats.running());
      assertEquals(0, stats.queued());
      assertEquals(1, stats.cancelled());
      assertEquals(0, stats.failed());
      assertEquals(1, stats.workers().stream().mapToLong(WorkerStats::failures).sum());
      assertEquals(1, stats.workers().stream().mapToLong(WorkerStats::jobs).sum());
    }
  }
}
