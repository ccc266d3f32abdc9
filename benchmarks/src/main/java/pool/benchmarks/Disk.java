package pool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** A folder of its own on a real disk, where a sync is one. */
record Disk(Path folder) implements AutoCloseable {

  private static final Set<String> IN_MEMORY = Set.of("tmpfs", "ramfs", "devtmpfs");

  /**
   * Makes the folder.
   *
   * @param parent where; if empty, in the first of the usual places that is not in memory
   */
  static Disk newFolder(String parent) throws IOException {
    List<Path> places =
        parent.isEmpty()
            ? List.of(
                Path.of(System.getProperty("java.io.tmpdir")), Path.of("/var/tmp"), Path.of(""))
            : List.of(Path.of(parent));
    for (Path place : places) {
      Path absolute = place.toAbsolutePath();
      if (Files.isDirectory(absolute) && !IN_MEMORY.contains(Files.getFileStore(absolute).type())) {
        return new Disk(Files.createTempDirectory(absolute, "benchmark"));
      }
    }
    throw new IllegalStateException(
        "no folder on a real disk among " + places + "; name one with -p folder=...");
  }

  @Override
  public void close() throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path each : files.sorted((a, b) -> b.compareTo(a)).toList()) { // what is within, first
        Files.deleteIfExists(each);
      }
    }
  }
}
