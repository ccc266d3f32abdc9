package pool.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class LastMinuteTest {

  private static long s(double seconds) {
    return (long) (seconds * 1e9);
  }

  private final LastMinute minute = new LastMinute();

  @Test
  void whatIsAMinuteOldIsForgotten() {
    minute.add(s(1), 1);
    minute.add(s(7), 10);
    assertEquals(11, minute.sum(s(59.9)));
    assertEquals(10, minute.sum(s(60)));
    assertEquals(0, minute.sum(s(65)));
    minute.add(s(1_000), 100);
    assertEquals(100, minute.sum(s(1_000)));
  }

  @Test
  void whatComesLateIsCountedWhereItBelongs() {
    minute.add(s(100), 1);
    minute.add(s(50), 10);
    minute.add(s(30), 100); // too late
    assertEquals(11, minute.sum(s(100)));
    assertEquals(1, minute.sum(s(110)));
  }

  @Test
  void aSpanIsSharedOut() {
    minute.addSpan(s(3), s(21));
    assertEquals(s(18), minute.sum(s(21)));
    assertEquals(s(16), minute.sum(s(60)));
    assertEquals(s(1), minute.sum(s(75)));
    minute.addSpan(s(0), s(1_002)); // of which less than a minute counts
    assertEquals(s(1_002) - LastMinute.begin(s(1_002)), minute.sum(s(1_002)));
  }

  /** Compared with all that was added. */
  @Test
  void itIsTheSumOfThePartsOfFiveSeconds() {
    var random = new java.util.Random(1);
    TreeMap<Long, Long> added = new TreeMap<>();
    long now = 0;
    for (int i = 0; i < 10_000; i++) {
      now += (long) (random.nextDouble() * Duration.ofSeconds(random.nextInt(1, 9)).toNanos());
      long at = Math.max(0, now - random.nextLong(s(50)));
      minute.add(at, i);
      added.merge(at, (long) i, Long::sum);
      long expected =
          added.tailMap(LastMinute.begin(now)).values().stream().mapToLong(Long::longValue).sum();
      assertEquals(expected, minute.sum(now));
    }
  }
}
