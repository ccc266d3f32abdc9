package pool.core.internal.queue;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The fast path of a job, and its counters near their maximum: a pool that has run for months. */
@Timeout(60)
class RingTest {

  private static final int ITEMS = 200_000;
  private static final int SIZE = 64;

  @ParameterizedTest
  @ValueSource(
      longs = {
        0,
        (1L << 31) - ITEMS / 2, // where a turn becomes negative
        (1L << 32) - ITEMS / 2, // and where it is 0 again
        (1L << 48) - ITEMS / 2 // where the tail is 0 again
      })
  void nothingIsLostWhereACounterWraps(long before) throws Exception {
    Ring<Integer> ring = new Ring<>(SIZE, before);
    AtomicBoolean failed = new AtomicBoolean();
    long[] newlyPut = new long[1];
    Thread submitter =
        Thread.ofPlatform()
            .start(() -> {
              for (int i = 0; i < ITEMS && !failed.get(); i++) {
                while (!ring.offer(i) && !failed.get()) {
                  newlyPut[0] += ring.newlyPut();
                  int free = ring.free();
                  if (free == 0) {
                    Thread.onSpinWait();
                  } else {
                    ring.grant(free);
                  }
                }
              }
            });
    List<Integer> taken = new ArrayList<>();
    long deadline = System.nanoTime() + 30_000_000_000L;
    try {
      while (taken.size() < ITEMS) {
        assertTrue(System.nanoTime() < deadline, () -> "only " + taken.size());
        int _ = ring.take((_, item) -> taken.add(item), 16);
        long depth = ring.depth();
        assertTrue(depth <= SIZE, () -> depth + " items");
      }
    } finally {
      failed.set(taken.size() < ITEMS);
      submitter.join();
    }
    assertEquals(IntStream.range(0, ITEMS).boxed().toList(), taken);
    assertEquals(ITEMS, newlyPut[0] + ring.newlyPut());
    assertEquals(0, ring.depth());
    assertFalse(ring.hasItems());
  }

  @ParameterizedTest
  @ValueSource(longs = {0, (1L << 31) - 5, (1L << 32) - 5, (1L << 48) - 5})
  void whatIsPutInWithoutPermitsIsNotLostWhereACounterWrapsEither(long before) {
    Ring<Integer> ring = new Ring<>(4, before);
    for (int i = 0; i < 20; i += 4) {
      for (int j = i; j < i + 4; j++) {
        assertEquals(4 - (j - i), ring.free());
        assertTrue(ring.putWithoutPermit(j));
        assertEquals(j - i + 1, ring.depth());
      }
      assertFalse(ring.putWithoutPermit(-1), "it is full");
      assertEquals(0, ring.free());
      List<Integer> taken = new ArrayList<>();
      assertEquals(4, ring.take((_, item) -> taken.add(item), 9));
      assertEquals(List.of(i, i + 1, i + 2, i + 3), taken);
      assertEquals(0, ring.depth());
    }
    assertEquals(0, ring.newlyPut());
    assertEquals(0, ring.permits());
  }

  /** As for the wrap-around, but several put in and several take out. */
  @Test
  void severalTakeWhatSeveralPutInWithoutLossAndInTheOrderOfEach() throws Exception {
    int each = 50_000;
    Ring<Integer> ring = new Ring<>(SIZE, (1L << 32) - each);
    AtomicBoolean failed = new AtomicBoolean();
    List<Thread> threads = new ArrayList<>();
    List<List<Integer>> taken = List.of(new ArrayList<>(), new ArrayList<>());
    for (int submitter = 0; submitter < 2; submitter++) {
      int first = submitter * each;
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                for (int i = first; i < first + each && !failed.get(); i++) {
                  while (!ring.offer(i) && !failed.get()) {
                    synchronized (ring) { // permits are granted under the pool's lock
                      if (ring.permits() == 0) {
                        ring.grant(ring.free());
                      }
                    }
                  }
                }
              }));
    }
    for (List<Integer> mine : taken) {
      threads.add(
          Thread.ofPlatform()
              .start(() -> {
                while (!failed.get() && !(mine.size() > 0 && mine.getLast() < 0)) {
                  int _ = ring.take((_, item) -> mine.add(item), 1);
                }
              }));
    }
    try {
      for (Thread submitter : threads.subList(0, 2)) {
        assertTrue(submitter.join(Duration.ofSeconds(20)));
      }
      for (int i = 0; i < 2; i++) { // an end for each
        while (!ring.offer(-1)) {
          synchronized (ring) {
            ring.grant(ring.permits() == 0 ? ring.free() : 0);
          }
        }
      }
      for (Thread worker : threads.subList(2, 4)) {
        assertTrue(worker.join(Duration.ofSeconds(20)));
      }
    } finally {
      failed.set(true);
    }
    List<Integer> all = new ArrayList<>();
    for (List<Integer> mine : taken) {
      assertEquals(-1, mine.removeLast());
      for (int submitter = 0; submitter < 2; submitter++) {
        int of = submitter;
        List<Integer> ofOne = mine.stream().filter(item -> item / each == of).toList();
        assertEquals(ofOne.stream().sorted().toList(), ofOne);
      }
      all.addAll(mine);
    }
    assertEquals(IntStream.range(0, 2 * each).boxed().toList(), all.stream().sorted().toList());
  }

  // Step by step

  private static List<String> take(Ring<String> ring, int most) {
    List<String> taken = new ArrayList<>();
    int count =
        ring.take(
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
    Ring<String> ring = new Ring<>(2);
    assertFalse(ring.offer("a"));
    assertEquals(2, ring.free());
    ring.grant(2);
    assertEquals(2, ring.permits());
    assertFalse(ring.hasItems());
    assertTrue(ring.offer("a"));
    assertTrue(ring.offer("b"));
    assertFalse(ring.offer("c"));
    assertEquals(0, ring.permits());
    assertEquals(0, ring.free(), "it is full");
    assertTrue(ring.hasItems());
    assertEquals(2, ring.depth());
    assertEquals(List.of("a"), take(ring, 1));
    assertEquals(1, ring.depth());
    assertEquals(1, ring.free());
    ring.grant(1);
    assertTrue(ring.offer("c"));
    assertEquals(List.of("b", "c"), take(ring, 9));
    assertEquals(List.of(), take(ring, 9));
    assertFalse(ring.hasItems());
    assertEquals(3, ring.newlyPut());
  }

  @Test
  void nothingIsTakenByWhoWantsNothing() {
    Ring<String> ring = new Ring<>(2);
    ring.grant(1);
    assertTrue(ring.offer("a"));
    assertEquals(List.of(), take(ring, 0));
    assertEquals(1, ring.depth());
  }

  @Test
  void permitsAreSpentAndTakenBack() {
    Ring<String> ring = new Ring<>(8);
    assertFalse(ring.spend());
    ring.grant(3);
    assertTrue(ring.spend());
    assertEquals(2, ring.permits());
    assertEquals(0, ring.newlyPut(), "nothing was put in for that");
    assertEquals(0, ring.depth());
    assertTrue(ring.offer("a"));
    ring.revoke();
    assertEquals(0, ring.permits());
    assertFalse(ring.offer("b"));
    assertFalse(ring.spend());
    ring.revoke();
    assertEquals(1, ring.newlyPut(), "what was put in is still in");
    assertEquals(List.of("a"), take(ring, 9));
    ring.grant(1);
    assertTrue(ring.offer("c"), "and it goes on");
    assertEquals(List.of("c"), take(ring, 9));
  }

  @Test
  void whatIsNewlyPutInIsToldOnce() {
    Ring<String> ring = new Ring<>(8);
    ring.grant(3);
    assertTrue(ring.offer("a") && ring.offer("b"));
    assertEquals(2, ring.newlyPut());
    assertEquals(0, ring.newlyPut());
    assertTrue(ring.offer("c"));
    assertEquals(List.of("a", "b", "c"), take(ring, 9));
    assertEquals(1, ring.newlyPut(), "though it was taken");
  }

  @Test
  void whatIsPutInWithoutAPermitIsNotNewAndComesAfterTheRest() {
    Ring<String> ring = new Ring<>(4);
    ring.grant(2);
    assertTrue(ring.offer("a") && ring.offer("b"));
    assertTrue(ring.putWithoutPermit("c"));
    assertTrue(ring.putWithoutPermit("d"));
    assertFalse(ring.putWithoutPermit("e"), "there is no place");
    assertEquals(2, ring.newlyPut(), "only those that were put in for permits");
    assertEquals(4, ring.depth());
    assertEquals(0, ring.permits());
    assertEquals(List.of("a", "b", "c"), take(ring, 3));
    assertTrue(ring.putWithoutPermit("e"));
    assertEquals(2, ring.free());
    ring.grant(1);
    assertTrue(ring.offer("f"));
    assertEquals(1, ring.newlyPut());
    assertEquals(List.of("d", "e", "f"), take(ring, 9));
    assertEquals(0, ring.newlyPut());
  }

  @ParameterizedTest
  @CsvSource({"1,2", "2,2", "3,4", "4,4", "5,8", "16383,16384", "16384,16384", "16385,32768"})
  void aRingHoldsAtLeastSoManyItems(int items, int size) {
    assertEquals(size, Ring.sizeFor(items));
    assertEquals(size, new Ring<String>(size).free());
  }

  @Test
  void asManyPermitsAreGrantedAtOnceAsCanBeCounted() {
    Ring<Integer> ring = new Ring<>(1 << 17);
    assertEquals(65_535, ring.free());
    ring.grant(ring.free());
    assertEquals(65_535, ring.permits());
    for (int i = 0; i < 65_535; i++) {
      assertTrue(ring.offer(i));
    }
    assertFalse(ring.offer(-1));
    assertEquals(65_535, ring.depth());
    assertEquals(65_535, ring.free());
  }
}
