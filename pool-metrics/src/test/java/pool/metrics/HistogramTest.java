package pool.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HistogramTest {

  private static Histogram of(long... nanos) {
    LogLinear counted = new LogLinear();
    LongStream.of(nanos).mapToObj(Duration::ofNanos).forEach(counted::add);
    return counted.snapshot();
  }

  @Test
  void theMiddleOfABucketIsOffByAtMostOne32ndOfAnyTimeInIt() {
    for (int bit = 0; bit < 63; bit++) {
      for (int part = 0; part < 32; part++) {
        long edge = (1L << bit) + ((1L << bit) >>> 5) * part;
        for (long nanos : new long[] {edge - 1, edge, edge + 1}) {
          long off = Math.abs(LogLinear.middle(LogLinear.bucket(nanos)) - nanos);
          assertTrue(off <= nanos / 32.0, () -> nanos + " is off by " + off);
        }
      }
    }
    assertEquals(959, LogLinear.bucket(Long.MAX_VALUE));
  }

  /** Of many sizes, few, and all alike. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 10, 999, 100_000})
  void percentilesAreOffByAtMostOne32nd(int count) {
    Random random = new Random(count);
    long[] nanos = new long[count];
    Arrays.setAll(nanos, _ -> random.nextLong(1L << random.nextInt(1, 45)));
    Histogram histogram = of(nanos);
    Arrays.sort(nanos);
    for (double percent : new double[] {0, 1, 25, 50, 75, 90, 95, 99, 99.9, 99.99, 100}) {
      int rank = Math.max(1, (int) Math.ceil(percent * count / 100));
      long exact = nanos[rank - 1];
      long told = histogram.percentile(percent).toNanos();
      assertTrue(
          Math.abs(told - exact) <= exact / 32.0,
          () -> "%s %% of %s is %s, told was %s".formatted(percent, count, exact, told));
    }
    assertEquals(LongStream.of(nanos).sum(), histogram.total().toNanos());
    assertEquals(LongStream.of(nanos).sum() / count, histogram.mean().toNanos());
    assertEquals(nanos[count - 1], histogram.longest().toNanos());
    assertEquals(count, histogram.count());
  }

  @Test
  void withoutTimesEverythingIsZero() {
    Histogram none = of();
    assertEquals(
        List.of(Duration.ZERO, Duration.ZERO, Duration.ZERO, Duration.ZERO),
        List.of(none.mean(), none.total(), none.longest(), none.percentile(50)));
  }

  @Test
  void barsHoldEachTimeOnce() {
    long[] nanos = new Random(2).longs(10_000, 0, 40).map(bits -> 5L << bits).toArray();
    List<Histogram.Bar> bars = of(nanos).bars();
    long next = bars.getFirst().from().toNanos();
    for (Histogram.Bar bar : bars) {
      long from = bar.from().toNanos();
      long to = bar.to().toNanos();
      assertEquals(next, from, "a gap, or an overlap");
      next = to + 1;
      assertEquals(LongStream.of(nanos).filter(n -> n >= from && n <= to).count(), bar.count());
    }
    assertEquals(nanos.length, bars.stream().mapToLong(Histogram.Bar::count).sum());
    assertTrue(bars.getFirst().count() > 0 && bars.getLast().count() > 0, bars::toString);
    assertEquals(List.of(), of().bars());
  }

  @Test
  void theShortestAndTheLongestTimesHaveTheirBars() {
    Duration longest = Duration.ofNanos(Long.MAX_VALUE); // that is counted
    List<Histogram.Bar> bars = of(0, Long.MAX_VALUE).bars();
    assertEquals(new Histogram.Bar(Duration.ZERO, Duration.ofNanos(3), 1), bars.getFirst());
    assertTrue(bars.getLast().from().compareTo(longest) <= 0);
    assertTrue(bars.getLast().to().compareTo(longest) >= 0);
    assertEquals(1, bars.getLast().count());
  }

  @Test
  void aCopyDoesNotChange() {
    LogLinear counted = new LogLinear();
    counted.add(Duration.ofNanos(8));
    Histogram copy = counted.snapshot();
    counted.add(Duration.ofNanos(9));
    counted.add(Duration.ofNanos(9));
    assertEquals(1, copy.count());
    assertEquals(8, copy.percentile(50).toNanos());
    assertEquals(9, counted.snapshot().percentile(50).toNanos());
  }

  @Test
  void moreThanALongOfNanosecondsAddsUp() {
    LogLinear counted = new LogLinear();
    Duration age = Duration.ofDays(365 * 90);
    for (int i = 0; i < 10; i++) {
      counted.add(age);
    }
    assertEquals(age.multipliedBy(10), counted.snapshot().total());
  }

  @ParameterizedTest
  @ValueSource(doubles = {-1, 100.1, Double.NaN})
  void whatIsNoPercentileIsRefused(double percent) {
    var e = assertThrows(IllegalArgumentException.class, () -> of(1).percentile(percent));
    assertEquals("a percentile must be from 0 to 100, but was " + percent, e.getMessage());
  }

  @Test
  void aTimeBelowZeroCountsAsNone() {
    Histogram histogram = of(-5, 3);
    assertEquals(3, histogram.total().toNanos());
    assertEquals(0, histogram.percentile(50).toNanos());
  }

  @Test
  void aTimeLongerThanThatCountsAsTheLongest() {
    LogLinear counted = new LogLinear();
    counted.add(Duration.ofSeconds(Long.MAX_VALUE));
    assertEquals(Long.MAX_VALUE, counted.snapshot().longest().toNanos());
  }

  @Test
  void whatWasCountedAlikeIsEqual() {
    Histogram histogram = of(1, 5, 9);
    assertEquals(histogram, of(9, 5, 1));
    assertEquals(histogram.hashCode(), of(9, 5, 1).hashCode());
    assertNotEquals(histogram, of(2, 4, 9)); // in other buckets
    assertNotEquals(histogram, of(1, 5, 9, 0)); // more
    assertNotEquals(histogram, of(1, 4, 10)); // another longest
    assertNotEquals(of(1_000), of(1_001)); // in the same bucket
    assertNotEquals(of(1_000, 2_000), of(1_001, 2_000)); // another total
    assertNotEquals(histogram.hashCode(), of(1, 5, 8).hashCode());
    assertNotEquals(histogram, null);
  }

  @Test
  void itsTextIsWhatALogNeeds() {
    assertEquals(
        "3 times, median PT0.000000005S, 99 % within PT0.000000009S, longest PT0.000000009S",
        of(1, 5, 9).toString());
  }

  @Test
  void aPercentileIsNeverMoreThanTheLongest() {
    assertEquals(1_025, of(1_025, 1_025, 1_025).percentile(50).toNanos()); // its middle is 1,056
  }

  @Test
  void theHundredthPercentileIsTheLongestExactly() {
    assertEquals(1_087, of(1, 1_087).percentile(100).toNanos()); // its middle is 1,056
  }
}
