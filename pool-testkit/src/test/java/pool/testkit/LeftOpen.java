package pool.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Deque;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.stream.Stream;

/** What bad plugins leave open, until the test cleans up. */
final class LeftOpen {

  private static final Deque<AutoCloseable> LEFT = new ConcurrentLinkedDeque<>();

  private LeftOpen() {}

  static void add(AutoCloseable left) {
    LEFT.push(left);
  }

  /** A folder, to be deleted. */
  static Path folder() throws IOException {
    Path folder = Files.createTempDirectory("left");
    LEFT.push(() -> {
      try (Stream<Path> all = Files.walk(folder)) {
        for (Path path : all.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    });
    return folder;
  }

  static void cleanUp() throws Exception {
    AutoCloseable left;
    while ((left = LEFT.poll()) != null) {
      left.close();
    }
  }
}
