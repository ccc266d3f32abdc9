package com.example.ask;

// @start region="imports"
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.Socket;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
// @end

// @start region="open"
/** One connection. */
@SuppressWarnings("try") // close() may be interrupted
final class AskWorker implements Worker<String, String> {

  private final Socket socket;
  private final BufferedReader answers;

  /** Ready when it returns; when it throws, what the context owns is closed. */
  AskWorker(WorkerContext context) throws IOException {
    socket = context.own(new Socket());
    socket.connect(
        new InetSocketAddress(context.get(AskFactory.HOST), context.get(AskFactory.PORT)),
        Math.toIntExact(context.get(AskFactory.CONNECT_TIMEOUT).toMillis()));
    answers = new BufferedReader(new InputStreamReader(socket.getInputStream(), UTF_8));
  }

  // @end
  // @start region="run"
  @Override
  public String run(String line) throws WorkerBrokenException {
    String answer = ask(line);
    if (answer.startsWith("error ")) {
      throw new IllegalArgumentException(answer); // this job failed; the connection is good
    }
    return answer;
  }

  private String ask(String line) throws WorkerBrokenException {
    try {
      socket.getOutputStream().write((line + "\n").getBytes(UTF_8));
      String answer = answers.readLine();
      if (answer == null) {
        throw new WorkerBrokenException("the server has closed the connection");
      }
      return answer;
    } catch (IOException e) {
      throw new WorkerBrokenException("the connection is lost", e); // another worker is opened
    }
  }

  // @end
  // @start region="ping"
  @Override
  public void ping() throws WorkerBrokenException {
    ask("ping");
  }

  // @end
  // @start region="cancel"
  /** Called by another thread, while run waits for an answer: that throws then. */
  @Override
  public void cancel() {
    try {
      socket.close();
    } catch (IOException e) {
      // the run ends by the interrupt, or is abandoned
    }
  }

  // @end
  // @start region="finish"
  @Override
  public void finish() throws WorkerBrokenException {
    ask("bye");
  }

  // @end
}
