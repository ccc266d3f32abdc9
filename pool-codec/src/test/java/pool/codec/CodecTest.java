package pool.codec;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class CodecTest {

  enum Colour {
    RED,
    GREEN {
      @Override
      public String toString() {
        return "green";
      }
    }
  }

  sealed interface Shape extends Serializable permits Circle, Square {}

  record Circle(double radius) implements Shape {}

  record Square(double side) implements Shape {}

  record Everything(
      int number,
      String text,
      Colour colour,
      Shape shape,
      URI uri,
      UUID id,
      Instant when,
      Duration took,
      BigDecimal exact,
      List<Circle> circles,
      Map<String, Square> squares,
      Set<Long> longs,
      int[][] table,
      Circle[] more)
      implements Serializable {}

  record WithPath(Path path) implements Serializable {}

  record Anything(Serializable value) implements Serializable {}

  record Nested(List<Nested> inner) implements Serializable {}

  /** What an attacker would have a process read. */
  record Evil(String command) implements Serializable {
    private static boolean made;

    Evil {
      made = true;
    }
  }

  private static <T> T again(Codec<T> codec, T value) throws IOException {
    return codec.fromBytes(codec.toBytes(value));
  }

  private static <T> void assertTravels(Class<T> type, T value) throws IOException {
    assertEquals(value, again(Codec.of(type), value));
  }

  private static byte[] written(Object value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(value);
    }
    return bytes.toByteArray();
  }

  @Test
  void textsTravelAsTheyAre() throws IOException {
    assertTravels(String.class, "");
    assertTravels(String.class, "grüße 🙂 \u0000 half \ud83d");
    assertTravels(String.class, "x".repeat(100_000));
    assertTravels(URI.class, URI.create("http://example.org/a%20b?c=ü"));
    assertTravels(Path.class, Path.of("a", "b"));
    assertTravels(Boolean.class, true);
    assertTravels(Integer.class, Integer.MIN_VALUE);
    assertTravels(Long.class, Long.MAX_VALUE);
    assertTravels(Double.class, Double.NaN);
    assertTravels(Float.class, -0.0f);
    assertTravels(BigInteger.class, BigInteger.TWO.pow(200));
    assertTravels(BigDecimal.class, new BigDecimal("1.2300E-20"));
  }

  @Test
  void serializableRecordsTravelWithAllTheyDeclare() throws IOException {
    Everything all =
        new Everything(
            1,
            "two",
            Colour.GREEN,
            new Circle(3),
            URI.create("four:5"),
            UUID.randomUUID(),
            Instant.now(),
            Duration.ofMillis(6),
            BigDecimal.TEN,
            List.of(new Circle(7), new Circle(8)),
            Map.of("nine", new Square(9)),
            new HashSet<>(List.of(10L, 11L)),
            new int[][] {{12}, {13, 14}},
            new Circle[] {new Circle(15)});

    Everything back = again(Codec.of(Everything.class), all);

    assertEquals(all.circles(), back.circles());
    assertEquals(all.squares(), back.squares());
    assertEquals(all.longs(), back.longs());
    assertEquals(
        List.of(
            all.colour(), all.shape(), all.uri(), all.id(), all.when(), all.took(), all.exact()),
        List.of(
            back.colour(),
            back.shape(),
            back.uri(),
            back.id(),
            back.when(),
            back.took(),
            back.exact()));
    assertTrue(Arrays.deepEquals(all.table(), back.table()));
    assertArrayEquals(all.more(), back.more());
  }

  record Many(Collection<String> values, Map<String, String> more) implements Serializable {}

  @Test
  void theCommonCollectionsOfTheJdkTravel() throws IOException {
    for (Collection<String> values :
        List.of(
            Arrays.asList("a", "b"),
            Collections.<String>emptyList(),
            Collections.<String>emptySet(),
            Collections.singletonList("a"),
            Collections.singleton("a"),
            Collections.unmodifiableList(new ArrayList<>(List.of("a"))),
            Collections.unmodifiableList(new LinkedList<>(List.of("a"))),
            Collections.unmodifiableSet(new HashSet<>(List.of("a"))),
            new LinkedList<>(List.of("a")))) {
      assertTravels(Many.class, new Many(values, Collections.emptyMap()));
    }
    for (Map<String, String> more :
        List.of(
            Collections.singletonMap("a", "b"),
            Collections.unmodifiableMap(new HashMap<>(Map.of("a", "b"))))) {
      assertTravels(Many.class, new Many(List.of(), more));
    }
  }

  @Test
  void aTypeThatCannotTravelIsToldWithTheWayOut() {
    IllegalArgumentException thread =
        assertThrows(IllegalArgumentException.class, () -> Codec.of(Thread.class));
    assertTrue(thread.getMessage().contains("java.lang.Thread"), thread::getMessage);
    assertTrue(thread.getMessage().contains("pool.codec.Codecs"), thread::getMessage);

    assertEquals(
        WithPath.class.getName()
            + " cannot travel: WithPath.path is a java.nio.file.Path; declare a text, a number, a URI"
            + " or another class that travels, or let the factory implement pool.codec.Codecs",
        assertThrows(IllegalArgumentException.class, () -> Codec.of(WithPath.class)).getMessage());
  }

  @Test
  void whatATypeDoesNotDeclareIsRefusedWhereItIsWritten() throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);

    IOException thrown =
        assertThrows(IOException.class, () -> codec.toBytes(new Anything(new Evil("rm"))));

    assertTrue(thrown.getMessage().contains("Evil"), thrown::getMessage);
    assertEquals(new Anything("a string"), again(codec, new Anything("a string")));
  }

  @Test
  void bytesOfClassesThatTheTypeDoesNotDeclareMakeNothing() throws IOException {
    byte[] within = written(new Anything(new Evil("rm")));
    byte[] alone = written(new Evil("rm"));
    Evil.made = false;

    assertThrows(IOException.class, () -> Codec.of(Anything.class).fromBytes(within));
    assertThrows(IOException.class, () -> Codec.of(Circle.class).fromBytes(alone));
    assertThrows(IOException.class, () -> Codec.of(Circle.class).fromBytes(written(new Square(1))));

    assertFalse(Evil.made);
  }

  /** Nothing that one process sends decides which classes another one loads. */
  @Test
  void classesThatTheTypeDoesNotDeclareAreNotEvenLoaded() throws Exception {
    List<String> asked = new ArrayList<>();
    ClassLoader watched =
        new ClassLoader(CodecTest.class.getClassLoader()) {
          @Override
          protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            asked.add(name);
            if (!name.equals(Alone.class.getName())) {
              return super.loadClass(name, resolve);
            }
            try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
              byte[] bytes = in.readAllBytes();
              return defineClass(name, bytes, 0, bytes.length);
            } catch (IOException e) {
              throw new ClassNotFoundException(name, e);
            }
          }
        };
    Codec<?> codec = Codec.of(watched.loadClass(Alone.class.getName()));
    asked.clear();
    assertThrows(IOException.class, () -> codec.fromBytes(written(new Evil("rm"))));
    assertThrows(IOException.class, () -> codec.fromBytes(written(new Evil[][] {})));
    assertEquals(List.of(), asked);
  }

  @Test
  void bytesOfNothingOrOfMoreThanAValueAreRefused() throws IOException {
    Codec<Circle> codec = Codec.of(Circle.class);
    assertThrows(IOException.class, () -> codec.fromBytes(written(null)));
    byte[] more = Arrays.copyOf(written(new Circle(1)), written(new Circle(1)).length + 1);
    assertThrows(IOException.class, () -> codec.fromBytes(more));
  }

  @Test
  void aNumberOfTooManyDigitsIsRefusedOnBothSides() throws IOException {
    byte[] bytes = Codec.of(String.class).toBytes("7".repeat(3_000_000));
    for (Class<?> type : List.of(BigInteger.class, BigDecimal.class)) {
      assertThrows(IOException.class, () -> Codec.of(type).fromBytes(bytes));
    }
    BigInteger many = BigInteger.TEN.pow(100_001);
    assertThrows(IOException.class, () -> Codec.of(BigInteger.class).toBytes(many));
    assertTravels(BigInteger.class, BigInteger.TEN.pow(99_998));
  }

  /** Sets within sets: each level doubles the work of hashing. */
  private static HashSet<Object> sets(int levels) {
    HashSet<Object> root = new HashSet<>();
    HashSet<Object> left = root;
    HashSet<Object> right = new HashSet<>();
    for (int i = 0; i < levels; i++) {
      HashSet<Object> a = new HashSet<>(Set.of("x" + i));
      HashSet<Object> b = new HashSet<>();
      left.addAll(List.of(a, b));
      right.addAll(List.of(a, b));
      left = a;
      right = b;
    }
    return root;
  }

  @Test
  void bytesThatWouldFillMemoryOrAreTooDeepAreRefused() throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);
    assertTravels(Anything.class, new Anything(sets(1)));
    byte[] sets = written(new Anything(sets(22))); // read in a second where nobody refuses them
    assertThrows(InvalidClassException.class, () -> codec.fromBytes(sets));

    byte[] array = written(new Anything(new int[1]));
    array[array.length - 8] = 0x7f; // its length, before its only element
    assertThrows(InvalidClassException.class, () -> codec.fromBytes(array));

    Nested deep = new Nested(List.of());
    for (int i = 0; i < 100; i++) {
      deep = new Nested(List.of(deep));
    }
    byte[] deepBytes = written(deep);
    InvalidClassException tooDeep =
        assertThrows(
            InvalidClassException.class, () -> Codec.of(Nested.class).fromBytes(deepBytes));
    assertTrue(
        tooDeep
            .getMessage()
            .endsWith(
                "it is nested more than 20 levels deep: flatten it, or let the factory implement pool.codec.Codecs"),
        tooDeep::getMessage);

    byte[] longText = {(byte) 0xff, (byte) 0xff, (byte) 0xff, (byte) 0xff, 7, 'a'};
    assertThrows(IOException.class, () -> Codec.of(String.class).fromBytes(longText));
    assertThrows(IOException.class, () -> Codec.of(String.class).fromBytes(new byte[] {0}));
    assertThrows(IOException.class, () -> Codec.of(String.class).fromBytes(new byte[0]));
  }

  @Test
  void bytesThatWereAlteredMakeAValueOrAnIOException() throws IOException {
    Codec<Anything> codec = Codec.of(Anything.class);
    byte[] sample = codec.toBytes(new Anything("two"));
    Random random = new Random(25);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = sample.clone();
      for (int changes = 1 + random.nextInt(4); changes > 0; changes--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
      }
      byte[] altered = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      try {
        codec.fromBytes(altered);
      } catch (IOException e) {
        // as it should be
      }
    }
  }

  @Test
  void aCodecTravels() throws Exception {
    Codec<Circle> codec = Codec.of(Circle.class);
    byte[] bytes = written(codec);

    try (ObjectInputStream in = new ObjectInputStream(new java.io.ByteArrayInputStream(bytes))) {
      @SuppressWarnings("unchecked")
      Codec<Circle> there = (Codec<Circle>) in.readObject();
      assertEquals(codec, there);
      assertEquals(new Circle(2), there.fromBytes(codec.toBytes(new Circle(2))));
    }
  }
}
