package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
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

  // One ring, step by step

  private static List<String> take(Rings<String> rings, int most) {
    List<String> taken = new ArrayList<>();
    int count =
        rings.take(
            (i, item) -> {
              assertEquals(taken.size(), i);
              taken.add(item);
            },
            most);
    assertEquals(taken.size(), count);
    return taken;
  }

  @Test
  void anItemIsPutInForAPermitAndTheOldestAreTakenFirst() {
    Rings<String> rings = new Rings<>(2);
    assertFalse(rings.offer("a"));
    assertEquals(2, rings.grant(5));
    assertEquals(2, rings.permits());
    assertFalse(rings.hasItems());
    assertTrue(rings.offer("a"));
    assertTrue(rings.offer("b"));
    assertFalse(rings.offer("c"));
    assertEquals(0, rings.permits());
    assertEquals(0, rings.grant(1), "it is full");
    assertTrue(rings.hasItems());
    assertEquals(2, rings.depth());
    assertEquals(List.of("a"), take(rings, 1));
    assertEquals(1, rings.depth());
    assertEquals(1, rings.grant(5));
    assertTrue(rings.offer("c"));
    assertEquals(List.of("b", "c"), take(rings, 9));
    assertEquals(List.of(), take(rings, 9));
    assertFalse(rings.hasItems());
    assertEquals(3, rings.submitted());
  }

  @Test
  void permitsAreSpentAndTakenBack() {
    Rings<String> rings = new Rings<>(8);
    assertFalse(rings.spend());
    assertEquals(3, rings.grant(3));
    assertTrue(rings.spend());
    assertEquals(2, rings.permits());
    assertTrue(rings.offer("a"));
    rings.revoke();
    assertEquals(0, rings.permits());
    assertFalse(rings.offer("b"));
    assertEquals(1, rings.submitted(), "what was put in is still in");
    assertEquals(List.of("a"), take(rings, 9));
  }

  @Test
  void itGrowsAndNothingChangesItsPlace() {
    Rings<String> rings = new Rings<>(4_000);
    List<String> put = new ArrayList<>();
    for (int i = 0; i < 4_000; i++) {
      if (rings.permits() == 0) {
        assertTrue(rings.grant(4_000 - i) > 0);
      }
      put.add("" + i);
      assertTrue(rings.offer(put.getLast()));
    }
    assertEquals(4_000, rings.submitted());
    assertTrue(rings.hasItems());
    List<String> taken = new ArrayList<>();
    for (List<String> some = take(rings, 50); !some.isEmpty(); some = take(rings, 50)) {
      taken.addAll(some);
    }
    assertEquals(put, taken);
    assertFalse(rings.hasItems());
    assertEquals(0, rings.depth());
  }

  @Test
  void allIsDrainedInOrderFromEveryRing() {
    Rings<String> rings = new Rings<>(1_000);
    for (int i = 0; i < 300; i++) {
      int _ = rings.permits() == 0 ? rings.grant(1_000) : 0;
      assertTrue(rings.offer("" + i));
    }
    List<String> drained = new ArrayList<>();
    rings.drain(drained::add);
    assertEquals(IntStream.range(0, 300).mapToObj(Integer::toString).toList(), drained);
    assertFalse(rings.hasItems());
    rings.drain(drained::add);
    assertEquals(300, drained.size());
  }

  @Test
  void anItemInTheNextRingIsSeenWhenTheFirstIsEmpty() {
    Rings<String> rings = new Rings<>(1_000);
    for (int i = 0; i < 65; i++) {
      int _ = rings.permits() == 0 ? rings.grant(64) : 0;
      assertTrue(rings.offer("" + i));
    }
    assertEquals(64, take(rings, 64).size());
    assertTrue(rings.hasItems());
    assertEquals(List.of("64"), take(rings, 64));
    assertFalse(rings.hasItems());
  }
}
