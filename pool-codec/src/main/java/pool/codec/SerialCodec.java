package pool.codec;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InvalidClassException;
import java.io.InvalidObjectException;
import java.io.ObjectInputFilter;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.OutputStream;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Serializable values, up to 20 levels deep. Both reading and writing allow only the classes of
 * {@link SerialTypes}, so that a result of another class fails where it was made. Reading also
 * enforces the {@link ClaimedLengths} that the bytes allow. So bytes that somebody else made run no
 * code of theirs and fill no memory. They can take time, as with any filter: hashing a set of lists
 * that contain each other many times takes long.
 *
 * @param <T> the values
 */
final class SerialCodec<T> implements Codec<T> {

  private static final long serialVersionUID = 1L;

  private static final int DEEPEST = 20;
  private static final int MOST_FIELDS = 1_000; // of a class

  private final Class<T> type;
  private transient volatile @Nullable SerialTypes types;

  /** Throws IllegalArgumentException when the type cannot be written. */
  SerialCodec(Class<T> type) {
    this.type = type;
    this.types = SerialTypes.of(type);
  }

  private SerialTypes types() {
    SerialTypes known = types;
    if (known == null) { // this codec has travelled
      known = SerialTypes.of(type);
      types = known;
    }
    return known;
  }

  @Override
  public byte[] toBytes(T value) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new Checked(bytes, type, types())) {
      out.writeObject(value);
    }
    return bytes.toByteArray();
  }

  @Override
  public T fromBytes(byte[] bytes) throws IOException {
    try (Resolving in = new Resolving(bytes, type, types())) {
      in.setObjectInputFilter(
          ObjectInputFilter.merge(new ClaimedLengths(bytes.length), in::allowed));
      return type.cast(in.value());
    } catch (ClassNotFoundException | LinkageError | RuntimeException e) {
      throw new IOException("not the bytes of a %s: %s".formatted(type.getName(), e), e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof SerialCodec<?> codec && codec.type == type;
  }

  @Override
  public int hashCode() {
    return type.getName().hashCode();
  }

  @Override
  public String toString() {
    return "SerialCodec[" + type.getName() + "]";
  }

  private static final class Checked extends ObjectOutputStream {

    private final Class<?> type;
    private final SerialTypes types;
    private boolean refused;

    Checked(OutputStream out, Class<?> type, SerialTypes types) throws IOException {
      super(out);
      this.type = type;
      this.types = types;
    }

    @Override
    protected void annotateClass(Class<?> written) throws IOException {
      if (!refused && !types.contain(written)) {
        refused = true; // classes written from now on are the exception's
        throw new InvalidClassException(
            written.getName(),
            "%s does not declare it: declare that type, or let the factory implement %s"
                .formatted(type.getName(), Codecs.class.getName()));
      }
    }
  }

  /** Resolves classes with the loader of the type, wherever this library was loaded. */
  private static final class Resolving extends ObjectInputStream {

    private final InputStream rest;
    private final Class<?> type;
    private final SerialTypes types;
    private final Set<String> described = new HashSet<>();
    private boolean isTooDeep;

    Resolving(byte[] bytes, Class<?> type, SerialTypes types) throws IOException {
      this(new ByteArrayInputStream(bytes), type, types);
    }

    private Resolving(InputStream bytes, Class<?> type, SerialTypes types) throws IOException {
      super(bytes);
      this.rest = bytes;
      this.type = type;
      this.types = types;
    }

    Object value() throws IOException, ClassNotFoundException {
      try {
        Object value = readObject();
        if (value == null || rest.available() > 0) {
          throw new InvalidObjectException("it is null, or something follows it");
        }
        return value;
      } catch (InvalidClassException e) {
        if (isTooDeep) {
          throw new InvalidClassException(
              type.getName(),
              "it is nested more than %d levels deep: flatten it, or let the factory implement %s"
                  .formatted(DEEPEST, Codecs.class.getName()),
              e);
        }
        throw e;
      }
    }

    ObjectInputFilter.Status allowed(ObjectInputFilter.FilterInfo info) {
      isTooDeep |= info.depth() > DEEPEST;
      Class<?> asked = info.serialClass();
      if (isTooDeep || (asked != null && !types.contain(asked))) {
        return ObjectInputFilter.Status.REJECTED;
      }
      return asked == null ? ObjectInputFilter.Status.UNDECIDED : ObjectInputFilter.Status.ALLOWED;
    }

    /**
     * Allows one description of each class. A stream contains no more, and a description takes far
     * more memory than its bytes.
     */
    @Override
    protected ObjectStreamClass readClassDescriptor() throws IOException, ClassNotFoundException {
      ObjectStreamClass description = super.readClassDescriptor();
      if (!described.add(description.getName())) {
        throw new InvalidClassException(description.getName(), "it is described twice");
      }
      if (description.getFields().length > MOST_FIELDS) {
        throw new InvalidClassException(
            description.getName(), "it has more fields than " + MOST_FIELDS);
      }
      return description;
    }

    @Override
    protected Class<?> resolveClass(ObjectStreamClass described)
        throws IOException, ClassNotFoundException {
      if (!types.mayContain(described.getName())) { // the filter would look once it is loaded
        throw new InvalidClassException(
            described.getName(), type.getName() + " does not declare it");
      }
      return Class.forName(described.getName(), false, type.getClassLoader());
    }

    @Override
    protected Class<?> resolveProxyClass(String[] interfaces) throws IOException {
      throw new InvalidClassException("a proxy is no value");
    }
  }
}
