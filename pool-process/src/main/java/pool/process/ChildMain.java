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
 * The program of a child: connects to its parent, and does what the parent asks until the parent is
 * gone.
 *
 * <p>It opens two channels: one carries requests, which the worker's thread reads, and their
 * answers. The other carries requests to stop, which must be read while that thread is busy.
 */
final class ChildMain {

  private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);
  private static final long TO_CLOSE_MILLIS = 1_500; // after the parent is gone
  private static final long PARENT_LOOK_MILLIS = 200;

  private ChildMain() {}

  /**
   * Runs the program, in a process that the parent has started.
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
    } catch (IOException e) { // the parent is gone already; if not, it reads this
      LOG.warn("the process cannot begin", e);
      System.err.println("the process cannot begin: " + e); // the log may be a file
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
      Runtime.getRuntime().halt(1); // the parent reports it
    }
  }

  /**
   * Does nothing on Ctrl-C, which reaches all processes of a terminal. The child does not ignore
   * the signals, because the processes that the plugin starts would inherit that.
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

  /**
   * Closes the channel when the parent has ended, since another process that the parent started may
   * hold the other end open.
   */
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

  /** Halts after a time, whatever the other threads do. */
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
      ChildProcess.delete(folder); // the parent would have done so
      worker.orphaned(TO_CLOSE_MILLIS);
    } catch (InterruptedException e) {
      LOG.warn("interrupted by a stranger", e); // perhaps nobody reads it
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }
}
