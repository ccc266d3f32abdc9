package pool.core.internal.discovery;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.attribute.ModuleAttribute;
import java.lang.constant.ClassDesc;
import java.lang.constant.ModuleDesc;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Makes jars entry by entry, without a compiler; also some that lie. */
final class JarMaker {

  private static final int END_LENGTH = 22;
  private static final int HEADER_LENGTH = 46;

  private final Map<String, byte[]> entries = new LinkedHashMap<>();

  JarMaker with(String entry, byte[] bytes) {
    entries.put(entry, bytes);
    return this;
  }

  JarMaker with(String entry, String text) {
    return with(entry, text.getBytes(StandardCharsets.UTF_8));
  }

  /** An entry of so many empty lines, which is far shorter when it is packed. */
  JarMaker withLines(String entry, int length) {
    byte[] lines = new byte[length];
    Arrays.fill(lines, (byte) '\n');
    return with(entry, lines);
  }

  /** The descriptor of a module that provides a service. */
  static byte[] descriptor(String module, String service, String... providers) {
    ClassDesc[] provided = Arrays.stream(providers).map(ClassDesc::of).toArray(ClassDesc[]::new);
    return ClassFile.of()
        .buildModule(
            ModuleAttribute.of(
                ModuleDesc.of(module),
                builder ->
                    builder
                        .requires(ModuleDesc.of("java.base"), ClassFile.ACC_MANDATED, null)
                        .provides(ClassDesc.of(service), provided)));
  }

  Path pack(Path jar) throws IOException {
    try (var zip = new ZipOutputStream(new BufferedOutputStream(Files.newOutputStream(jar)))) {
      zip.setLevel(Deflater.BEST_COMPRESSION);
      for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
        zip.putNextEntry(new ZipEntry(entry.getKey()));
        zip.write(entry.getValue());
      }
    }
    return jar;
  }

  /** The same, but its directory says that each entry has only so many bytes. */
  Path packAsIfShort(Path jar, int said) throws IOException {
    byte[] bytes = Files.readAllBytes(pack(jar));
    ByteBuffer zip = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    int end = bytes.length - END_LENGTH;
    for (int at = zip.getInt(end + 16); at < end; ) {
      zip.putInt(at + 24, said);
      at += HEADER_LENGTH + zip.getShort(at + 28) + zip.getShort(at + 30) + zip.getShort(at + 32);
    }
    return Files.write(jar, bytes);
  }
}
