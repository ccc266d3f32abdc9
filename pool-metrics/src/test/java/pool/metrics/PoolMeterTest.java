package pool.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.core.ThreadKind;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.core.WorkerStats;

@Timeout(60)
@SuppressWarnings("try")
class PoolMeterTest {

  // A pool

  @ParameterizedTest
  @EnumSource
  void itCountsEachRunOfAPool(ThreadKind threads) throws Exception {
    PoolMeter meter = new PoolMeter();
    CountDownLatch both = new CountDownLatch(2); // else one worker may do all
    CountDownLatch runs = new CountDownLatch(1);
    var pool = WorkerPool.tasks().workers(2).threads(threads).listener(meter).open();
    Callable<?> meets =
        () -> {
          both.countDown();
          return both.await(20, SECONDS);
        };
    List<Callable<?>> tasks =
        new ArrayList<>(IntStream.range(0, 98).mapToObj(PoolMeterTest::giving).toList());
    tasks.addAll(0, List.of(meets, meets));
    pool.map(tasks);
    var failing = pool.submit(failing(new IOException("no")));
    var breaking = pool.submit(failing(new WorkerBrokenException("gone")));
    assertThrows(ExecutionException.class, failing::get);
    assertThrows(ExecutionException.class, breaking::get);
    var cancelled =
        pool.submit(() -> {
          runs.countDown();
          return new CountDownLatch(1).await(20, SECONDS);
        });
    assertTrue(runs.await(20, SECONDS));
    cancelled.cancel(true);
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    MeterSnapshot snapshot = meter.snapshot(pool.stats());
    assertEquals(new MeterSnapshot.Counts(100, 2, 1, 0, 1, 0, 0, 0, 0), snapshot.counts());
    assertEquals(report.succeeded(), snapshot.counts().succeeded());
    assertEquals(103, snapshot.ran().count());
    assertEquals(103, snapshot.waited().count());
    assertEquals(
        List.of("tasks-0", "tasks-1"),
        snapshot.workers().stream().map(MeterSnapshot.WorkerUse::worker).toList());
    assertTrue(snapshot.workers().stream().allMatch(use -> use.ever() > 0 && use.ever() <= 1));
    assertEquals(5, snapshot.slowest().size());
    assertEquals(snapshot.ran().longest(), snapshot.slowest().getFirst().ran());
    assertEquals(snapshot, meter.snapshot(pool.stats()), "closed, so that nothing changes");
  }

  /** As its counts are of runs; those of jobs are the pool's own. */
  @Test
  void aBatchIsOneRunAndThePoolCountsItsJobs() throws Exception {
    PoolMeter meter = new PoolMeter();
    CountDownLatch first = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    BatchWorker<String, String> worker =
        (jobs, results) -> {
          if (jobs.contains("first")) {
            first.countDown();
            release.await();
          } else if (jobs.contains("job4")) {
            throw new IOException("no");
          }
          for (int i = 0; i < jobs.size(); i++) {
            results.succeeded(i, jobs.get(i));
          }
        };
    WorkerFactory<String, String> factory =
        WorkerFactory.of("batches", String.class, String.class, _ -> worker);
    var pool = WorkerPool.of(factory).workers(1).maxBatch(4).listener(meter).open();
    var _ = pool.submit("first");
    assertTrue(first.await(20, SECONDS));
    for (int i = 0; i < 6; i++) {
      var _ = pool.submit("job" + i);
    }
    release.countDown();
    pool.close();
    PoolStats stats = pool.stats();
    MeterSnapshot snapshot = meter.snapshot(stats);
    assertEquals(new MeterSnapshot.Counts(2, 1, 0, 0, 0, 0, 0, 0, 0), snapshot.counts());
    assertEquals(3, snapshot.ran().count());
    assertEquals(3, snapshot.waited().count());
    assertEquals(
        Set.of("first", "[job0, job1, job2, job3]", "[job4, job5]"),
        snapshot.slowest().stream().map(MeterSnapshot.SlowRun::job).collect(Collectors.toSet()));
    assertEquals(5, stats.succeeded());
    assertEquals(2, stats.failed());
    assertEquals(7, stats.workers().getFirst().jobs());
  }

  private static Callable<Object> giving(int result) {
    return () -> result;
  }

  private static Callable<Object> failing(Exception cause) {
    return () -> {
      throw cause;
    };
  }

  @Test
  void ofARunUnderWayItKnowsFromThePool() throws Exception {
    PoolMeter meter = new PoolMeter();
    CountDownLatch release = new CountDownLatch(1);
    try (var pool = WorkerPool.tasks().workers(1).listener(meter).open()) {
      var running = pool.submit(() -> release.await(20, SECONDS));
      Await.until("it is busy", () -> meter.snapshot(pool.stats()).utilization() >= 0.5);
      assertEquals(0, meter.snapshot(pool.stats()).ran().count());
      release.countDown();
      assertEquals(true, running.get(20, SECONDS));
    }
  }

  @Test
  void noReferenceToAJobIsKept() throws Exception {
    PoolMeter meter = new PoolMeter();
    var pool = WorkerPool.tasks().workers(1).listener(meter).open();
    List<WeakReference<Callable<Object>>> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Callable<Object> task = giving(i);
      jobs.add(new WeakReference<>(task));
      assertEquals(i, pool.submit(task).get(20, SECONDS));
    }
    pool.close();
    Await.until(
        "the jobs are collected",
        () -> {
          System.gc();
          return jobs.stream().allMatch(job -> job.get() == null);
        });
    assertEquals(20, meter.snapshot(pool.stats()).ran().count());
  }

  @Test
  void aSnapshotIsConsistentWhileTheMeterIsTold() throws Exception {
    PoolMeter meter = new PoolMeter();
    try (var pool = WorkerPool.tasks().workers(1).open()) {
      PoolStats stats = pool.stats();
      Thread teller =
          Thread.ofPlatform()
              .start(() -> {
                for (int i = 0; i < 200_000; i++) {
                  meter.jobRan(run("w", 1, Instant.now(), Duration.ofNanos(i), i % 3 == 0));
                }
              });
      long last = 0;
      do {
        MeterSnapshot snapshot = meter.snapshot(stats);
        MeterSnapshot.Counts counts = snapshot.counts();
        assertEquals(snapshot.ran().count(), counts.succeeded() + counts.failed());
        assertEquals(snapshot.ran().count(), snapshot.waited().count());
        assertTrue(snapshot.ran().count() >= last);
        last = snapshot.ran().count();
      } while (last < 200_000);
      assertTrue(teller.join(Duration.ofSeconds(20)));
    }
  }

  // A clock that the test turns

  private long nanos = Long.MAX_VALUE - 1_000_000; // it overflows
  private Instant instant = Instant.EPOCH;
  private final PoolMeter meter = new PoolMeter(() -> nanos, () -> instant);

  private void pass(long seconds) {
    nanos += SECONDS.toNanos(seconds);
    instant = instant.plusSeconds(seconds);
  }

  private static JobRun run(
      String worker, Object job, Instant started, Duration ran, boolean fails) {
    Optional<Throwable> failure = fails ? Optional.of(new IOException()) : Optional.empty();
    return new JobRun(worker, job, started, Duration.ZERO, ran, failure, false);
  }

  private void ran(long seconds) {
    Duration ran = Duration.ofSeconds(seconds);
    meter.jobRan(run("w", "job of " + seconds + " s", instant.minus(ran), ran, false));
  }

  private MeterSnapshot snapshot(Optional<Instant> runningSince) {
    Optional<Object> job = runningSince.map(_ -> "running");
    WorkerStats worker = new WorkerStats("w", WorkerState.RUNNING, 0, 0, job, runningSince, 1);
    return meter.snapshot(new PoolStats(PoolState.OPEN, 0, 0, 0, 0, 0, 0, 0, 0, List.of(worker)));
  }

  private MeterSnapshot.WorkerUse use() {
    return snapshot(Optional.empty()).workers().getFirst();
  }

  private static void assertUse(double ever, double lastMinute, MeterSnapshot.WorkerUse use) {
    assertEquals(ever, use.ever(), 1e-6);
    assertEquals(lastMinute, use.lastMinute(), 1e-6);
  }

  @Test
  void aRunCountsInTheTimeInWhichItRan() {
    meter.workerOpened("w", instant, Duration.ZERO);
    pass(100);
    ran(30); // from 70 to 100
    pass(19); // the last minute began at 60
    assertUse(30 / 119.0, 30 / 59.0, use());
    pass(20); // at 80
    assertUse(30 / 139.0, 20 / 59.0, use());
  }

  @Test
  void beforeAMinuteHasPassedTheLastMinuteIsShorter() {
    pass(7);
    meter.workerOpened("w", instant, Duration.ZERO);
    pass(10);
    ran(5);
    assertUse(0.5, 0.5, use());
    assertEquals(0.1, snapshot(Optional.empty()).runsPerSecond(), 1e-6);
    assertEquals(Duration.ofSeconds(10), snapshot(Optional.empty()).measured());
  }

  @Test
  void whatIsToldLateBeganAndEndedWhenItDid() {
    pass(7);
    Instant opening = instant;
    pass(10);
    meter.workerOpened("w", opening, Duration.ofSeconds(3));
    pass(10);
    Instant closed = instant;
    pass(5);
    meter.stateChanged(PoolState.CLOSED, closed);
    assertEquals(Duration.ofSeconds(17), snapshot(Optional.empty()).measured());
  }

  @Test
  void aRunThatHasNotEndedIsIncludedOnce() {
    meter.workerOpened("w", instant, Duration.ZERO);
    pass(200);
    Instant since = instant.minusSeconds(100);
    assertUse(0.5, 1, snapshot(Optional.of(since)).workers().getFirst());
    ran(100); // it has ended since the pool was asked
    assertUse(0.5, 1, snapshot(Optional.of(since)).workers().getFirst());
    assertUse(0.5, 1, use());
  }

  @Test
  void runsThatAreToldLateCountWhenTheyWere() {
    meter.workerOpened("w", instant, Duration.ZERO);
    Duration second = Duration.ofSeconds(1);
    pass(100);
    for (int i = 0; i < 10; i++) {
      meter.jobRan(run("w", i, instant.minusSeconds(90 - 9 * i), second, i == 9));
    } // at 10, 19, ... 91; the last minute began at 45
    assertUse(0.1, 6 / 55.0, use());
    assertEquals(6 / 55.0, snapshot(Optional.empty()).runsPerSecond(), 1e-6);
    assertEquals(1 / 55.0, snapshot(Optional.empty()).failuresPerSecond(), 1e-6);
  }

  @Test
  void aWallClockThatIsSetDoesNoHarm() {
    meter.workerOpened("w", instant, Duration.ZERO);
    pass(100);
    Instant before = instant;
    instant = before.minusSeconds(10_000);
    meter.jobRan(run("w", 1, before.minusSeconds(2), Duration.ofSeconds(2), false));
    assertUse(2 / 100.0, 2 / 55.0, use());
    instant = before.plusSeconds(10_000);
    meter.jobRan(run("w", 1, before, Duration.ofSeconds(1), false));
    assertUse(2 / 100.0, 2 / 55.0, use());
  }

  @Test
  void theFiveSlowestJobsAreNamedCutAndTheLongestFirst() {
    pass(1_000);
    for (int seconds : new int[] {3, 9, 1, 7, 5, 8, 2, 6}) {
      ran(seconds);
    }
    meter.jobRan(run("w", "x".repeat(500), instant, Duration.ofSeconds(4), false));
    meter.jobRan(run("w", "x".repeat(198) + "😀yz", instant, Duration.ofSeconds(10), false));
    var slowest = snapshot(Optional.empty()).slowest();
    assertEquals(
        List.of(10L, 9L, 8L, 7L, 6L),
        slowest.stream().map(slow -> slow.ran().toSeconds()).toList());
    assertEquals("x".repeat(198) + "…", slowest.getFirst().job());
    assertEquals("job of 9 s", slowest.get(1).job());
    assertEquals(instant.minusSeconds(9), slowest.get(1).started());
  }

  @Test
  void aJobThatCannotSayWhatItIsIsNamedAfterItsClass() {
    Object bad =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("bad job");
          }
        };
    meter.jobRan(run("w", bad, instant, Duration.ZERO, false));
    assertEquals(bad.getClass().getName(), snapshot(Optional.empty()).slowest().getFirst().job());
  }

  @Test
  void whatHappensToWorkersJobsAndTheQueueIsCounted() {
    meter.jobPutOff("w", "job", instant, Duration.ZERO, new IOException());
    meter.workerNotOpened("w", instant, new IOException());
    meter.workerBroke("w", instant, new IOException());
    meter.workerBroke("w", instant, new IOException());
    meter.workerAbandoned(new CloseReport.Abandoned("w", Optional.empty(), List.of()), instant);
    meter.queueFull(instant);
    meter.eventsLost(1_000);
    meter.eventsLost(1);
    assertEquals(
        new MeterSnapshot.Counts(0, 0, 0, 1, 2, 1, 1, 1, 1_001),
        snapshot(Optional.empty()).counts());
  }
}
