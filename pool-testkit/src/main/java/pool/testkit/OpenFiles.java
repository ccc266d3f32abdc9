package pool.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;

/** The file descriptors of the JVM, as the system lists them: files, sockets, pipes. */
final class OpenFiles implements Leftovers {

  private static final List<Path> LISTS = List.of(Path.of("/proc/self/fd"), Path.of("/dev/fd"));

  @Override
  public String what() {
    return "file descriptors";
  }

  @Override
  public String wayOut() {
    return "let close release what open and run open, or give it to WorkerContext.own";
  }

  @Override
  public boolean areCollected() {
    return true;
  }

  @Override
  public Set<String> now() throws IOException {
    Path list = LISTS.stream().filter(Files::isDirectory).findFirst().orElse(null);
    if (list == null) {
      return Assumptions.abort(
          "this system lists open files neither in /proc/self/fd nor in /dev/fd");
    }
    Set<String> open = new HashSet<>();
    try (Stream<Path> descriptors = Files.list(list)) {
      descriptors.forEach(descriptor -> open.add(name(descriptor)));
    }
    open.remove(""); // the descriptor of the directory that was listed
    return open;
  }

  /** The number of a descriptor, and what it refers to where the system shows that. */
  private static String name(Path descriptor) {
    try {
      Path target = Files.readSymbolicLink(descriptor);
      return target.startsWith("/proc") ? "" : descriptor.getFileName() + " " + target;
    } catch (IOException e) { // it is not a link, or no longer open
      return Files.exists(descriptor) ? descriptor.getFileName().toString() : "";
    }
  }
}
