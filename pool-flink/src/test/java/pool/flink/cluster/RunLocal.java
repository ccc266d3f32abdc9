package pool.flink.cluster;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import pool.flink.FlinkRun;
import pool.plugins.example.download.DocumentServer;

/**
 * Downloads the files of a folder, over HTTP on loopback, on a cluster of three TaskManagers, and
 * leaves the cluster up to be looked at, until Ctrl-C or the end of standard input: {@code
 * pool-flink/run-local}.
 */
final class RunLocal {

  private static final int TASK_MANAGERS = 3;
  private static final int WORKERS = 8;

  private RunLocal() {}

  public static void main(String[] arguments) throws Exception {
    Path work = Files.createTempDirectory("pool-flink-");
    Cluster cluster = new Cluster(work.resolve("cluster"), Artifacts.flink());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> end(cluster, work)));
    say("Starting a JobManager and %d TaskManagers ...", TASK_MANAGERS);
    cluster.start(TASK_MANAGERS);
    say("Flink's web page: %s", cluster.rest().address());
    try (DocumentServer server = new DocumentServer(Path.of(arguments[0]))) {
      download(cluster, work, server.uris());
    }
    say("The cluster stays up until Ctrl-C.");
    while (System.in.read() >= 0) {}
    System.exit(0);
  }

  private static void download(Cluster cluster, Path work, List<URI> uris) throws Exception {
    Path input = Files.write(work.resolve("uris"), uris.stream().map(URI::toString).toList());
    Path program =
        Jars.program(
            work.resolve("download.jar"),
            FlinkRun.class.getName(),
            Artifacts.ofTheJob("picocli", "jackson-core", "pool-plugins-example", "sqlite-jdbc"));
    say(
        "Downloading %d documents with %d workers in each of %d tasks ...",
        uris.size(), WORKERS, TASK_MANAGERS);
    long start = System.nanoTime();
    String job =
        cluster
            .rest()
            .run(
                program,
                TASK_MANAGERS,
                List.of(
                    "--factory", "download",
                    "--input", input.toString(),
                    "--output", work.resolve("outcomes").toString(),
                    "--workers", Integer.toString(WORKERS),
                    // a relative name: each TaskManager has a store of its own
                    "-o", "database=jdbc:sqlite:store.db"));
    Eventually.await(
        Duration.ofMinutes(5),
        () -> cluster.rest().isOver(job),
        () -> "Flink job " + job + " does not end");
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    List<String> outcomes = lines(work.resolve("outcomes"));
    long succeeded =
        outcomes.stream().filter(it -> it.contains("\"outcome\":\"succeeded\"")).count();
    say(
        "%s after %.1f s, with the upload: %d outcomes, %d succeeded",
        cluster.rest().state(job), took.toMillis() / 1e3, outcomes.size(), succeeded);
    for (Node node : cluster.taskManagers()) {
      say("  %s has stored %s", node.name(), stored(node.folder().resolve("store.db")));
    }
  }

  private static List<String> lines(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(file -> file.toString().endsWith(".jsonl"))
          .flatMap(RunLocal::read)
          .toList();
    }
  }

  private static Stream<String> read(Path file) {
    try {
      return Files.readAllLines(file).stream();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private static String stored(Path store) throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + store);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT count(*), sum(bytes) FROM document")) {
      return "%d documents, %.1f MB".formatted(row.getLong(1), row.getLong(2) / 1e6);
    }
  }

  private static void end(Cluster cluster, Path work) {
    try {
      cluster.close();
      Folders.delete(work);
    } catch (IOException e) {
      System.err.println("left behind: " + work + ": " + e);
    }
  }

  private static void say(String format, Object... arguments) {
    System.out.println(format.formatted(arguments));
  }
}
