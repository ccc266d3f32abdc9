package pool.codec;

import java.io.ObjectInputFilter;
import java.util.Map;

/**
 * Limits what Java serialization allocates to what has arrived. Serialization allocates an array,
 * or the table of a collection, before it reads the elements; the length comes from the stream,
 * where anybody may have written it, and arrays may be nested. Each element takes bytes of its own
 * in the stream, so all lengths together may claim no more bytes than there are.
 *
 * <p>This filter only refuses; another filter must decide which classes are allowed.
 */
public final class ClaimedLengths implements ObjectInputFilter {

  /**
   * A hash table has up to 2.7 places for each entry, because of its load factor and because its
   * size is a power of two.
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
    if (element == Map.Entry.class) { // hash tables claim to consist of these
      return length / PLACES_OF_AN_ENTRY;
    }
    return length * bytes(element);
  }

  /** The least bytes of an element; of an object it is the one byte that says it is null. */
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
