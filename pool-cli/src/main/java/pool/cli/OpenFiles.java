package pool.cli;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The files that the command has open, including standard input, output and error. Two files are
 * the same if device and inode are equal, whatever name, link or descriptor leads there. Terminals,
 * {@code /dev/null} and sockets may be shared, since they hold no data that could be lost.
 */
final class OpenFiles {

  private static final Path DESCRIPTORS = Path.of("/dev/fd");
  private static final int TYPE = 0170000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int SOCKET = 0140000;
  private static final int FIFO = 0010000;
  private static final int LAST_STANDARD = 2;

  private record Known(String what, Object file, boolean written) {}

  private final List<Known> known;
  private final Map<Object, Integer> inherited; // how often each file was open before

  /** Makes a copy, to which files can be added. */
  OpenFiles(OpenFiles those) {
    this.known = new ArrayList<>(those.known);
    this.inherited = those.inherited;
  }

  /** Notes what standard input, output and error are, before any other file is open. */
  OpenFiles() {
    this.known = new ArrayList<>();
    this.inherited = open();
    known(DESCRIPTORS.resolve("0"), "standard input", false);
    known(StandardStreams.outputFile(), "standard output", true);
    known(DESCRIPTORS.resolve("2"), "standard error", true);
  }

  private void known(Path descriptor, String what, boolean written) {
    identity(descriptor).ifPresent(file -> known.add(new Known(what, file, written)));
  }

  /**
   * Which other stream standard input is as well. Output and error may share a file, as they share
   * a terminal.
   */
  Optional<String> conflictOfStandardInput() {
    return known.stream()
        .filter(one -> one.what.equals("standard input"))
        .findFirst()
        .flatMap(input ->
            known.stream()
                .filter(other -> other.written && other.file.equals(input.file))
                .map(Known::what)
                .findFirst());
  }

  /** Returns whether messages would go into the file that is standard input. */
  boolean errorIsInput() {
    return known.stream()
        .filter(one -> one.what.equals("standard error"))
        .anyMatch(
            err -> known.stream().anyMatch(other -> !other.written && other.file.equals(err.file)));
  }

  /** Describes the use that a file has already, if the two uses would conflict. */
  Optional<String> conflict(Path path, boolean written) {
    return identity(path)
        .flatMap(file ->
            known.stream()
                .filter(other -> other.file.equals(file))
                .filter(other -> written || other.written || isPipe(path))
                .map(Known::what)
                .findFirst());
  }

  /** Returns whether a file is a pipe: what one reader takes, another does not get. */
  private static boolean isPipe(Path path) {
    try {
      return Files.getAttribute(path, "unix:mode") instanceof Integer mode && (mode & TYPE) == FIFO;
    } catch (IOException | RuntimeException e) {
      return false; // this system does not report it
    }
  }

  /** Notes that a file is open from now on. */
  void add(String what, Path path, boolean written) {
    identity(path).ifPresent(file -> known.add(new Known(what, file, written)));
  }

  /**
   * Returns whether a file that we have opened once is also open elsewhere in this process, for
   * example in a plugin.
   */
  boolean isOpenElsewhere(Path path) {
    return identity(path)
        .filter(file -> open().getOrDefault(file, 0) - inherited.getOrDefault(file, 0) > 1)
        .isPresent();
  }

  /** How often each file is open in this process, without the standard descriptors. */
  private static Map<Object, Integer> open() {
    Map<Object, Integer> open = new HashMap<>();
    try (DirectoryStream<Path> descriptors = Files.newDirectoryStream(DESCRIPTORS)) {
      for (Path descriptor : descriptors) {
        if (Integer.parseInt(descriptor.getFileName().toString()) > LAST_STANDARD) {
          identity(descriptor).ifPresent(file -> open.merge(file, 1, Integer::sum));
        }
      }
    } catch (IOException | RuntimeException e) {
      // this system does not list them
    }
    return open;
  }

  /** The identity of a file; empty if it does not exist or may be shared. */
  private static Optional<Object> identity(Path path) {
    try {
      if (path.getFileSystem().supportedFileAttributeViews().contains("unix")) {
        Map<String, Object> file = Files.readAttributes(path, "unix:mode,dev,ino");
        int type = file.get("mode") instanceof Integer mode ? mode & TYPE : 0;
        return type == CHARACTER_DEVICE || type == SOCKET
            ? Optional.empty()
            : Optional.of(
                List.of(
                    Objects.requireNonNull(file.get("dev")),
                    Objects.requireNonNull(file.get("ino"))));
      }
      Object key = Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      return Optional.of(key == null ? path.toRealPath() : key);
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
