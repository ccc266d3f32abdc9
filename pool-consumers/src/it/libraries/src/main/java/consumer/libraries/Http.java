package consumer.libraries;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/** Servers and a client of HTTP. */
final class Http {

  private Http() {}

  /**
   * Jetty keeps some threads for ever, so that it has its own; the pool answers. Connections are in
   * memory, since all requests are to be under way at a time.
   */
  static int jetty(ExecutorService lent, int tasks, Runnable go) throws Exception {
    CountDownLatch unhandled = new CountDownLatch(tasks);
    Server server = new Server();
    LocalConnector connector = new LocalConnector(server);
    server.addConnector(connector);
    server.setHandler(
        new Handler.Abstract() {
          @Override
          public boolean handle(Request request, Response response, Callback callback) {
            lent.execute(
                () -> response.write(true, StandardCharsets.UTF_8.encode("done"), callback));
            unhandled.countDown();
            return true;
          }
        });
    server.start();
    List<LocalConnector.LocalEndPoint> requests =
        IntStream.range(0, tasks)
            .mapToObj(i -> "GET /" + i + " HTTP/1.1\r\nHost: here\r\n\r\n")
            .map(connector::executeRequest)
            .toList();
    unhandled.await();
    go.run();
    int answered = 0;
    for (LocalConnector.LocalEndPoint request : requests) {
      if (request.getResponse(false, 1, TimeUnit.MINUTES).contains(" 200 ")) {
        answered++;
      }
    }
    server.stop();
    return answered;
  }

  /** The JDK's client and server, on the same two workers. Each request has its connection. */
  static int client(ExecutorService lent, int tasks, Runnable go) throws Exception {
    InetAddress here = InetAddress.getLoopbackAddress();
    HttpServer server = HttpServer.create(new InetSocketAddress(here, 0), tasks);
    server.setExecutor(lent);
    server.createContext(
        "/",
        exchange -> {
          try (exchange) {
            exchange.sendResponseHeaders(204, -1);
          }
        });
    server.start();
    URI uri = URI.create("http://" + here.getHostAddress() + ":" + server.getAddress().getPort());
    try (HttpClient client = HttpClient.newBuilder().executor(lent).build()) {
      List<CompletableFuture<HttpResponse<Void>>> responses =
          IntStream.range(0, tasks)
              .mapToObj(i -> HttpRequest.newBuilder(uri.resolve("/" + i)).build())
              .map(request -> client.sendAsync(request, HttpResponse.BodyHandlers.discarding()))
              .toList();
      go.run();
      return (int)
          responses.stream().filter(response -> response.join().statusCode() == 204).count();
    } finally {
      server.stop(0);
    }
  }
}
