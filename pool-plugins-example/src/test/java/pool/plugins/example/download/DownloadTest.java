package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerContext;
import pool.core.CloseReport;
import pool.core.OpenFailedException;
import pool.core.Outcome;
import pool.core.PoolCloseException;
import pool.core.WorkerPool;

/** Real HTTP, a real SQLite file, a real PostgreSQL server. */
@ParameterizedClass
@EnumSource(Database.class)
@SuppressWarnings("try")
@Timeout(120)
class DownloadTest {

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  private DocumentServer server;
  private String url;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void start() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 0; i < 60; i++) {
      Files.writeString(documents.resolve("text-" + i + ".txt"), "document number" + i + " words");
      Files.write(documents.resolve("binary-" + i + ".bin"), new byte[] {0, (byte) i, -1});
    }
    server = new DocumentServer(documents);
    url =
        switch (database) {
          case SQLITE -> "jdbc:sqlite:" + folder.resolve("store.db");
          case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
        };
    query("DROP TABLE IF EXISTS document");
    query("DROP TABLE IF EXISTS failure");
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private WorkerPool<URI, Stored> open() {
    return WorkerPool.named("download", URI.class, Stored.class)
        .workers(8)
        .maxRetries(1) // for servers that are away
        .option("database", url)
        .option("timeout", "5s") // not for what is served at once, on a busy machine either
        .option("max-bytes", "100000")
        .open();
  }

  /** Through the plugin that reads the store, alone. */
  private List<Map<String, Object>> query(String sql) throws Exception {
    if (!sql.startsWith("SELECT")) {
      try (var connection = Database.connect(url);
          var statement = connection.createStatement()) {
        statement.execute(sql);
      }
      return List.of();
    }
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      return worker.run(sql).rows();
    }
  }

  private long count(String table) throws Exception {
    return ((Number) query("SELECT count(*) AS n FROM " + table).getFirst().get("n")).longValue();
  }

  @Test
  void storesConfirmsAndIndexesEveryDocument() throws Exception {
    List<Stored> stored;
    try (var pool = open()) {
      stored = pool.map(server.uris());
    }
    assertEquals(120, stored.size());
    assertEquals(120, count("document"));
    assertEquals(0, count("failure"));
    Stored first = stored.get(server.uris().indexOf(server.uri("/text-7.txt")));
    assertEquals(200, first.status());
    assertEquals("text/plain; charset=utf-8", first.contentType());
    byte[] body = "document number7 words".getBytes(StandardCharsets.UTF_8);
    assertEquals(body.length, first.bytes());
    assertEquals(Sha256.of(body), first.sha256());
    String found =
        switch (database) {
          case SQLITE -> "SELECT uri FROM document_text WHERE document_text MATCH 'number7'";
          case POSTGRESQL ->
              "SELECT uri FROM document_text WHERE words @@ to_tsquery('simple', 'number7')";
        };
    assertEquals(List.of(Map.of("uri", server.uri("/text-7.txt").toString())), query(found));
    assertEquals(60, count("document_text"));
  }

  @Test
  void aSecondRunFetchesOnlyWhatHasChanged() throws Exception {
    try (var pool = open()) {
      pool.map(server.uris());
    }
    Files.writeString(folder.resolve("documents/text-3.txt"), "another text");
    List<Stored> again;
    try (var pool = open()) {
      again = pool.map(server.uris());
    }
    assertEquals(119, again.stream().filter(stored -> stored.status() == 304).count());
    assertEquals(1, server.answered("/text-4.txt", 200));
    assertEquals(1, server.answered("/text-4.txt", 304));
    assertEquals(2, server.answered("/text-3.txt", 200));
    assertEquals(
        "another text".length(),
        again.get(server.uris().indexOf(server.uri("/text-3.txt"))).bytes());
    again.forEach(stored -> assertFalse(stored.sha256().isEmpty()));
  }

  @Test
  void whatCannotBeFetchedFailsAloneAndIsRecorded() throws Exception {
    List<URI> jobs = new ArrayList<>(server.uris());
    jobs.add(1, server.uri("/missing"));
    jobs.add(3, server.uri("/unavailable"));
    jobs.add(5, server.uri("/slow"));
    jobs.add(7, server.uri("/endless"));
    jobs.add(9, URI.create("mailto:somebody@example.org"));
    jobs.add(11, URI.create("http://127.0.0.1:1/nobody-listens"));
    List<Outcome<URI, Stored>> outcomes;
    try (var pool = open()) {
      outcomes = pool.mapAll(jobs);
    }
    for (int i = 0; i < outcomes.size(); i++) {
      boolean bad = i < 12 && i % 2 == 1;
      assertEquals(bad, outcomes.get(i) instanceof Outcome.Failed, outcomes.get(i)::toString);
    }
    assertEquals(120, count("document"));
    assertEquals(6, count("failure"));
    assertEquals(
        404,
        ((Number)
                query("SELECT status FROM failure WHERE uri LIKE '%/missing'")
                    .getFirst()
                    .get("status"))
            .intValue());
    assertEquals(
        List.of(Map.of("reason", "body is larger than max-bytes, 100000")),
        query("SELECT reason FROM failure WHERE uri LIKE '%/endless'"));
  }

  @Test
  void aFailureKeepsWhatWasStoredAndALaterSuccessForgetsIt() throws Exception {
    Path file = folder.resolve("documents/text-1.txt");
    byte[] body = Files.readAllBytes(file);
    URI uri = server.uri("/text-1.txt");
    try (var pool = open()) {
      pool.submit(uri).join();
      Files.delete(file);
      server.close();
      assertThrows(Exception.class, pool.submit(uri)::join);
    }
    assertEquals(1, count("document"));
    assertEquals(1, count("failure"));
    Files.write(file, body);
  }

  @Test
  void aSpoiltDocumentIsNoticedAfterTheBatch() throws Exception {
    try (var pool = open()) {
      pool.map(server.uris());
    }
    query("UPDATE document SET sha256 = 'spoilt' WHERE uri LIKE '%/text-9.txt'");
    var pool = open();
    PoolCloseException e = assertThrows(PoolCloseException.class, pool::close);
    assertTrue(e.getMessage().contains("/text-9.txt"), e.getMessage());
  }

  @Test
  void aStoreThatCannotBeOpenedLeavesNothingOpen() {
    String nowhere =
        switch (database) {
          case SQLITE -> "jdbc:sqlite:/no/such/folder/store.db";
          case POSTGRESQL -> "jdbc:postgresql://127.0.0.1:1/nobody";
        };
    String message =
        String.valueOf(
            assertThrows(
                    OpenFailedException.class,
                    () ->
                        WorkerPool.named("download", URI.class, Stored.class)
                            .option("database", nowhere + "?password=hunter2")
                            .open())
                .getMessage());
    assertTrue(message.contains("option 'database': cannot open '" + nowhere + "': "), message);
    assertFalse(message.contains("hunter2"), message);
  }

  @ParameterizedTest
  @CsvSource({"timeout, 0s", "timeout, PT-5S", "max-bytes, 0"})
  void limitsThatAllowNothingAreRefused(String option, String value) {
    String message =
        String.valueOf(
            assertThrows(
                    IllegalArgumentException.class,
                    () ->
                        WorkerPool.named("download", URI.class, Stored.class)
                            .option(option, value)
                            .open())
                .getMessage());
    assertTrue(
        message.contains("option '" + option + "' cannot be read from '" + value + "': must be "),
        message);
  }

  @Test
  void aCancelledQueryStops() throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url));
        var worker = new QueryFactory().open(context)) {
      String endless =
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n";
      var run = new FutureTask<>(() -> assertThrows(SQLException.class, () -> worker.run(endless)));
      Thread thread = Thread.ofPlatform().start(run);
      do {
        worker.cancel(); // it may not have begun
      } while (!thread.join(Duration.ofMillis(20)));
      assertFalse(run.get().getMessage().isEmpty());
      assertEquals(1, worker.run("SELECT 1 AS one").rows().size());
    }
  }

  @Test
  void aCancelledDownloadStops() throws Exception {
    try (var pool =
        WorkerPool.named("download", URI.class, Stored.class)
            .workers(1)
            .option("database", url)
            .option("timeout", "60s")
            .open()) {
      var slow = pool.submit(server.uri("/slow"));
      while (pool.stats().running() == 0) { // bounded by the test's time-out
        Thread.sleep(1);
      }
      assertTrue(slow.cancel(true));
      pool.submit(server.uri("/text-1.txt")).join(); // the worker is free again
      CloseReport report = pool.shutdown(Duration.ofSeconds(30));
      assertTrue(report.isClean(), report::toString);
    }
    assertEquals(0, count("failure"));
  }
}
