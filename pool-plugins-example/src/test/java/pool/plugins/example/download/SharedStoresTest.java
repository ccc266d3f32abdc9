package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sqlite.JDBC;
import org.sqlite.SQLiteCommitListener;
import org.sqlite.SQLiteConnection;
import pool.api.WorkerContext;
import pool.core.JobFailedException;
import pool.core.WorkerPool;

/** What is reported as stored is stored, and several share a commit. */
@SuppressWarnings("try")
@Timeout(120)
class SharedStoresTest {

  private static final int DOCUMENTS = 200;

  @TempDir Path folder;

  private DocumentServer server;

  @BeforeEach
  void serve() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 0; i < DOCUMENTS; i++) {
      Files.writeString(documents.resolve("text-" + i + ".txt"), "document number" + i + " words");
    }
    server = new DocumentServer(documents);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("store.db");
  }

  private Map<String, String> stored() throws Exception {
    Map<String, String> stored = new HashMap<>();
    try (var context = WorkerContext.standalone(Map.of("database", url()));
        var worker = new QueryFactory().open(context)) {
      for (var row : worker.run("SELECT uri, sha256, body FROM document").rows()) {
        assertEquals(row.get("sha256"), Sha256.of((byte[]) row.get("body")));
        stored.put((String) row.get("uri"), (String) row.get("sha256"));
      }
    }
    return stored;
  }

  /**
   * Killed in SQLite's hook within its n-th commit of documents, before the log is written, after a
   * little while in which it may lie.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 8})
  void whatIsReportedAsStoredIsStoredAlsoAfterAKillWithinTheCommit(int commit) throws Exception {
    Path services = Files.createDirectories(folder.resolve("front/META-INF/services"));
    Files.writeString(services.resolve("java.sql.Driver"), KillingDriver.class.getName());
    List<String> reported =
        killed(new Child(folder, Reporting.class, folder.resolve("front")), commit);
    Map<String, String> stored = stored();
    for (String line : reported) {
      String uri = line.replaceFirst(" .*", "");
      assertEquals(line.replaceFirst(".* ", ""), stored.get(uri), "lost: " + line);
    }
    assertTrue(stored.size() < DOCUMENTS, "it was killed too late");
    assertEquals(commit > 1, !stored.isEmpty());
    try (var pool = WorkerPool.of(new DownloadFactory()).option("database", url()).open()) {
      assertEquals(DOCUMENTS, pool.map(server.uris()).size()); // goes on with the same store
    }
    assertEquals(DOCUMENTS, stored().size());
  }

  private List<String> killed(Child child, int commit) throws Exception {
    List<String> arguments = new ArrayList<>(List.of(Integer.toString(commit)));
    server.uris().forEach(uri -> arguments.add(uri.toString()));
    Process process = child.start(arguments.toArray(String[]::new));
    try (BufferedReader reader = process.inputReader()) {
      List<String> lines = reader.readAllLines();
      assertTrue(process.waitFor(60, TimeUnit.SECONDS));
      assertEquals(128 + 9, process.exitValue());
      return lines;
    }
  }

  /** Reports each document as soon as its future tells. */
  static final class Reporting {

    private Reporting() {}

    public static void main(String[] arguments) {
      KillingDriver.left.set(Integer.parseInt(arguments[0]));
      try (var pool =
          WorkerPool.of(new DownloadFactory())
              .workers(8)
              .option("database", "jdbc:sqlite:store.db")
              .open()) {
        List<URI> uris =
            List.of(arguments).subList(1, arguments.length).stream().map(URI::create).toList();
        pool.streamUnordered(uris.stream())
            .forEach(outcome -> {
              Stored stored = outcome.orElseThrow();
              System.out.println(stored.uri() + " " + stored.sha256());
              System.out.flush();
            });
      }
    }
  }

  /** That of SQLite; it kills the process within a commit of documents. */
  public static final class KillingDriver implements Driver, SQLiteCommitListener {

    static final AtomicInteger left = new AtomicInteger();

    private final JDBC driver = new JDBC();

    @Override
    public Connection connect(String url, Properties properties) throws SQLException {
      Connection connection = driver.connect(url, properties);
      ((SQLiteConnection) connection).addCommitListener(this);
      return connection;
    }

    @Override
    public void onCommit() {
      if (isWriter() && left.decrementAndGet() == 0) {
        try {
          TimeUnit.MILLISECONDS.sleep(200); // for reports that come too early
          String pid = Long.toString(ProcessHandle.current().pid());
          new ProcessBuilder("kill", "-KILL", pid).inheritIO().start().waitFor();
        } catch (Exception e) {
          throw new AssertionError(e);
        }
      }
    }

    private static boolean isWriter() {
      return StackWalker.getInstance()
          .walk(frames -> frames.anyMatch(f -> f.getClassName().endsWith(".StoreWorker")));
    }

    @Override
    public void onRollback() {}

    @Override
    public boolean acceptsURL(String url) {
      return driver.acceptsURL(url);
    }

    @Override
    public DriverPropertyInfo[] getPropertyInfo(String url, Properties properties)
        throws SQLException {
      return driver.getPropertyInfo(url, properties);
    }

    @Override
    public int getMajorVersion() {
      return driver.getMajorVersion();
    }

    @Override
    public int getMinorVersion() {
      return driver.getMinorVersion();
    }

    @Override
    public boolean jdbcCompliant() {
      return driver.jdbcCompliant();
    }

    @Override
    public Logger getParentLogger() {
      return Logger.getGlobal();
    }
  }

  /** Another writer holds the lock until all are there; those that came first go first. */
  @Test
  void changesThatArriveWhileACommitIsUnderWayShareTheNext() throws Exception {
    try (var pool = WorkerPool.of(SharedStores.factory(url())).workers(1).open();
        Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      List<CompletableFuture<Integer>> sizes = new ArrayList<>();
      for (int i = 0; i < 16; i++) {
        URI uri = URI.create("http://example.org/" + i);
        sizes.add(pool.submit(new Change.Fail(uri, 404, "HTTP status 404")));
      }
      statement.execute("COMMIT");
      double commits = 0;
      for (var size : sizes) {
        commits += 1.0 / size.get(60, TimeUnit.SECONDS);
      }
      assertEquals(2, commits, 1.1, "of those that came first, and of all others");
    }
  }

  @Test
  void aChangeThatCannotBeWrittenFailsAlone() throws Exception {
    try (var pool =
            WorkerPool.of(new DownloadFactory()).workers(16).option("database", url()).open();
        Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute(
          "CREATE TRIGGER strict BEFORE INSERT ON document WHEN NEW.uri LIKE '%/text-7.txt'"
              + " BEGIN SELECT RAISE(ABORT, 'not that one'); END");
      var outcomes = pool.mapAll(server.uris());
      for (var outcome : outcomes) {
        boolean bad = outcome.job().getPath().endsWith("/text-7.txt");
        assertEquals(!bad, outcome.isSucceeded(), outcome::toString);
      }
      JobFailedException e =
          assertThrows(JobFailedException.class, () -> pool.call(server.uri("/text-7.txt")));
      assertInstanceOf(SQLException.class, e.getCause());
      assertTrue(String.valueOf(e.getMessage()).contains("not that one"), e::toString);
    }
    assertEquals(DOCUMENTS - 1, stored().size());
  }

  private static boolean isStoreOpen() {
    return Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().equals("standalone-store-0"));
  }

  @Test
  void theStoreOfAFactoryIsOpenWhileSomebodyUsesIt() throws Exception {
    var factory = new DownloadFactory();
    var options = Map.of("database", url());
    try (var first = WorkerContext.standalone(options);
        var one = factory.open(first)) {
      try (var second = WorkerContext.standalone(options);
          var two = factory.open(second)) {
        assertEquals(200, two.run(server.uri("/text-1.txt")).status());
      }
      assertEquals(200, one.run(server.uri("/text-2.txt")).status());
      assertTrue(isStoreOpen());
    }
    assertFalse(isStoreOpen());
    try (var third = WorkerContext.standalone(options);
        var again = factory.open(third)) {
      assertEquals(304, again.run(server.uri("/text-1.txt")).status());
    }
  }

  @Test
  void aWriteThatIsInterruptedIsWithdrawnAndTheStoreGoesOn() throws Exception {
    var stores = new SharedStores();
    try (var writes = stores.open(url(), "test", true, () -> {});
        Connection other = DriverManager.getConnection(url());
        Statement statement = other.createStatement()) {
      statement.execute("BEGIN IMMEDIATE");
      var change = new Change.Fail(URI.create("http://example.org/"), 404, "HTTP status 404");
      Thread thread = Thread.currentThread();
      Thread.ofVirtual()
          .start(() -> {
            while (thread.getState() != Thread.State.WAITING) {
              Thread.onSpinWait();
            }
            thread.interrupt();
          });
      assertThrows(InterruptedException.class, () -> writes.write(change));
      statement.execute("COMMIT");
      writes.write(new Change.Confirm(URI.create("http://example.org/")));
      assertEquals(0, statement.executeQuery("SELECT count(*) FROM failure").getInt(1));
    }
  }

  /** The last that leaves closes what the next one opens anew; never are there two. */
  @Test
  void workersThatComeAndGoAtOnceShareOneStore() throws Exception {
    var stores = new SharedStores();
    List<FutureTask<Integer>> users = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      URI uri = URI.create("http://example.org/" + i);
      var user =
          new FutureTask<>(() -> {
            int turns = 0;
            for (; turns < 20; turns++) {
              try (var writes = stores.open(url(), "test", true, () -> {})) {
                writes.write(new Change.Fail(uri, turns, "turn"));
              }
            }
            return turns;
          });
      Thread _ = Thread.ofPlatform().start(user);
      users.add(user);
    }
    for (var user : users) {
      assertEquals(20, user.get(60, TimeUnit.SECONDS));
    }
    try (Connection connection = DriverManager.getConnection(url());
        Statement statement = connection.createStatement()) {
      String last = "SELECT count(*) FROM failure WHERE status = 19";
      assertEquals(8, statement.executeQuery(last).getInt(1));
    }
  }

  @Test
  void theLastThatLeavesDoesTheLastStepOnceTheBatchIsComplete() throws Exception {
    var stores = new SharedStores();
    AtomicInteger steps = new AtomicInteger();
    var first = stores.open(url(), "test", true, steps::incrementAndGet);
    var broken = stores.open(url(), "test", false, steps::incrementAndGet);
    first.complete();
    first.close();
    assertEquals(0, steps.get());
    var recycled = stores.open(url(), "test", true, steps::incrementAndGet);
    broken.close();
    recycled.close();
    assertEquals(0, steps.get()); // the pool was stopped meanwhile: nothing is complete
    var again = stores.open(url(), "test", true, steps::incrementAndGet);
    broken = stores.open(url(), "test", false, steps::incrementAndGet);
    again.complete();
    again.close();
    broken.close();
    assertEquals(1, steps.get());
    var ofAnotherProcess = stores.open(url(), "test", false, steps::incrementAndGet);
    ofAnotherProcess.complete();
    ofAnotherProcess.close();
    assertEquals(1, steps.get());
  }
}
