package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SlowestTest {

  @Test
  void theSlowestAreKeptSlowestFirst() {
    Slowest slowest = new Slowest();
    List<Integer> lengths = new java.util.ArrayList<>(IntStream.range(0, 10_000).boxed().toList());
    Collections.shuffle(lengths, new Random(1));
    for (int length : lengths) {
      Span span = Seen.job("a-0", length, "job " + length, 0, length, length % 2 == 0);
      slowest.add(span, Objects.requireNonNull(span.run()));
    }
    assertEquals(
        LongStream.range(0, 20).map(i -> 9_999 - i).boxed().toList(),
        slowest.jobs().stream().map(Slowest.Job::ran).toList());
    assertEquals("job 9998", slowest.jobs().get(1).text());
    assertEquals(true, slowest.jobs().get(1).failed());
  }
}
