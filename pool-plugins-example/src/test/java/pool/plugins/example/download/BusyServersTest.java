package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.RetryLaterException;
import pool.api.WorkerContext;
import pool.core.WorkerPool;

/** Servers that ask for patience, and those that are away for a while. */
@SuppressWarnings("try")
@Timeout(120)
class BusyServersTest {

  private static final byte[] TEXT = "text".getBytes(StandardCharsets.US_ASCII);

  @TempDir Path folder;

  private WorkerPool<URI, Stored> open(int workers, int maxRetries) {
    return WorkerPool.of(new DownloadFactory())
        .workers(workers)
        .maxRetries(maxRetries)
        .option("database", url())
        .option("max-wait", "1m")
        .open();
  }

  private String url() {
    return "jdbc:sqlite:" + folder.resolve("store.db");
  }

  private List<Map<String, Object>> query(String sql) throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url()));
        var worker = new QueryFactory().open(context)) {
      return worker.run(sql).rows();
    }
  }

  private static void refuse(OutputStream out, int status, String headers) throws IOException {
    RawServer.say(out, "HTTP/1.1 " + status + " No\r\nContent-Length: 0\r\n" + headers + "\r\n");
  }

  private static String inSeconds(int seconds) {
    return "Retry-After: " + seconds + "\r\n";
  }

  /** Rounded up to a second, as dates are. */
  private static String asDate(int seconds) {
    Instant until = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(seconds + 1);
    return "Retry-After: "
        + DateTimeFormatter.RFC_1123_DATE_TIME.format(until.atOffset(ZoneOffset.UTC))
        + "\r\n";
  }

  private static List<URI> uris(RawServer server, int count) {
    return IntStream.range(0, count).mapToObj(i -> server.uri("/" + i)).toList();
  }

  /** What is asked for says when; whether others go on is measured by the end of the pause. */
  @ParameterizedTest
  @ValueSource(strings = {"429 seconds", "503 date"})
  void aHostThatAsksToWaitIsLeftAloneAndOthersAreNot(String how) throws Exception {
    AtomicInteger asked = new AtomicInteger();
    AtomicInteger tooEarly = new AtomicInteger();
    CompletableFuture<Long> pauseEnd = new CompletableFuture<>();
    try (RawServer busy =
            new RawServer((head, out) -> {
              if (asked.getAndIncrement() == 0) {
                int status = Integer.parseInt(how.substring(0, 3));
                String wait = how.endsWith("date") ? asDate(3) : inSeconds(3);
                pauseEnd.complete(System.nanoTime() + Duration.ofMillis(2_990).toNanos());
                refuse(out, status, wait);
              } else {
                if (System.nanoTime() - pauseEnd.join() < 0) {
                  tooEarly.incrementAndGet();
                }
                RawServer.ok(out, "", TEXT);
              }
            });
        RawServer other = new RawServer((head, out) -> RawServer.ok(out, "", TEXT));
        var pool = open(4, 3)) {
      CompletableFuture<Stored> first = pool.submit(busy.uri("/first"));
      DatabaseOutageTest.await(() -> pool.stats().retried() == 1, "the first is not put off");
      List<CompletableFuture<Stored>> waiting = uris(busy, 12).stream().map(pool::submit).toList();
      assertEquals(200, pool.submit(other.uri("/")).get(60, TimeUnit.SECONDS).status());
      assertTrue(System.nanoTime() - pauseEnd.join() < 0, "another host had to wait");
      assertEquals(200, first.get(60, TimeUnit.SECONDS).status());
      for (CompletableFuture<Stored> each : waiting) {
        assertEquals(200, each.get(60, TimeUnit.SECONDS).status());
      }
    }
    assertEquals(0, tooEarly.get(), "requests came within the delay");
    assertEquals(0, query("SELECT * FROM failure").size());
    assertEquals(14, query("SELECT uri FROM document").size());
  }

  /** Each of them once, and the pause is for all: with three retries. */
  @Test
  void documentsThatAreEachRefusedOnceAreAllStored() throws Exception {
    Set<String> refused = ConcurrentHashMap.newKeySet();
    try (RawServer server =
            new RawServer((head, out) -> {
              if (refused.add(RawServer.path(head))) {
                refuse(out, 429, inSeconds(1));
              } else {
                RawServer.ok(out, "", TEXT);
              }
            });
        var pool = open(16, 3)) {
      assertEquals(24, pool.map(uris(server, 24)).size());
    }
  }

  @Test
  void aDocumentThatIsNotAvailableDoesNotHoldUpItsHost() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    Queue<String> order = new ConcurrentLinkedQueue<>();
    try (RawServer server =
            new RawServer((head, out) -> {
              order.add(RawServer.path(head));
              if (RawServer.path(head).equals("/away") && tries.getAndIncrement() < 2) {
                refuse(out, 503, "");
              } else {
                RawServer.ok(out, "", TEXT);
              }
            });
        var pool = open(1, 3)) {
      CompletableFuture<Stored> away = pool.submit(server.uri("/away"));
      assertEquals(200, pool.submit(server.uri("/other")).get(60, TimeUnit.SECONDS).status());
      assertEquals(200, away.get(60, TimeUnit.SECONDS).status());
    }
    assertEquals(List.of("/away", "/other", "/away", "/away"), List.copyOf(order));
  }

  @Test
  void aServerThatHangsUpIsAskedAgain() throws Exception {
    AtomicInteger tries = new AtomicInteger();
    try (RawServer server =
            new RawServer((head, out) -> {
              switch (tries.getAndIncrement()) {
                case 0 -> {}
                case 1 -> RawServer.say(out, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf");
                default -> RawServer.ok(out, "", TEXT);
              }
            });
        var pool = open(1, 3)) {
      assertEquals(4, pool.call(server.uri("/")).bytes());
      assertEquals(3, tries.get());
    }
  }

  @Test
  void aServerThatIsStartedLaterIsReached() throws Exception {
    int port;
    try (RawServer server = new RawServer((head, out) -> {})) {
      port = server.port();
    }
    URI uri = URI.create("http://127.0.0.1:" + port + "/");
    try (var pool = open(1, 10)) {
      CompletableFuture<Stored> stored = pool.submit(uri);
      DatabaseOutageTest.await(() -> pool.stats().retried() == 1, "it does not wait");
      assertEquals(
          "no connection to 127.0.0.1:" + port,
          query("SELECT reason FROM failure").getFirst().get("reason"));
      try (RawServer _ = new RawServer(port, (head, out) -> RawServer.ok(out, "", TEXT))) {
        assertEquals(200, stored.get(60, TimeUnit.SECONDS).status());
      }
    }
    assertEquals(0, query("SELECT * FROM failure").size());
  }

  @Test
  void whoIsBusyForTooLongFailsWithWhatItSaid() throws Exception {
    try (RawServer server = new RawServer((head, out) -> refuse(out, 429, inSeconds(3_600)));
        var pool = open(1, 3)) {
      for (int i = 0; i < 2; i++) { // the second job does not even ask
        CompletableFuture<Stored> stored = pool.submit(server.uri("/" + i));
        ExecutionException e =
            assertThrows(ExecutionException.class, () -> stored.get(60, TimeUnit.SECONDS));
        DownloadFailedException failure =
            assertInstanceOf(DownloadFailedException.class, e.getCause());
        assertEquals(429, failure.status());
        assertEquals(
            "HTTP status 429; it asks to wait 3600 s, and max-wait is 60 s", failure.getMessage());
      }
      assertEquals(1, server.requests.size());
    }
    assertEquals(2, query("SELECT * FROM failure WHERE status = 429").size());
  }

  @Test
  void whoStaysAwayFailsAndIsRecorded() throws Exception {
    try (RawServer server = new RawServer((head, out) -> refuse(out, 503, ""));
        var pool = open(1, 1)) {
      CompletableFuture<Stored> stored = pool.submit(server.uri("/"));
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> stored.get(60, TimeUnit.SECONDS));
      Throwable cause = assertInstanceOf(RetryLaterException.class, e.getCause()).getCause();
      assertEquals("HTTP status 503", cause.getMessage());
      assertEquals(2, server.requests.size());
    }
    assertEquals(List.of(Map.of("reason", "HTTP status 503")), query("SELECT reason FROM failure"));
  }

  /** Its queue of connections is full: nobody refuses, and nobody accepts. */
  @Test
  void aHostThatDoesNotAcceptIsWaitedFor() throws Exception {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        var context = WorkerContext.standalone(Map.of("database", url(), "timeout", "2s"));
        var worker = new DownloadFactory().open(context)) {
      List<Socket> waiting = new ArrayList<>();
      try {
        for (int i = 0; i < 4; i++) {
          Socket socket = new Socket();
          waiting.add(socket);
          try {
            socket.connect(full.getLocalSocketAddress(), 200);
          } catch (SocketTimeoutException e) {
            break; // it is full
          }
        }
        URI uri = URI.create("http://127.0.0.1:" + full.getLocalPort() + "/");
        RetryLaterException e = assertThrows(RetryLaterException.class, () -> worker.run(uri));
        assertTrue(e.delay().compareTo(Duration.ofMillis(900)) > 0, e::toString);
      } finally {
        for (Socket socket : waiting) {
          socket.close();
        }
      }
    }
  }
}
