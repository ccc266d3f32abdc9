package pool.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import pool.metrics.MeterSnapshot.SlowRun;
import pool.metrics.MeterSnapshot.WorkerUse;

/** What share of the time a worker was busy, and which runs were the slowest. */
class BusyTimeTest {

  private static long s(long seconds) {
    return Duration.ofSeconds(seconds).toNanos();
  }

  private static void assertUse(double ever, double lastMinute, WorkerUse use) {
    assertEquals("w", use.worker());
    assertEquals(ever, use.ever(), 1e-9);
    assertEquals(lastMinute, use.lastMinute(), 1e-9);
  }

  private final BusyTime busy = new BusyTime();

  @Test
  void runsThatOverlapCountOnce() {
    busy.ran(s(0), s(4));
    busy.ran(s(2), s(6));
    busy.ran(s(3), s(5)); // within
    assertUse(0.6, 0.6, busy.use("w", 0, s(10), s(10)));
  }

  @Test
  void aRunUnderWayCountsFromItsBeginningOrTheEndOfTheLast() {
    busy.ran(s(0), s(4));
    assertUse(0.9, 0.9, busy.use("w", 0, s(10), s(5)));
    assertUse(1, 1, busy.use("w", 0, s(10), s(1)));
    assertUse(0.4, 0.4, busy.use("w", 0, s(10), s(20)));
  }

  @Test
  void thereIsNoShareOfNoTime() {
    assertUse(0, 0, busy.use("w", s(5), s(5), s(5)));
    busy.ran(s(0), s(9));
    assertUse(1, 1, busy.use("w", s(8), s(10), s(10))); // more than the whole is the whole
  }

  @Test
  void theLastMinuteOfALongLifeIsShorter() {
    busy.ran(s(0), s(30));
    assertUse(0.3, 0, busy.use("w", 0, s(100), s(100)));
    assertUse(0.4, 10 / 55.0, busy.use("w", 0, s(100), s(90)));
    assertUse(0.9, 1, busy.use("w", 0, s(100), s(40)));
  }

  @Test
  void theUtilizationIsTheMeanOfTheLastMinuteOfItsWorkers() {
    assertEquals(0.5, snapshot(new WorkerUse("a", 0, 0.25), new WorkerUse("b", 0, 0.75)));
    assertEquals(0, snapshot());
  }

  private static double snapshot(WorkerUse... workers) {
    Histogram none = new LogLinear().snapshot();
    var counts = new MeterSnapshot.Counts(0, 0, 0, 0, 0, 0, 0, 0, 0);
    return new MeterSnapshot(
            Duration.ZERO, counts, none, none, 0, 0, List.of(workers), new ArrayList<>())
        .utilization();
  }

  @Test
  void aRunIsAmongTheFiveSlowestWhenItIsSlowerThanTheFifth() {
    SlowestRuns slowest = new SlowestRuns();
    for (int seconds : new int[] {5, 1, 4, 2, 3}) {
      assertEquals(true, slowest.takes(Duration.ZERO));
      add(slowest, seconds);
    }
    assertEquals(false, slowest.takes(Duration.ofSeconds(1)));
    assertEquals(true, slowest.takes(Duration.ofSeconds(1).plusNanos(1)));
    add(slowest, 6);
    assertEquals(
        List.of("6 s", "5 s", "4 s", "3 s", "2 s"),
        slowest.list().stream().map(SlowRun::job).toList());
  }

  private static void add(SlowestRuns slowest, int seconds) {
    slowest.add(new SlowRun(seconds + " s", "w", Instant.EPOCH, Duration.ofSeconds(seconds)));
  }
}
