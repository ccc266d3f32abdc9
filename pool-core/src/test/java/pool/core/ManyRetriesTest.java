package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.RetryLaterException;
import pool.api.WorkerFactory;

/** A crowd of jobs that wait for a time, and a real server that has had enough. */
@Timeout(60)
class ManyRetriesTest {

  private static final int MANY = 10_000;

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static long threadsOf(String pool) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(pool + "-"))
        .count();
  }

  /** By submit, by key and in a bulk call. */
  @Test
  void tenThousandThatWaitCostOneTimerAndNoThread() throws Exception {
    Duration delay = Duration.ofMillis(300);
    Map<Integer, Long> putOff = new ConcurrentHashMap<>();
    Queue<Integer> tooEarly = new ConcurrentLinkedQueue<>();
    WorkerFactory<Integer, Integer> factory =
        WorkerFactory.of(
            "crowd",
            Integer.class,
            Integer.class,
            _ ->
                job -> {
                  Long before = putOff.putIfAbsent(job, System.nanoTime());
                  if (before == null) {
                    throw new RetryLaterException(delay);
                  }
                  if (System.nanoTime() - before < delay.toNanos()) {
                    tooEarly.add(job);
                  }
                  return job;
                });
    try (var pool = WorkerPool.of(factory).workers(2).queueCapacity(MANY).open()) {
      for (int i = MANY; i < 2 * MANY; i += 2) {
        var _ = pool.submit(i);
        var _ = pool.submit("key" + i, i + 1);
      }
      Thread watcher =
          Thread.ofVirtual()
              .start(() -> Await.until("put off", () -> pool.stats().retried() == 2 * MANY));
      assertEquals(numbers(MANY), pool.map(numbers(MANY)));
      assertTrue(watcher.join(Duration.ofSeconds(20)));
      assertTrue(threadsOf("crowd") <= 4, () -> "threads: " + threadsOf("crowd"));
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(2 * MANY, pool.stats().succeeded());
      assertEquals(2 * MANY, pool.stats().retried());
    }
    assertEquals(List.of(), List.copyOf(tooEarly));
  }

  /** It refuses every twentieth request. */
  @Test
  void noRequestStartsWithinTheDelayOfAServerThatAnswers429() throws Exception {
    Duration pause = Duration.ofMillis(200);
    AtomicInteger served = new AtomicInteger();
    AtomicInteger refused = new AtomicInteger();
    ConcurrentLinkedQueue<Long> refusedAt = new ConcurrentLinkedQueue<>();
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/",
        exchange -> {
          boolean isRefused = served.incrementAndGet() % 20 == 0;
          if (isRefused) {
            refused.incrementAndGet();
            exchange.getResponseHeaders().add("Retry-After", "1");
          }
          exchange.sendResponseHeaders(isRefused ? 429 : 204, -1);
          exchange.close();
        });
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
    URI address = URI.create("http://localhost:" + server.getAddress().getPort() + "/");
    ConcurrentLinkedQueue<Long> tooEarly = new ConcurrentLinkedQueue<>();
    try (HttpClient client = HttpClient.newHttpClient();
        var pool =
            WorkerPool.of(
                    WorkerFactory.of(
                        "client",
                        Integer.class,
                        Integer.class,
                        _ ->
                            job -> {
                              Long last = refusedAt.peek();
                              long since = last == null ? Long.MAX_VALUE : System.nanoTime() - last;
                              if (since < pause.toNanos()) {
                                tooEarly.add(since);
                              }
                              return ask(client, address, pause, refusedAt);
                            }))
                .workers(1) // so that no request is under way when another is refused
                .open()) {
      assertEquals(50, pool.map(numbers(50)).size());
      assertEquals(refused.get(), pool.stats().retried());
      assertEquals(2, refused.get());
    } finally {
      server.stop(0);
    }
    assertEquals(List.of(), List.copyOf(tooEarly));
  }

  private static int ask(HttpClient client, URI address, Duration pause, Queue<Long> refusedAt)
      throws IOException, InterruptedException, RetryLaterException {
    int status =
        client
            .send(HttpRequest.newBuilder(address).build(), HttpResponse.BodyHandlers.discarding())
            .statusCode();
    if (status == 429) {
      refusedAt.clear();
      refusedAt.add(System.nanoTime());
      throw new RetryLaterException(pause).pausingPool();
    }
    return status;
  }

  @Test
  void aCrowdThatIsCancelledWhileItWaitsIsLetGo() throws Exception {
    WorkerFactory<Integer, Integer> factory =
        WorkerFactory.of(
            "crowd",
            Integer.class,
            Integer.class,
            _ ->
                _ -> {
                  throw new RetryLaterException(Duration.ofHours(1));
                });
    try (var pool = WorkerPool.of(factory).workers(2).queueCapacity(MANY).open()) {
      var futures =
          numbers(MANY).stream()
              .map(job -> job % 2 == 0 ? pool.submit(job) : pool.submit(job % 7, job))
              .toList();
      Await.until("put off", () -> pool.stats().retried() >= MANY / 2 + 7);
      futures.forEach(future -> future.cancel(false));
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(MANY, pool.stats().cancelled());
      assertEquals(0, pool.stats().queued());
      assertTrue(futures.getLast().isCancelled());
    }
  }
}
