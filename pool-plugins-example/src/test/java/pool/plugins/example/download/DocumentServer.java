package pool.plugins.example.download;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * Serves real files over real HTTP on loopback, with ETags, and some addresses that go wrong:
 * {@code /missing}, {@code /unavailable}, {@code /slow}, {@code /endless}. The tests use it, and so
 * does {@code ./demo}, which starts it from this source with {@code java DocumentServer.java FOLDER
 * URIS}.
 */
public final class DocumentServer implements AutoCloseable {

  private static final Set<String> TEXT = Set.of("md", "txt", "html", "properties", "conf", "");
  private static final int LARGEST = 4_000_000;

  private final HttpServer server;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Path> files = new LinkedHashMap<>();
  private final AtomicInteger slowRequests = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  final Map<String, AtomicInteger> answers = new ConcurrentHashMap<>(); // by path and status

  /** Serves the files below a folder. */
  public DocumentServer(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path file : below.filter(Files::isRegularFile).sorted().toList()) {
        if (Files.size(file) <= LARGEST) {
          files.put("/" + folder.relativize(file).toString().replace(' ', '_'), file);
        }
      }
    }
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::answer);
    server.start();
  }

  /** Where a path is. */
  public URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  /** Every file. */
  public List<URI> uris() {
    return files.keySet().stream().map(this::uri).toList();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      String path = exchange.getRequestURI().getPath();
      switch (path) {
        case "/unavailable" -> send(exchange, path, 503, "come back later");
        case "/slow" -> {
          slowRequests.incrementAndGet();
          boolean _ = closed.await(1, TimeUnit.MINUTES);
        }
        case "/endless" -> endless(exchange);
        default -> {
          Path file = files.get(path);
          if (file == null) {
            send(exchange, path, 404, "no such document");
          } else {
            document(exchange, path, file);
          }
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void document(HttpExchange exchange, String path, Path file) throws IOException {
    byte[] body = Files.readAllBytes(file);
    String tag = "\"" + sha256(body) + "\"";
    exchange.getResponseHeaders().set("ETag", tag);
    exchange.getResponseHeaders().set("Content-Type", contentType(path));
    if (tag.equals(exchange.getRequestHeaders().getFirst("If-None-Match"))) {
      count(path, 304);
      exchange.sendResponseHeaders(304, -1);
      return;
    }
    count(path, 200);
    exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
    exchange.getResponseBody().write(body);
  }

  /** A body without end, until the client has had enough. */
  private static void endless(HttpExchange exchange) throws IOException {
    exchange.sendResponseHeaders(200, 0);
    byte[] chunk = new byte[100_000];
    for (int i = 0; i < 1_000; i++) {
      exchange.getResponseBody().write(chunk);
    }
  }

  private void send(HttpExchange exchange, String path, int status, String text)
      throws IOException {
    count(path, status);
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, body.length);
    exchange.getResponseBody().write(body);
  }

  private void count(String path, int status) {
    answers.computeIfAbsent(path + " " + status, _ -> new AtomicInteger()).incrementAndGet();
  }

  /** How often a path was answered with a status. */
  public int answered(String path, int status) {
    AtomicInteger count = answers.get(path + " " + status);
    return count == null ? 0 : count.get();
  }

  /** How often {@code /slow} was asked for. */
  public int slowRequests() {
    return slowRequests.get();
  }

  private static String contentType(String path) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    String ending = name.contains(".") ? name.substring(name.lastIndexOf('.') + 1) : "";
    return TEXT.contains(ending) ? "text/plain; charset=utf-8" : "application/octet-stream";
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
    threads.shutdownNow();
  }

  /**
   * Serves the files below a folder until standard input ends, and writes their addresses, and
   * those of things that go wrong, to a file.
   *
   * @param args the folder and the file
   */
  public static void main(String[] args) throws IOException {
    try (DocumentServer server = new DocumentServer(Path.of(args[0]))) {
      Path list = Path.of(args[1]);
      Path partial = Path.of(args[1] + ".partial");
      try (PrintStream out = new PrintStream(partial.toFile(), StandardCharsets.UTF_8)) {
        server.uris().forEach(out::println);
        Stream.of("/missing", "/unavailable", "/slow", "/endless")
            .map(server::uri)
            .forEach(out::println);
        out.println("this is no address");
      }
      Files.move(partial, list);
      System.err.println(Instant.now() + " serving " + server.files.size() + " files");
      while (System.in.read() >= 0) {}
    }
  }
}
