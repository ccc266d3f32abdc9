package guide;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.Await;
import pool.core.CloseReport;
import pool.core.NoSuchFactoryException;
import pool.core.Outcome;
import pool.core.PoolState;
import pool.core.WorkerPool;

/** Runs the snippets of the guide for applications against a server. */
@Timeout(60)
class GuideTest {

  private LineServer server;
  private WorkerFactory<String, String> asking;

  @BeforeEach
  void startServer() throws Exception {
    server = new LineServer();
    asking = Opening.factory(server.address());
  }

  @AfterEach
  void stopServer() throws Exception {
    server.close();
  }

  private WorkerPool<String, String> pool(int workers) {
    return WorkerPool.of(asking).workers(workers).open();
  }

  /** Until a worker runs that job. */
  private static void awaitRunning(WorkerPool<String, String> pool, String job) {
    Await.until(
        job + " runs",
        () ->
            pool.stats().workers().stream()
                .anyMatch(worker -> worker.currentJob().filter(job::equals).isPresent()));
  }

  @Test
  void aPoolOpensOneResourceForEachWorker() throws Exception {
    assertEquals(List.of("ONE", "TWO", "THREE"), Opening.pool(asking));
    assertEquals(8, server.accepted.get());
    assertEquals("HELLO", Opening.alone(asking));
    try (var pool = Opening.threads(asking)) {
      assertEquals(64, pool.stats().workers().size());
    }
  }

  @Test
  void anOptionIsGivenByItsKey() {
    try (var pool = Opening.byOption(server.address().getPort())) {
      assertEquals("HELLO", pool.submit("hello").join());
    }
    assertEquals(
        "factory 'ask' has no option 'prot' (given as '1'); its options are port",
        assertThrows(
                IllegalArgumentException.class,
                () ->
                    WorkerPool.of(Opening.askingWithPort())
                        .option("port", "1")
                        .option("prot", "1")
                        .open())
            .getMessage());
  }

  @Test
  void mapStopsAtTheFirstFailureAndMapAllDoesNot() {
    try (var pool = pool(1)) {
      assertEquals(List.of("ONE", "TWO", "THREE"), Calls.map(pool));
      assertEquals("job 1, bad, failed: error bad", Calls.failure(pool));
      assertEquals(
          List.of("bad failed: error bad", "two: TWO"), Calls.mapAll(pool, List.of("bad", "two")));
    }
  }

  @Test
  void aServerThatAnswers429IsAskedAgainLater() throws Exception {
    AtomicInteger asked = new AtomicInteger();
    HttpServer http =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    http.createContext(
        "/",
        exchange -> {
          boolean isRefused = asked.incrementAndGet() == 1;
          byte[] body = "page".getBytes(StandardCharsets.UTF_8);
          exchange.getResponseHeaders().add("Retry-After", "0");
          exchange.sendResponseHeaders(isRefused ? 429 : 200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    http.start();
    try {
      URI address = URI.create("http://localhost:" + http.getAddress().getPort() + "/");
      assertEquals(List.of("page"), Retrying.fetch(List.of(address)));
      assertEquals(2, asked.get());
    } finally {
      http.stop(0);
    }
  }

  @Test
  void theTenantOfTheSubmitterIsTheRuns() throws Exception {
    WorkerFactory<String, String> reading =
        WorkerFactory.of("read", String.class, String.class, _ -> _ -> Carrying.TENANT.get());
    try (var pool = Carrying.carrying(reading)) {
      assertEquals("t", ScopedValue.where(Carrying.TENANT, "t").call(() -> pool.call("job")));
    }
  }

  @Test
  void everyWorkerIsRefreshed() {
    WorkerFactory<Renewing.Request, String> words =
        WorkerFactory.of(
            "words",
            Renewing.Request.class,
            String.class,
            _ ->
                request ->
                    switch (request) {
                      case Renewing.Lookup lookup -> lookup.word();
                      case Renewing.Refresh _ -> "refreshed";
                    });
    try (var pool = WorkerPool.of(words).workers(3).open()) {
      assertEquals("hello", pool.call(new Renewing.Lookup("hello")));
      assertEquals(3, Renewing.refreshed(pool));
    }
  }

  @Test
  void namedFailuresAreRetried() {
    AtomicInteger runs = new AtomicInteger();
    WorkerFactory<String, String> failing =
        WorkerFactory.of(
            "fail",
            String.class,
            String.class,
            _ ->
                job -> {
                  if (runs.incrementAndGet() == 1) {
                    throw new WorkerBrokenException("once");
                  }
                  return job;
                });
    try (var pool = Retrying.backOff(failing)) {
      assertEquals("job", pool.call("job"));
    }
  }

  @Test
  void aRotatedPasswordReachesEachWorkerAndAPluginIsUpgraded(@TempDir Path folder) {
    AtomicInteger rotations = new AtomicInteger(1);
    var renewed = Renewing.asking(server.address());
    try (var pool = Renewing.open(renewed, () -> "secret-" + rotations.get())) {
      int before = server.accepted.get();
      rotations.incrementAndGet();
      assertTrue(Renewing.rotated(pool).isComplete());
      assertEquals(2 * before, server.accepted.get());
      assertEquals("HELLO", pool.call("hello"));
      assertThrows(NoSuchFactoryException.class, () -> Renewing.upgrade(pool, folder));
    }
  }

  @Test
  void streamsPullTheirSource(@TempDir Path folder) throws Exception {
    Path file = Files.write(folder.resolve("lines"), List.of("one", "two", "three"));
    try (var pool = pool(2)) {
      assertEquals(List.of("ONE", "TWO", "THREE"), Calls.stream(pool, file));
      assertEquals(1, Calls.unordered(pool, Stream.of("one", "bad", "three")));
      assertEquals(
          List.of("TWO", "THREE"), Calls.gather(pool, List.of("one", "two", " ", "three")));
      assertEquals("HELLO", Calls.submit(pool));
      assertEquals("HELLO", Calls.call(pool));
    }
  }

  @Test
  void jobsOfOneKeyMeetOneSlotInTheirOrder() {
    List<String> workers = Collections.synchronizedList(new ArrayList<>());
    WorkerFactory<String, String> noting =
        WorkerFactory.of(
            "note",
            String.class,
            String.class,
            context ->
                job -> {
                  workers.add(context.workerName() + " " + job);
                  return job;
                });
    try (var pool = WorkerPool.of(noting).workers(4).open()) {
      Calls.keyed(pool, "account 7").forEach(CompletableFuture::join);
    }
    String worker = workers.getFirst().split(" ")[0];
    assertEquals(List.of(worker + " deposit 10", worker + " withdraw 5"), workers);
  }

  @Test
  void evenGivesEachSlotAsMany() {
    try (var pool = Calls.even(asking)) {
      pool.map(IntStream.range(0, 40).mapToObj(Integer::toString).toList());
      pool.stats().workers().forEach(worker -> assertEquals(10, worker.jobs()));
    }
  }

  @Test
  void aFullQueueRefuses() {
    WorkerPool<String, String> pool = Calls.bounded(asking);
    int workers = pool.stats().workers().size();
    for (int i = 0; i < workers; i++) {
      pool.submit("hang");
    }
    Await.until("every worker is busy", () -> pool.stats().running() >= workers);
    for (int i = 0; i < 100; i++) {
      assertFalse(Calls.isRefused(pool, "waiting"));
    }
    assertTrue(Calls.isRefused(pool, "one too many"));
    assertEquals("try later", Calls.trySubmit(pool, "one too many"));
    assertEquals(100, Ending.deadline(pool).size());
  }

  @Test
  void aPlaceIsTakenWhenThereIsOne() {
    try (var pool = Calls.bounded(asking)) {
      assertEquals("HELLO", Calls.trySubmit(pool, "hello"));
      assertTrue(Calls.idle(pool));
    }
  }

  @Test
  void aJobThatHangsTimesOutAndItsBrokenWorkerIsReplaced() {
    try (var pool = Trouble.timeOuts(asking)) {
      CompletableFuture<String> answer = pool.submit("hang");
      var e = assertThrows(CompletionException.class, answer::join);
      assertEquals(TimeoutException.class, e.getCause().getClass());
      assertEquals("HELLO", pool.submit("hello").join());
      assertEquals("TimeoutException", Trouble.waitNoLonger(pool));
    }
  }

  @Test
  void whatBreaksAWorkerIsTriedAgainOnlyIfThatWasAllowed() {
    try (var pool = Trouble.attempts(asking)) {
      assertEquals("FLAKY", pool.submit("flaky").join());
    }
    try (var pool = pool(1)) {
      var e = assertThrows(CompletionException.class, () -> pool.submit("flaky 2").join());
      assertEquals("the server has closed the connection", e.getCause().getMessage());
      assertEquals("FLAKY 2", pool.submit("flaky 2").join());
      List<Outcome<String, String>> second = Trouble.again(pool, List.of("flaky 3", "one"));
      assertEquals(List.of(new Outcome.Succeeded<>("flaky 3", "FLAKY 3")), second);
    }
  }

  @Test
  void aCancelledJobIsStopped() {
    try (var pool = pool(1)) {
      assertTrue(Trouble.cancel(pool, "hang").isCancelled());
      assertEquals("HELLO", pool.submit("hello").join());
    }
  }

  @Test
  void recyclingIsSetAsShown() {
    try (var pool = Trouble.recycling(asking)) {
      assertEquals(PoolState.OPEN, pool.stats().state());
    }
  }

  @Test
  void aDeadlineReturnsWhatWaits() {
    WorkerPool<String, String> pool = pool(1);
    pool.submit("hang");
    awaitRunning(pool, "hang");
    pool.submit("waiting");
    assertEquals(List.of("waiting"), Ending.deadline(pool));
  }

  @Test
  void closeThrowsItsReportWhenItIsNotClean() {
    CloseReport report = Ending.unclean(asking);
    assertEquals(1, report.cancelledByClose() + report.notStarted()); // begun or not
  }

  @Test
  void statsTellWhoDoesWhat() {
    List<String> told = new ArrayList<>();
    try (var pool = pool(1)) {
      CompletableFuture<String> hanging = pool.submit("hang");
      awaitRunning(pool, "hang");
      Looking.stats(pool, told::add);
      hanging.cancel(true);
    }
    assertEquals("OPEN: 0 wait, 1 run", told.getFirst());
    assertTrue(told.getLast().startsWith("ask-0: hang since "), told::toString);
  }
}
