package guide;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Answers each line with the line in capitals. {@code hang} is never answered, {@code bad} is an
 * error, and at the first {@code flaky} the connection is dropped.
 */
final class LineServer implements AutoCloseable {

  private final ServerSocket listening;
  private final Set<Socket> connections = ConcurrentHashMap.newKeySet();
  private final Set<String> dropped = ConcurrentHashMap.newKeySet();
  final AtomicInteger accepted = new AtomicInteger();

  LineServer() throws IOException {
    listening = new ServerSocket(0, 100, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().name("line-server").start(this::accept);
  }

  InetSocketAddress address() {
    return (InetSocketAddress) listening.getLocalSocketAddress();
  }

  private void accept() {
    try {
      while (true) {
        Socket connection = listening.accept();
        accepted.incrementAndGet();
        connections.add(connection);
        Thread.ofVirtual().start(() -> serve(connection));
      }
    } catch (IOException e) {
      // it is closed
    }
  }

  private void serve(Socket connection) {
    try (connection) {
      BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(connection.getInputStream(), StandardCharsets.UTF_8));
      String line;
      while ((line = lines.readLine()) != null) {
        if (line.startsWith("flaky") && dropped.add(line)) {
          return;
        }
        if (!line.equals("hang")) {
          connection.getOutputStream().write(answer(line).getBytes(StandardCharsets.UTF_8));
        }
      }
    } catch (IOException e) {
      // the client has gone
    } finally {
      connections.remove(connection);
    }
  }

  private static String answer(String line) {
    return (line.equals("bad") ? "error bad" : line.toUpperCase(Locale.ROOT)) + "\n";
  }

  @Override
  public void close() throws IOException {
    listening.close();
    for (Socket connection : connections) {
      connection.close();
    }
  }
}
