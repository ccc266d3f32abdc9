package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.core.CloseReport;
import pool.core.PoolState;
import pool.core.WorkerPool;

/** A PostgreSQL server that dies in the middle of a batch, and is started again. */
@SuppressWarnings("try")
@Timeout(120)
class DatabaseOutageTest {

  @TempDir Path folder;

  private EmbeddedPostgres
      postgres; // by default it forgets what it has committed when it is killed
  private Path data;
  private String url;
  private DocumentServer server;

  @BeforeEach
  void start() throws Exception {
    data = folder.resolve("data");
    postgres = EmbeddedPostgres.builder().setDataDirectory(data.toFile()).start();
    url = postgres.getJdbcUrl("postgres", "postgres");
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 0; i < 400; i++) {
      Files.writeString(documents.resolve("text-" + i + ".txt"), "document number" + i + " words");
    }
    server = new DocumentServer(documents);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    postgres.close();
  }

  /** As {@code pg_ctl stop -m immediate}: it says goodbye to nobody and writes nothing. */
  private void kill() throws Exception {
    String pid = Files.readAllLines(data.resolve("postmaster.pid")).getFirst().strip();
    assertEquals(0, new ProcessBuilder("kill", "-QUIT", pid).inheritIO().start().waitFor());
    await(() -> ProcessHandle.of(Long.parseLong(pid)).isEmpty(), "the server lives on");
  }

  /** On the same data, with the same arguments, which the server has written down. */
  private void startAgain() throws Exception {
    String options = Files.readString(data.resolve("postmaster.opts")).strip();
    boolean root = "root".equals(System.getProperty("user.name")); // PostgreSQL refuses to be
    new ProcessBuilder("sh", "-c", "exec " + (root ? "unshare -U " : "") + options)
        .redirectErrorStream(true)
        .redirectOutput(folder.resolve("server.log").toFile())
        .start();
    await(this::accepts, "the server does not come back");
  }

  private boolean accepts() {
    try (var connection = Database.connect(url)) {
      return connection.isValid(1);
    } catch (SQLException e) {
      return false;
    }
  }

  static void await(BooleanSupplier condition, String otherwise) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!condition.getAsBoolean()) {
      assertTrue(System.nanoTime() < deadline, otherwise);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  private Map<String, String> stored() throws Exception {
    Map<String, String> stored = new HashMap<>();
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      for (var row : worker.run("SELECT uri, sha256 FROM document").rows()) {
        stored.put((String) row.get("uri"), (String) row.get("sha256"));
      }
    }
    return stored;
  }

  @Test
  void workersBreakAreReplacedAndTheRestOfTheBatchSucceedsWhenTheDatabaseIsBack() throws Exception {
    List<CompletableFuture<Stored>> futures = new ArrayList<>();
    try (var pool =
        WorkerPool.named("download", URI.class, Stored.class)
            .workers(4)
            .option("database", url)
            .open()) {
      List<URI> uris = server.uris();
      uris.subList(0, 200).forEach(uri -> futures.add(pool.submit(uri)));
      await(() -> pool.stats().succeeded() >= 40, "nothing is stored");
      kill();
      // however many are stored by now, these meet the dead server
      uris.subList(200, 400).forEach(uri -> futures.add(pool.submit(uri)));
      await(() -> pool.stats().state() == PoolState.DEGRADED, "no worker broke");
      startAgain();
      await(() -> pool.stats().state() == PoolState.OPEN, "no worker was opened again");
      CloseReport report = pool.shutdown(Duration.ofSeconds(60));
      assertTrue(report.isClean(), report::toString);
    }
    Map<String, String> stored = stored();
    int failed = 0;
    for (CompletableFuture<Stored> future : futures) {
      try {
        Stored claimed = future.join();
        assertEquals(claimed.sha256(), stored.get(claimed.uri().toString()), "lost: " + claimed);
      } catch (CompletionException e) {
        assertInstanceOf(WorkerBrokenException.class, e.getCause());
        failed++;
      }
    }
    assertTrue(failed >= 1 && failed <= 4, failed + " jobs failed, with 4 workers");
  }

  @Test
  void aQueryWhoseConnectionIsGoneBreaksItsWorkerAndOneThatIsWrongDoesNot() throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      assertThrows(SQLException.class, () -> worker.run("SELECT nonsense"));
      assertEquals(1, worker.run("SELECT 1").rows().size());
      kill();
      assertThrows(WorkerBrokenException.class, () -> worker.run("SELECT 1"));
      assertThrows(WorkerBrokenException.class, worker::ping);
      startAgain();
    }
  }
}
