package pool.codec;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.ObjectStreamConstants;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;

/**
 * What an attacker writes: arrays and collections, one in another, which claim more elements than
 * follow. After them there are bytes that say null, as many as are wanted.
 */
final class ForgedStream extends ObjectOutputStream {

  private static final Map<Class<?>, Class<?>> WRITTEN_AS =
      Map.of(
          FakeList.class, ArrayList.class,
          FakeDeque.class, ArrayDeque.class,
          FakeSet.class, HashSet.class,
          FakeMap.class, HashMap.class,
          FakeImmutable.class, immutable());

  /** Makes a collection that claims to be larger, around what lies within. */
  interface Level {
    Object of(int claimed, Object inner);
  }

  private ForgedStream(OutputStream out) throws IOException {
    super(out);
  }

  static byte[] of(Level level, int levels, int claimed, int bytes) throws IOException {
    Object value = "innermost";
    for (int i = 0; i < levels; i++) {
      value = level.of(claimed, value);
    }
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (ForgedStream out = new ForgedStream(written)) {
      out.writeObject(value);
    }
    return padded(written, bytes);
  }

  static byte[] arrays(Class<?> type, int levels, int claimed, int bytes) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(written);
    out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
    out.writeShort(ObjectStreamConstants.STREAM_VERSION);
    for (int i = 0; i < levels; i++) {
      out.writeByte(ObjectStreamConstants.TC_ARRAY);
      if (i == 0) {
        describe(type, 0, out);
      } else {
        out.writeByte(ObjectStreamConstants.TC_REFERENCE);
        out.writeInt(ObjectStreamConstants.baseWireHandle);
      }
      out.writeInt(claimed);
    }
    return padded(written, bytes);
  }

  /** A list within a list, each behind a description of the class of its own, with many fields. */
  static byte[] descriptions(int levels, int fields, int bytes) throws IOException {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(written);
    out.writeShort(ObjectStreamConstants.STREAM_MAGIC);
    out.writeShort(ObjectStreamConstants.STREAM_VERSION);
    for (int i = 0; i < levels; i++) {
      out.writeByte(ObjectStreamConstants.TC_ARRAY);
      describe(Object[].class, fields, out);
      out.writeInt(1);
    }
    return padded(written, bytes);
  }

  private static void describe(Class<?> type, int fields, DataOutputStream out) throws IOException {
    out.writeByte(ObjectStreamConstants.TC_CLASSDESC);
    out.writeUTF(type.getName());
    out.writeLong(ObjectStreamClass.lookup(type).getSerialVersionUID());
    out.writeByte(ObjectStreamConstants.SC_SERIALIZABLE);
    out.writeShort(fields);
    for (int i = 0; i < fields; i++) {
      out.writeByte('I');
      out.writeUTF("");
    }
    out.writeByte(ObjectStreamConstants.TC_ENDBLOCKDATA);
    out.writeByte(ObjectStreamConstants.TC_NULL); // no superclass
  }

  private static byte[] padded(ByteArrayOutputStream written, int bytes) {
    byte[] forged = Arrays.copyOf(written.toByteArray(), bytes);
    if (written.size() < bytes) {
      Arrays.fill(forged, written.size(), bytes, ObjectStreamConstants.TC_NULL);
    }
    return forged;
  }

  /** What {@code List.of} is written as. */
  private static Class<?> immutable() {
    try {
      return Class.forName("java.util.CollSer");
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  protected void writeClassDescriptor(ObjectStreamClass described) throws IOException {
    Class<?> other = WRITTEN_AS.get(described.forClass());
    super.writeClassDescriptor(other == null ? described : ObjectStreamClass.lookup(other));
  }

  // Each has the fields of the class that it is written as.

  static final class FakeList implements Serializable {
    private static final long serialVersionUID = 1L;
    private final int size;
    private final transient Object inner;

    FakeList(int claimed, Object inner) {
      this.size = claimed;
      this.inner = inner;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(size);
      out.writeObject(inner);
    }
  }

  static final class FakeDeque implements Serializable {
    private static final long serialVersionUID = 1L;
    private final transient int claimed;
    private final transient Object inner;

    FakeDeque(int claimed, Object inner) {
      this.claimed = claimed;
      this.inner = inner;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(claimed);
      out.writeObject(inner);
    }
  }

  static final class FakeSet implements Serializable {
    private static final long serialVersionUID = 1L;
    private final transient int claimed;
    private final transient Object inner;

    FakeSet(int claimed, Object inner) {
      this.claimed = claimed;
      this.inner = inner;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(claimed); // the capacity
      out.writeFloat(0.75f);
      out.writeInt(claimed);
      out.writeObject(inner);
    }
  }

  static final class FakeMap implements Serializable {
    private static final long serialVersionUID = 1L;
    private final float loadFactor = 0.75f;
    private final int threshold;
    private final transient Object inner;

    FakeMap(int claimed, Object inner) {
      this.threshold = claimed;
      this.inner = inner;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(16); // buckets, which nobody reads
      out.writeInt(threshold);
      out.writeObject("key");
      out.writeObject(inner);
    }
  }

  static final class FakeImmutable implements Serializable {
    private static final long serialVersionUID = 1L;
    private final int tag = 1; // a list
    private final transient int claimed;
    private final transient Object inner;

    FakeImmutable(int claimed, Object inner) {
      this.claimed = claimed;
      this.inner = inner;
    }

    private void writeObject(ObjectOutputStream out) throws IOException {
      out.defaultWriteObject();
      out.writeInt(claimed);
      out.writeObject(inner);
    }
  }
}
