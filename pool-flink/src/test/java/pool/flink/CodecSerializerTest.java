package pool.flink;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.apache.flink.api.common.serialization.SerializerConfigImpl;
import org.apache.flink.api.common.typeutils.TypeSerializer;
import org.apache.flink.api.common.typeutils.TypeSerializerSnapshot;
import org.apache.flink.core.memory.DataInputDeserializer;
import org.apache.flink.core.memory.DataOutputSerializer;
import org.apache.flink.types.StringValue;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.codec.Codec;
import pool.codec.Codecs;
import pool.core.Outcome;

/** Codecs within Flink. */
class CodecSerializerTest {

  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

  record Circle(double radius) implements Serializable {}

  record Anything(Serializable value) implements Serializable {}

  /** Asserts that bytes are refused, and for how much memory, once the classes are loaded. */
  private static void refused(long most, Executable reading) {
    assertThrows(IOException.class, reading);
    long before = THREADS.getCurrentThreadAllocatedBytes();
    assertThrows(IOException.class, reading);
    long allocated = THREADS.getCurrentThreadAllocatedBytes() - before;
    assertTrue(allocated < most, () -> allocated + " bytes, not less than " + most);
  }

  @Test
  void textsAreWrittenAsFlinkWritesThem() throws IOException {
    for (String text : List.of("", "gr\u00fc\u00dfe \ud83d\ude42 \0 \ud83d", "x".repeat(70_000))) {
      DataOutputSerializer out = new DataOutputSerializer(16);
      StringValue.writeString(text, out);
      assertArrayEquals(out.getCopyOfBuffer(), Codec.of(String.class).toBytes(text));
    }
  }

  @Test
  void bytesThatWereAlteredMakeAValueOrAnIOException() throws IOException {
    OutcomeCodec<Circle, Anything> codec =
        new OutcomeCodec<>(Codec.of(Circle.class), Codec.of(Anything.class));
    List<byte[]> samples = new ArrayList<>();
    samples.add(codec.toBytes(new Outcome.Succeeded<>(new Circle(1), new Anything("two"))));
    samples.add(
        codec.toBytes(new Outcome.Failed<>(new Circle(1), new IllegalStateException("two"))));
    Random random = new Random(25);
    for (int i = 0; i < 20_000; i++) {
      byte[] bytes = samples.get(i % 2).clone();
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
  void aSavepointGoesOnWithAnEqualCodecAndIsMigratedToAnother() throws IOException {
    TypeSerializer<Circle> serializer =
        new CodecType<>(Circle.class, Codec.of(Circle.class))
            .createSerializer(new SerializerConfigImpl());
    DataOutputSerializer out = new DataOutputSerializer(64);
    serializer.serialize(new Circle(1), out);
    TypeSerializerSnapshot.writeVersionedSnapshot(out, serializer.snapshotConfiguration());

    DataInputDeserializer in = new DataInputDeserializer(out.getCopyOfBuffer());
    assertEquals(new Circle(1), serializer.deserialize(in));
    TypeSerializerSnapshot<Circle> old =
        TypeSerializerSnapshot.readVersionedSnapshot(in, getClass().getClassLoader());

    assertEquals(serializer, old.restoreSerializer());
    assertTrue(
        serializer.snapshotConfiguration().resolveSchemaCompatibility(old).isCompatibleAsIs());
    Codec<Circle> other = new OtherCodec();
    assertTrue(
        new CodecSerializer<>(other)
            .snapshotConfiguration()
            .resolveSchemaCompatibility(old)
            .isCompatibleAfterMigration());
  }

  record OtherCodec() implements Codec<Circle> {
    @Override
    public byte[] toBytes(Circle value) {
      return new byte[] {(byte) value.radius()};
    }

    @Override
    public Circle fromBytes(byte[] bytes) {
      return new Circle(bytes[0]);
    }
  }

  @Test
  void aSerializersLengthIsNotTrusted() {
    CodecSerializer<String> serializer = new CodecSerializer<>(Codec.of(String.class));
    byte[] bytes = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xff, 1, 2};

    assertThrows(
        EOFException.class, () -> serializer.deserialize(new DataInputDeserializer(bytes)));
  }

  /** Neither the thread nor the factory itself travels: only its codecs do. */
  private static final class Drawing
      implements WorkerFactory<Circle, Thread>, Codecs<Circle, Thread> {
    @Override
    public String name() {
      return "drawing";
    }

    @Override
    public Class<Circle> jobType() {
      return Circle.class;
    }

    @Override
    public Class<Thread> resultType() {
      return Thread.class;
    }

    @Override
    public Worker<Circle, Thread> open(WorkerContext context) {
      return _ -> Thread.currentThread();
    }

    @Override
    public Codec<Circle> jobCodec() {
      return new OtherCodec();
    }

    @Override
    public Codec<Thread> resultCodec() {
      return new ThreadCodec();
    }
  }

  record ThreadCodec() implements Codec<Thread> {
    @Override
    public byte[] toBytes(Thread value) {
      return new byte[0];
    }

    @Override
    public Thread fromBytes(byte[] bytes) {
      return Thread.currentThread();
    }
  }

  @Test
  void aSnapshotWhoseCodecClaimsMoreThanFollows() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new int[1]);
    }
    byte[] codec = bytes.toByteArray();
    codec[codec.length - 8] = 0x0f; // its length, before its only element
    DataOutputSerializer out = new DataOutputSerializer(codec.length + 4);
    out.writeInt(codec.length);
    out.write(codec);
    refused(
        200_000,
        () ->
            new CodecSnapshot<String>()
                .readSnapshot(
                    1,
                    new DataInputDeserializer(out.getCopyOfBuffer()),
                    getClass().getClassLoader()));
  }

  @Test
  void lengthsWithoutBytes() throws IOException {
    byte[] length = {0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xf7};
    long few = 200_000;
    refused(
        few,
        () ->
            new CodecSerializer<>(new BytesCodec()).deserialize(new DataInputDeserializer(length)));
    OutcomeCodec<String, String> outcomes =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(String.class));
    byte[] job = {1, 0x7f, (byte) 0xff, (byte) 0xff, (byte) 0xf7, 2, 'a'};
    refused(few, () -> outcomes.fromBytes(job));
  }

  @Test
  void aFailureWhoseTextIsNotThere() throws IOException {
    OutcomeCodec<String, String> outcomes =
        new OutcomeCodec<>(Codec.of(String.class), Codec.of(String.class));
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    byte[] job = Codec.of(String.class).toBytes("job");
    out.writeByte(3); // it has failed
    out.writeInt(job.length);
    out.write(job);
    out.writeInt(40_000); // the name of the class
    byte[] forged = bytes.toByteArray();
    refused(20_000, () -> outcomes.fromBytes(forged));
  }

  @Test
  void aFactoryGivesItsOwnCodecs() {
    OutcomeCodec<Circle, Thread> codec =
        Discovery.codec(Optional.of(new Drawing()), Circle.class, Thread.class);

    assertEquals(new OutcomeCodec<>(new OtherCodec(), new ThreadCodec()), codec);
  }
}
