package pool.plugins.example;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Rows that gather while the last commit is under way go into one transaction of a real file. */
@Timeout(60)
@SuppressWarnings("try") // close() may be interrupted
class GroupCommitTest {

  private static final int SUBMITTERS = 16;
  private static final int ROWS = 50; // of each

  @TempDir Path folder;

  // @start region="row-worker"
  static final class RowWorker implements BatchWorker<String, Integer> {

    private final Connection connection;
    private final PreparedStatement insert;

    RowWorker(WorkerContext context, String url) throws SQLException {
      connection = context.own(DriverManager.getConnection(url));
      connection.setAutoCommit(false);
      insert = context.own(connection.prepareStatement("insert into notes values (?)"));
    }

    @Override
    public void runAll(List<String> notes, Results<Integer> results) throws Exception {
      try {
        for (String note : notes) {
          insert.setString(1, note);
          insert.addBatch();
        }
        insert.executeBatch();
      } catch (SQLException e) {
        rollBack();
        throw new BatchRolledBackException(e); // each is written alone, and only the bad one fails
      }
      commit();
      for (int i = 0; i < notes.size(); i++) {
        results.succeeded(i, notes.size()); // durable by now: how many shared the commit
      }
    }

    private void rollBack() throws WorkerBrokenException {
      try {
        connection.rollback();
      } catch (SQLException e) {
        throw new WorkerBrokenException("the connection is lost", e);
      }
    }

    private void commit() throws WorkerBrokenException {
      try {
        connection.commit();
      } catch (SQLException e) { // whether it is durable nobody knows
        throw new WorkerBrokenException("the commit failed", e);
      }
    }
  }

  // @end

  private String newStore() throws SQLException {
    String url = "jdbc:sqlite:" + folder.resolve("notes.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute("create table notes (note text unique)");
    }
    return url;
  }

  private static WorkerFactory<String, Integer> notes(String url) {
    return WorkerFactory.of(
        "notes", String.class, Integer.class, context -> new RowWorker(context, url));
  }

  private static int rows(String url) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("select count(*) from notes")) {
      rows.next();
      return rows.getInt(1);
    }
  }

  private static void store(String url) {
    // @start region="store-notes"
    WorkerFactory<String, Integer> notes =
        WorkerFactory.of(
            "notes", String.class, Integer.class, context -> new RowWorker(context, url));
    try (WorkerPool<String, Integer> pool = WorkerPool.of(notes).workers(1).open()) {
      pool.submit("buy milk").join(); // it is durable
    }
    // @end
  }

  @Test
  void aNoteIsDurableWhenItsFutureIsDone() throws Exception {
    String url = newStore();
    store(url);
    assertEquals(1, rows(url));
  }

  @Test
  void rowsOfManySubmittersShareTheirCommitsAndABadOneFailsAlone() throws Exception {
    String url = newStore();
    WorkerFactory<String, Integer> notes = notes(url);
    AtomicInteger shared = new AtomicInteger(); // with how many others, in all
    List<CompletableFuture<Integer>> twice = new ArrayList<>();
    try (var pool = WorkerPool.of(notes).workers(1).open()) {
      List<Thread> submitters =
          IntStream.range(0, SUBMITTERS)
              .mapToObj(submitter ->
                  Thread.ofVirtual()
                      .start(() -> {
                        for (int row = 0; row < ROWS; row++) {
                          shared.addAndGet(pool.submit(submitter + ":" + row).join() - 1);
                        }
                      }))
              .toList();
      for (Thread submitter : submitters) {
        submitter.join();
      }
      List<CompletableFuture<Integer>> good = new ArrayList<>();
      for (int row = 0; row < 20; row++) {
        good.add(pool.submit("last:" + row));
        twice.add(pool.submit("0:" + row)); // is there
      }
      for (CompletableFuture<Integer> future : good) {
        assertTrue(future.get(20, SECONDS) >= 1);
      }
      for (CompletableFuture<Integer> future : twice) {
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> future.get(20, SECONDS));
        assertInstanceOf(SQLException.class, e.getCause());
      }
    }
    assertEquals(SUBMITTERS * ROWS + 20, rows(url));
    assertTrue(shared.get() > 0, "each row had a commit of its own");
  }

  private static List<Integer> fetchAndStore(
      WorkerFactory<String, Integer> notes, List<URI> addresses) {
    // @start region="fetch-and-store"
    try (WorkerPool<String, Integer> store = WorkerPool.of(notes).workers(1).open()) {
      WorkerFactory<URI, Integer> fetching =
          WorkerFactory.of(
              "fetch",
              URI.class,
              Integer.class,
              context -> {
                HttpClient client = context.own(HttpClient.newHttpClient());
                return address -> store.call(fetch(client, address)); // durable when it returns
              });
      try (WorkerPool<URI, Integer> fetchers = WorkerPool.of(fetching).workers(16).open()) {
        return fetchers.map(addresses);
      }
    }
    // @end
  }

  private static void closeInOrder(WorkerPool<?, ?> fetchers, WorkerPool<?, ?> store) {
    // @start region="close-in-order"
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(() -> {
              fetchers.shutdown(Duration.ofSeconds(20)); // the store takes what was fetched
              store.shutdown(Duration.ofSeconds(5));
            }));
    // @end
  }

  @Test
  void aHookMayCloseBothInOrder() throws Exception {
    String url = newStore();
    WorkerFactory<String, Integer> notes = notes(url);
    try (var store = WorkerPool.of(notes).workers(1).leaveOpenOnExit().open();
        var fetchers = WorkerPool.of(notes).workers(1).leaveOpenOnExit().open()) {
      closeInOrder(fetchers, store);
      assertEquals(1, store.call("note"));
    }
    assertEquals(1, rows(url));
  }

  private static String fetch(HttpClient client, URI address) throws Exception {
    return client.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
  }

  @Test
  void whatManyWorkersFetchSharesItsCommits() throws Exception {
    String url = newStore();
    WorkerFactory<String, Integer> notes = notes(url);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            byte[] body = exchange.getRequestURI().getPath().getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
          }
        });
    server.start();
    try {
      List<URI> addresses =
          IntStream.range(0, 300)
              .mapToObj(
                  i -> URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/" + i))
              .toList();
      List<Integer> together = fetchAndStore(notes, addresses);
      assertEquals(300, together.size());
    } finally {
      server.stop(0);
    }
    assertEquals(300, rows(url));
  }
}
