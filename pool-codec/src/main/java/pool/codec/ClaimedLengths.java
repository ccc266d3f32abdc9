package pool.codec;

import java.io.ObjectInputFilter;
import java.util.Map;

/**
 * Bounds what Java serialization allocates by what has arrived. It makes arrays, and the tables of
 * collections, before it reads their elements, by a length that anybody may have written; and one
 * may lie within another. Each element has bytes of its own in the stream: so all lengths together
 * may claim no more bytes than there are.
 *
 * <p>It only refuses: which classes are allowed is for another filter to say.
 */
public final class ClaimedLengths implements ObjectInputFilter {

  /**
   * A hash table has up to 2.7 places for an entry, by its load factor and the next power of two.
   */
  private static final int PLACES_OF_AN_ENTRY = 3;

  private final int bytes;
  private long unclaimed;

  /**
   * A filter for one stream.
   *
   * @param bytes how many the stream has
   */
  public ClaimedLengths(int bytes) {
    this.bytes = bytes;
    this.unclaimed = bytes;
  }

  @Override
  public Status checkInput(FilterInfo info) {
    Class<?> type = info.serialClass();
    if (type != null && info.arrayLength() > 0) {
      unclaimed -= claimed(type.componentType(), info.arrayLength());
    }
    return unclaimed < 0 || info.references() > bytes ? Status.REJECTED : Status.UNDECIDED;
  }

  private static long claimed(Class<?> element, long length) {
    if (element == Map.Entry.class) { // what hash tables say that they are of
      return length / PLACES_OF_AN_ENTRY;
    }
    return length * bytes(element);
  }

  /** How many an element has at least: one, which says that it is null, if it is no primitive. */
  private static int bytes(Class<?> element) {
    if (element == long.class || element == double.class) {
      return Long.BYTES;
    }
    if (element == int.class || element == float.class) {
      return Integer.BYTES;
    }
    if (element == short.class || element == char.class) {
      return Short.BYTES;
    }
    return 1;
  }
}
