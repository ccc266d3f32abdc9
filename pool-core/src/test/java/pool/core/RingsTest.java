package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Counters near their maximum: a pool that has run for months. */
@Timeout(60)
class RingsTest {

  private static final int ITEMS = 200_000;
  private static final int CAPACITY = 64; // so that it does not grow

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        (1L << 31) - ITEMS / 2, // where a turn becomes negative
        (1L << 32) - ITEMS / 2, // and where it is 0 again
        Ring.MOST_ITEMS - ITEMS / 2
      })
  void nothingIsLostWhereACounterWraps(long first) throws Exception {
    Rings<Integer> rings = new Rings<>(CAPACITY, first);
    AtomicBoolean failed = new AtomicBoolean();
    Thread submitter =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < ITEMS && !failed.get(); i++) {
                while (!rings.offer(i) && !failed.get()) {
                  if (rings.grant(CAPACITY) == 0) {
                    Thread.onSpinWait(); // it is full
                  }
                }
              }
            });
    List<Integer> taken = new ArrayList<>();
    long deadline = System.nanoTime() + 30_000_000_000L;
    try {
      while (taken.size() < ITEMS) {
        assertTrue(System.nanoTime() < deadline, () -> "only " + taken.size());
        int _ = rings.take((_, item) -> taken.add(item), 16);
      }
    } finally {
      failed.set(taken.size() < ITEMS);
      submitter.join();
    }
    assertEquals(IntStream.range(0, ITEMS).boxed().toList(), taken);
    assertEquals(ITEMS, rings.submitted() - first);
    assertEquals(0, rings.depth());
  }
}
