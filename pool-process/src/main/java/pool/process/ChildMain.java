package pool.process;

import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.process.internal.Signals;

/**
 * The program of a child: connects to its parent, and does what that asks until it is gone.
 *
 * <p>It connects twice: one channel carries requests, which the worker's thread reads, and their
 * answers; the other carries what is to stop while that thread is busy.
 */
final class ChildMain {

  private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);
  private static final long TO_CLOSE_MILLIS = 1_500; // once the parent is gone
  private static final long PARENT_LOOK_MILLIS = 200;

  private ChildMain() {}

  /**
   * Begins, in a process of its own.
   *
   * @param arguments the folder of the socket; the token is on standard input
   */
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    leaveCtrlCToTheParent();
    FrameChannel requests;
    FrameChannel stops;
    BatchAnswers answers;
    try {
      byte[] token = readToken();
      requests = new FrameChannel(connect(folder));
      hello(requests, token);
      stops = FrameChannel.ofShortFrames(connect(folder));
      hello(stops, token);
      answers = new BatchAnswers(requests, ResultsFile.open(folder.resolve(ResultsFile.NAME)));
    } catch (IOException e) { // the parent is gone already, or reads this
      LOG.warn("the process cannot begin", e);
      ChildProcess.delete(folder);
      Runtime.getRuntime().halt(1);
      return;
    }
    ChildWorker worker = new ChildWorker(requests, answers, stops::wakeUp);
    worker.start();
    watchParent(stops);
    try {
      while (!worker.isClosed()) {
        FrameChannel.Frame stop = stops.read(Long.MAX_VALUE);
        if (stop != null) {
          worker.stop(stop.body().readLong());
        }
      }
    } catch (IOException e) {
      orphaned(worker, folder);
    } catch (Throwable e) {
      LOG.error("a process cannot go on", e);
      Runtime.getRuntime().halt(1); // the parent tells of it
    }
  }

  /**
   * It reaches all processes of a terminal. Nothing is done, instead of ignoring the signals, which
   * what the plugin starts would inherit.
   */
  private static void leaveCtrlCToTheParent() {
    Signals.handle(List.of("INT", "HUP"), _ -> {});
  }

  private static byte[] readToken() throws IOException {
    String line =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII)).readLine();
    if (line == null) {
      throw new EOFException("no token was given");
    }
    return HexFormat.of().parseHex(line);
  }

  private static SocketChannel connect(Path folder) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean _ = socket.connect(UnixDomainSocketAddress.of(folder.resolve(ChildProcess.SOCKET)));
    return socket;
  }

  private static void hello(FrameChannel channel, byte[] token) throws IOException {
    channel.write(
        Message.HELLO,
        Message.bytes(out -> {
          out.writeInt(Message.VERSION);
          Message.write(token, out);
        }),
        () -> {});
  }

  /** The channel may be held open by a process that the parent has started besides. */
  private static void watchParent(FrameChannel channel) {
    ProcessHandle parent = ProcessHandle.current().parent().orElse(null);
    if (parent != null) {
      onThread(
          "parent-watch",
          () -> {
            while (parent.isAlive()) {
              Thread.sleep(PARENT_LOOK_MILLIS);
            }
            close(channel);
          });
    }
  }

  private interface Task {
    void run() throws InterruptedException;
  }

  private static void onThread(String name, Task task) {
    Thread _ =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .start(() -> {
              try {
                task.run();
              } catch (InterruptedException e) {
                LOG.warn("thread '{}' was interrupted by a stranger", name, e);
              }
            });
  }

  /** Whatever the others do. */
  private static void haltWithin(long millis) {
    onThread(
        "halt",
        () -> {
          Thread.sleep(millis);
          Runtime.getRuntime().halt(1);
        });
  }

  private static void close(FrameChannel channel) {
    try {
      channel.close();
    } catch (IOException e) {
      Runtime.getRuntime().halt(1);
    }
  }

  private static void orphaned(ChildWorker worker, Path folder) {
    try {
      haltWithin(TO_CLOSE_MILLIS);
      ChildProcess.delete(folder); // as the parent would have
      worker.orphaned(TO_CLOSE_MILLIS);
    } catch (InterruptedException e) {
      LOG.warn("interrupted by a stranger", e); // if anybody reads that
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }
}
