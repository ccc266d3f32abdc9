package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.OpenFailedException;
import pool.core.WorkerPool;

/** Several programs and one store. */
@SuppressWarnings("try")
@Timeout(180)
class StoreLockTest {

  @TempDir Path folder;

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("store.db");
  }

  private DocumentServer server() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 0; i < 100; i++) {
      Files.writeString(documents.resolve("text-" + i + ".txt"), "document number" + i + " words");
    }
    return new DocumentServer(documents);
  }

  @Test
  void twoProcessesFillOneNewStore() throws Exception {
    try (DocumentServer server = server()) {
      String[] uris = server.uris().stream().map(URI::toString).toArray(String[]::new);
      List<Process> processes = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        processes.add(new Child(folder).start(uris));
      }
      for (Process process : processes) {
        List<String> lines = process.inputReader().readAllLines();
        assertTrue(process.waitFor(60, TimeUnit.SECONDS));
        assertEquals(0, process.exitValue(), lines::toString);
        assertEquals(100, lines.stream().filter(line -> line.startsWith("Stored[")).count());
      }
      assertIndexed(url(), "document_text MATCH 'number7'");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"sqlite", "postgresql"})
  void twoPoolsFillOneNewStore(String kind) throws Exception {
    try (DocumentServer server = server();
        EmbeddedPostgres postgres = kind.equals("sqlite") ? null : EmbeddedPostgres.start();
        ExecutorService threads = Executors.newCachedThreadPool()) {
      String url = postgres == null ? url() : postgres.getJdbcUrl("postgres", "postgres");
      Callable<Integer> run =
          () -> {
            try (var pool =
                WorkerPool.of(new DownloadFactory()).workers(8).option("database", url).open()) {
              return pool.map(server.uris()).size();
            }
          };
      for (Future<Integer> size : threads.invokeAll(List.of(run, run))) {
        assertEquals(100, size.get());
      }
      assertIndexed(
          url,
          postgres == null
              ? "document_text MATCH 'number7'"
              : "words @@ to_tsquery('simple', 'number7')");
    }
  }

  private static void assertIndexed(String url, String condition) throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      assertEquals(1, worker.run("SELECT uri FROM document_text WHERE " + condition).rows().size());
      assertEquals(
          100,
          ((Number)
                  worker.run("SELECT count(*) AS n FROM document_text").rows().getFirst().get("n"))
              .intValue());
    }
  }

  /** Locked by somebody who does not let go; the pool gives up on openTimeout, 30 s. */
  @ParameterizedTest
  @CsvSource({"download, IMMEDIATE", "query, EXCLUSIVE"})
  void aStoreThatIsLockedIsNamedBeforeOpenTimeout(String name, String lock) throws Exception {
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("CREATE TABLE theirs (a INTEGER)");
      statement.execute("BEGIN " + lock);
      statement.execute("INSERT INTO theirs VALUES (1)");
      WorkerFactory<?, ?> factory =
          name.equals("query") ? new QueryFactory() : new DownloadFactory();
      long begin = System.nanoTime();
      String message =
          String.valueOf(
              assertThrows(
                      OpenFailedException.class,
                      () -> WorkerPool.of(factory).workers(16).option("database", url()).open())
                  .getMessage());
      Duration took = Duration.ofNanos(System.nanoTime() - begin);
      assertTrue(
          message.contains(
              "cannot open '" + url() + "': another connection has held its lock for 10 s"),
          message);
      assertTrue(took.compareTo(Duration.ofSeconds(28)) < 0, took::toString);
    }
  }

  @Test
  void aLockedTableOfPostgresqlIsNamedBeforeOpenTimeout() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        Connection other = postgres.getPostgresDatabase().getConnection();
        Statement statement = other.createStatement()) {
      String url = postgres.getJdbcUrl("postgres", "postgres");
      other.setAutoCommit(false);
      statement.execute("CREATE TABLE document (uri TEXT PRIMARY KEY)"); // not yet committed
      String message =
          String.valueOf(
              assertThrows(
                      OpenFailedException.class,
                      () ->
                          WorkerPool.of(new DownloadFactory())
                              .workers(2)
                              .option("database", url)
                              .open())
                  .getMessage());
      assertTrue(message.contains("cannot open '" + Database.place(url) + "': "), message);
      assertTrue(message.contains("another connection has held its lock too long"), message);
    }
  }

  @Test
  void anInterruptEndsTheWaitForALock() throws Exception {
    try (Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN EXCLUSIVE");
      var opening =
          new FutureTask<>(() -> assertThrows(Exception.class, () -> Database.connect(url())));
      Thread thread = Thread.ofPlatform().start(opening);
      thread.interrupt(); // also when it has not begun
      String message = opening.get(5, TimeUnit.SECONDS).getMessage();
      assertTrue(message.contains("interrupted: another connection has held its lock"), message);
    }
  }

  /** A writer of another program holds the lock while jobs run; they wait for it. */
  @Test
  void jobsWaitForAnotherWriter() throws Exception {
    try (DocumentServer server = server();
        var pool =
            WorkerPool.of(new DownloadFactory()).workers(4).option("database", url()).open();
        Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      List<CompletableFuture<Stored>> futures = server.uris().stream().map(pool::submit).toList();
      awaitAnswers(server, 4);
      assertEquals(0, pool.stats().succeeded());
      statement.execute("COMMIT");
      futures.forEach(CompletableFuture::join);
    }
  }

  /** A transaction that begins by reading could not go on once the other one had written. */
  @Test
  void theIndexIsBuiltWhileAnotherWrites() throws Exception {
    try (DocumentServer server = server();
        Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("PRAGMA journal_mode = WAL");
      statement.execute("PRAGMA synchronous = OFF");
      statement.execute("PRAGMA busy_timeout = 60000");
      statement.execute("CREATE TABLE theirs (a INTEGER)");
      AtomicBoolean done = new AtomicBoolean();
      var writing =
          new FutureTask<>(() -> {
            int writes = 0;
            for (; !done.get(); writes++) {
              statement.execute("INSERT INTO theirs VALUES (1)");
            }
            return writes;
          });
      Thread writer = Thread.ofPlatform().start(writing);
      try {
        for (int i = 0; i < 20; i++) {
          try (var pool =
              WorkerPool.of(new DownloadFactory()).workers(1).option("database", url()).open()) {
            pool.submit(server.uri("/text-" + i + ".txt")).join();
          }
        }
      } finally {
        done.set(true);
        writer.join();
      }
      assertTrue(writing.get() > 0);
    }
  }

  private static void awaitAnswers(DocumentServer server, int count) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (server.answers.size() < count) {
      assertTrue(System.nanoTime() < deadline, "nobody asks");
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  @Test
  void aStoreOfAnEarlierReleaseGetsWhatItLacks() throws Exception {
    try (Connection old = DriverManager.getConnection(url());
        Statement statement = old.createStatement()) {
      statement.execute(
          "CREATE TABLE document (uri TEXT PRIMARY KEY, bytes BIGINT NOT NULL, sha256 TEXT NOT"
              + " NULL, content_type TEXT, etag TEXT, last_modified TEXT, stored_at TEXT NOT NULL,"
              + " body BYTEA NOT NULL)");
    }
    try (DocumentServer server = server();
        var pool =
            WorkerPool.of(new DownloadFactory()).workers(4).option("database", url()).open()) {
      assertEquals(100, pool.map(server.uris()).size());
    }
  }
}
