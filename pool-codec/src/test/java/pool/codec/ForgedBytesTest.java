package pool.codec;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What forged bytes have a process allocate is bounded by how many of them there are. */
class ForgedBytesTest {

  private static final int BYTES = 2_000_000;
  private static final int LEVELS = 18; // the root is another, and so is what lies within

  /** A place in an array has up to 8 bytes, and in a table there may be three for each byte. */
  private static final long MOST = 20L * BYTES;

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  record Anything(Serializable value) implements Serializable {}

  record Many(Collection<String> values, Map<Integer, Boolean> more) implements Serializable {}

  /** Asserts that bytes are refused, and for how much memory, once the classes are loaded. */
  private static void refused(long most, Executable reading) {
    assertThrows(IOException.class, reading);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThrows(IOException.class, reading);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < most, () -> allocated + " bytes, not less than " + most);
  }

  private static Stream<Arguments> collections() {
    return Stream.of(
        Arguments.of("ArrayList", (ForgedStream.Level) ForgedStream.FakeList::new),
        Arguments.of("ArrayDeque", (ForgedStream.Level) ForgedStream.FakeDeque::new),
        Arguments.of("HashSet", (ForgedStream.Level) ForgedStream.FakeSet::new),
        Arguments.of("HashMap", (ForgedStream.Level) ForgedStream.FakeMap::new),
        Arguments.of("List.of", (ForgedStream.Level) ForgedStream.FakeImmutable::new));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("collections")
  void collectionsThatClaimMoreThanFollows(String name, ForgedStream.Level level)
      throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);
    for (int claimed :
        new int[] {Integer.MAX_VALUE - 8, 2 * BYTES, BYTES, BYTES / 3, BYTES / LEVELS}) {
      byte[] forged = ForgedStream.of(level, LEVELS, claimed, BYTES);
      refused(MOST, () -> codec.fromBytes(forged));
    }
  }

  @Test
  void arraysThatClaimMoreThanFollows() throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);
    for (int claimed :
        new int[] {Integer.MAX_VALUE - 8, 3 * BYTES, BYTES, BYTES / 8, BYTES / LEVELS}) {
      byte[] objects = ForgedStream.arrays(Object[].class, LEVELS, claimed, BYTES);
      refused(MOST, () -> codec.fromBytes(objects));
      byte[] longs = ForgedStream.arrays(long[].class, 1, claimed, BYTES);
      refused(MOST, () -> codec.fromBytes(longs));
    }
  }

  @Test
  void classesThatAreDescribedAgainAndAgain() throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);
    byte[] often = ForgedStream.descriptions(LEVELS, 30_000, BYTES);
    refused(MOST, () -> codec.fromBytes(often));
  }

  @Test
  void textsWithoutBytes() {
    byte[] text = {(byte) 0xf7, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 'a'};
    refused(200_000, () -> Codec.of(String.class).fromBytes(text));
  }

  @Test
  void aFailureWhoseTextIsNotThere() {
    byte[] length = {0, 0, (byte) 0x9c, 0x40}; // of the name of the class: 40,000
    refused(20_000, () -> FailureBytes.read(new DataInputStream(new ByteArrayInputStream(length))));
  }

  /** The bounds let through what was not forged, whatever its size. */
  @Test
  void collectionsOfAllSizesTravel() throws IOException {
    Codec<Many> codec = Codec.of(Many.class);
    for (int size = 0; size < 600; size++) {
      Map<Integer, Boolean> map = new HashMap<>();
      Set<String> set = new HashSet<>();
      for (int i = 0; i < size; i++) {
        map.put(i, true);
        set.add(Integer.toString(i, 36));
      }
      for (Many many :
          List.of(
              new Many(set, map),
              new Many(new LinkedHashSet<>(set), new LinkedHashMap<>(map)),
              new Many(new ArrayList<>(set), Map.copyOf(map)),
              new Many(List.copyOf(set), new HashMap<>(1 << 16)))) {
        assertEquals(many, codec.fromBytes(codec.toBytes(many)));
      }
      var deque = new ArrayDeque<>(set);
      Many back = codec.fromBytes(codec.toBytes(new Many(deque, Map.of())));
      assertEquals(List.copyOf(deque), List.copyOf(back.values()));
    }
  }

  record Nested(List<Map<String, Set<Long>>> sets, long[][] numbers) implements Serializable {}

  @Test
  void manySmallCollectionsTravel() throws IOException {
    List<Map<String, Set<Long>>> sets = new ArrayList<>();
    for (long i = 0; i < 3_000; i++) {
      sets.add(new HashMap<>(Map.of("a", new HashSet<>(Set.of(i)), "b", new HashSet<>())));
    }
    Nested nested = new Nested(sets, new long[100][1]);
    Codec<Nested> codec = Codec.of(Nested.class);
    assertEquals(sets, codec.fromBytes(codec.toBytes(nested)).sets());
  }
}
