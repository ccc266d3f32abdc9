package pool.plugins.example.download;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import pool.core.WorkerPool;

/**
 * Stores many small documents in new stores, one after the other, and tells how long each took.
 * {@code benchmarks/download} runs it from this source, also with an earlier revision.
 */
public final class DownloadRuns {

  private DownloadRuns() {}

  /**
   * Runs until all stores are there.
   *
   * @param args a file with addresses, a folder for the stores, how many workers, how many stores
   */
  public static void main(String[] args) throws Exception {
    List<URI> uris =
        Files.readAllLines(Path.of(args[0])).stream()
            .filter(line -> line.endsWith(".txt"))
            .map(URI::create)
            .toList();
    for (int i = 0; i < Integer.parseInt(args[3]); i++) {
      String url = "jdbc:sqlite:" + Path.of(args[1]).resolve("store-" + i + ".db");
      try (var pool =
          WorkerPool.of(new DownloadFactory())
              .workers(Integer.parseInt(args[2]))
              .option("database", url)
              .open()) {
        long begin = System.nanoTime();
        int stored = pool.map(uris).size();
        Duration took = Duration.ofNanos(System.nanoTime() - begin);
        System.out.printf("%d documents in %d ms%n", stored, took.toMillis());
      }
    }
  }
}
