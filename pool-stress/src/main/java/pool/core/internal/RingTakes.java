package pool.core.internal;

import pool.core.internal.queue.Ring;

/** Takes one item out of a ring at a time; for the tests of the ring, whose items are letters. */
final class RingTakes {

  private RingTakes() {}

  /** The oldest item, or "-" when there is none that can be taken. */
  static String one(Ring<String> ring) {
    String[] taken = {"-"};
    int _ = ring.take((_, item) -> taken[0] = item, 1);
    return taken[0];
  }

  /** All items, the oldest first, and "-" when there is none. */
  static String all(Ring<String> ring) {
    StringBuilder taken = new StringBuilder();
    while (ring.take((_, item) -> taken.append(item), 2) > 0) {
      continue;
    }
    return taken.isEmpty() ? "-" : taken.toString();
  }
}
