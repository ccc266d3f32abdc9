package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class HistogramTest {

  private final Histogram histogram = new Histogram();

  @Test
  void percentilesAreKnownToASixteenth() {
    long[] lengths =
        new Random(1).longs(100_000, 0, 40).map(bits -> 1L << bits).map(l -> l + l / 3).toArray();
    LongStream.of(lengths).forEach(histogram::add);
    long[] sorted = LongStream.of(lengths).sorted().toArray();
    for (int percent : new int[] {1, 50, 90, 99, 100}) {
      long exact = sorted[sorted.length * percent / 100 - 1];
      long told = histogram.percentile(percent);
      assertTrue(told >= exact && told <= exact * 17 / 16, percent + ": " + exact + " " + told);
    }
    assertEquals(Math.round(LongStream.of(lengths).average().orElseThrow()), histogram.mean());
  }

  @Test
  void barsHoldEveryLengthOnce() {
    long[] lengths = new Random(2).longs(10_000, 0, 3_000_000_000L).toArray();
    LongStream.of(lengths).forEach(histogram::add);
    long end = -1;
    for (Histogram.Bar bar : histogram.bars()) {
      assertTrue(end < 0 || bar.from() == end, "a gap between bars");
      end = bar.to();
      long exact = LongStream.of(lengths).filter(l -> l >= bar.from() && l < bar.to()).count();
      assertEquals(exact, bar.count(), bar::toString);
    }
  }

  @Test
  void extremesHaveTheirPlace() {
    histogram.add(-5);
    histogram.add(0);
    histogram.add(Long.MAX_VALUE);
    assertEquals(3, histogram.count());
    assertEquals(0, histogram.percentile(50));
    assertEquals(Long.MAX_VALUE, histogram.percentile(99));
    assertEquals(3, histogram.bars().stream().mapToLong(Histogram.Bar::count).sum());
  }

  @Test
  void withoutLengthsThereIsNothing() {
    assertEquals(List.of(), histogram.bars());
    assertEquals(0, histogram.percentile(50));
    assertEquals(0, histogram.mean());
  }
}
