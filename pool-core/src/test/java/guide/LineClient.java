package guide;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import pool.api.WorkerBrokenException;

/** A connection to a {@link LineServer}, which answers each line with a line. */
final class LineClient implements AutoCloseable {

  private final Socket socket;
  private final BufferedReader answers;

  LineClient(InetSocketAddress server) throws IOException {
    socket = new Socket(server.getAddress(), server.getPort());
    answers =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
  }

  // @start region="broken"
  String ask(String line) throws WorkerBrokenException {
    String answer;
    try {
      socket.getOutputStream().write((line + "\n").getBytes(StandardCharsets.UTF_8));
      answer = answers.readLine();
    } catch (IOException e) {
      throw new WorkerBrokenException("the connection is lost", e);
    }
    if (answer == null) {
      throw new WorkerBrokenException("the server has closed the connection");
    }
    if (answer.startsWith("error ")) {
      throw new IllegalArgumentException(answer); // this job's fault; the connection is good
    }
    return answer;
  }

  // @end

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
