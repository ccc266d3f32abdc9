package pool.cli;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Names of files on the command line. Such a name consists of bytes; Java decodes it, and puts
 * U+FFFD for every byte that it cannot decode. Here each byte that is not UTF-8 becomes one of
 * U+DC80 to U+DCFF instead, halves of surrogate pairs that no text contains, as in Python.
 */
final class Names {

  private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
  private static final Path DESCRIPTORS = // as other processes see them, too
      Path.of("/proc", String.valueOf(ProcessHandle.current().pid()), "fd");
  private static final List<FileChannel> OPEN = new ArrayList<>(); // until the end
  private static final Set<String> OUTPUTS = Set.of("/dev/stdout", "/dev/fd/1", "/proc/self/fd/1");
  private static final char BASE = 0xdc00; // of the chars that stand for bytes

  private Names() {}

  /** The arguments of {@code main}, with all their bytes if the system provides them. */
  static String[] arguments(String[] decoded) {
    if (Arrays.stream(decoded).noneMatch(argument -> argument.indexOf('\ufffd') >= 0)) {
      return decoded;
    }
    try {
      String all = decode(Files.readAllBytes(COMMAND_LINE));
      List<String> arguments = Arrays.asList(all.split("\0", -1)); // the last one is empty
      int end = arguments.size() - 1;
      return arguments.subList(end - decoded.length, end).toArray(String[]::new);
    } catch (IOException e) {
      return decoded;
    }
  }

  static String decode(byte[] bytes) {
    CharsetDecoder decoder = StandardCharsets.UTF_8.newDecoder(); // reports what it cannot decode
    ByteBuffer in = ByteBuffer.wrap(bytes);
    CharBuffer out = CharBuffer.allocate(bytes.length);
    CoderResult result = decoder.decode(in, out, true);
    while (result.isError()) {
      for (int i = 0; i < result.length(); i++) {
        out.put((char) (BASE + Byte.toUnsignedInt(in.get())));
      }
      result = decoder.decode(in, out, true);
    }
    return out.flip().toString();
  }

  /** Whether this is a name of standard output. */
  static boolean isOutput(String name) {
    return OUTPUTS.contains(name);
  }

  /** The path of a name on the command line. */
  static Path path(String name) {
    if (isOutput(name)) {
      return StandardStreams.outputFile();
    }
    try {
      return Path.of(name);
    } catch (InvalidPathException e) { // only a URI accepts arbitrary bytes
      String folder = name.startsWith("/") ? "file://" : Path.of("").toAbsolutePath().toUri() + "/";
      return Path.of(URI.create(folder + escaped(name)));
    }
  }

  /**
   * A name of the same folder from which Java can load classes. For that its path must be text; the
   * system has such a name for a folder as long as it is open.
   */
  static Path loadable(Path folder) throws IOException {
    if (folder.equals(Path.of(folder.toString())) || !Files.isDirectory(folder)) {
      return folder;
    }
    FileChannel open = FileChannel.open(folder);
    OPEN.add(open);
    try (Stream<Path> descriptors = Files.list(DESCRIPTORS)) {
      for (Path descriptor : (Iterable<Path>) descriptors::iterator) {
        if (Files.exists(descriptor) && Files.isSameFile(descriptor, folder)) {
          return descriptor;
        }
      }
    }
    return folder;
  }

  private static String escaped(String name) {
    StringBuilder escaped = new StringBuilder();
    for (byte b : encode(name)) {
      boolean plain = b == '/' || b == '.' || Character.isLetterOrDigit(b);
      escaped.append(plain ? String.valueOf((char) b) : "%%%02X".formatted(b));
    }
    return escaped.toString();
  }

  private static byte[] encode(String name) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    name.codePoints()
        .forEach(c -> {
          if (c >= BASE + 0x80 && c <= BASE + 0xff) {
            bytes.write(c - BASE);
          } else {
            bytes.writeBytes(Character.toString(c).getBytes(StandardCharsets.UTF_8));
          }
        });
    return bytes.toByteArray();
  }
}
