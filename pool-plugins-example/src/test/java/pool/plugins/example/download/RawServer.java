package pool.plugins.example.download;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on loopback that answers whatever a test wants, byte by byte. */
final class RawServer implements AutoCloseable {

  /** Answers one request, of which it is given the head; the connection ends after it. */
  @FunctionalInterface
  interface Answer {
    void to(String head, OutputStream out) throws IOException;
  }

  final List<String> requests = new CopyOnWriteArrayList<>();
  private final ServerSocket socket;
  private final Answer answer;

  RawServer(Answer answer) throws IOException {
    this(0, answer);
  }

  /** On a port; 0 for any. */
  RawServer(int port, Answer answer) throws IOException {
    this.answer = answer;
    this.socket = new ServerSocket(port, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port() + path);
  }

  int port() {
    return socket.getLocalPort();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try {
        Socket client = socket.accept();
        Thread.ofVirtual().start(() -> answer(client));
      } catch (IOException e) {
        return; // it is closed
      }
    }
  }

  private void answer(Socket client) {
    try (client;
        OutputStream out = new BufferedOutputStream(client.getOutputStream())) {
      String head = head(client.getInputStream());
      requests.add(head);
      answer.to(head, out);
    } catch (IOException e) {
      // the client has had enough
    }
  }

  private static String head(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    int c;
    while (head.indexOf("\r\n\r\n") < 0 && (c = in.read()) >= 0) {
      head.append((char) c);
    }
    return head.toString();
  }

  static String path(String head) {
    return head.split(" ")[1];
  }

  static void ok(OutputStream out, String headers, byte[] body) throws IOException {
    say(out, "HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n" + headers + "\r\n");
    out.write(body);
  }

  /** Each character is a byte. */
  static void say(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.ISO_8859_1));
  }

  static void redirect(OutputStream out, String location) throws IOException {
    say(out, "HTTP/1.1 302 Found\r\nLocation: " + location + "\r\nContent-Length: 0\r\n\r\n");
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
