package pool.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.reflect.InvocationTargetException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The program of a child: connects to its parent, and does what that asks until it is gone.
 *
 * <p>It calls twice: one channel carries requests and answers, and is the worker's thread's alone;
 * the other carries what is to stop while that is busy.
 */
final class ChildMain {

  private static final Logger LOG = LoggerFactory.getLogger(ChildMain.class);
  private static final long TO_CLOSE_MILLIS = 1_500; // once the parent is gone
  private static final long PARENT_LOOK_MILLIS = 200;

  private ChildMain() {}

  public static void main(String[] arguments) throws IOException {
    leaveToTheParent(List.of("INT", "HUP"));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    Path address = Path.of(in.readLine());
    byte[] token = HexFormat.of().parseHex(in.readLine());
    FrameChannel requests = call(address, token);
    FrameChannel stops = call(address, token);
    ChildWorker worker = new ChildWorker(requests, stops::wakeUp);
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
      orphaned(worker, Objects.requireNonNull(address.getParent()));
    } catch (Throwable e) {
      LOG.error("a process cannot go on", e);
      Runtime.getRuntime().halt(1); // the parent tells of it
    }
  }

  private static FrameChannel call(Path address, byte[] token) throws IOException {
    SocketChannel socket = SocketChannel.open(StandardProtocolFamily.UNIX);
    boolean _ = socket.connect(UnixDomainSocketAddress.of(address));
    FrameChannel channel = new FrameChannel(socket);
    channel.write(
        Message.HELLO,
        Message.bytes(out -> {
          out.writeInt(Message.VERSION);
          Message.write(token, out);
        }),
        () -> {});
    return channel;
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
    haltWithin(TO_CLOSE_MILLIS);
    delete(folder);
    try {
      worker.orphaned(TO_CLOSE_MILLIS);
    } catch (InterruptedException e) {
      LOG.warn("interrupted by a stranger", e); // if anybody reads that
    } finally {
      Runtime.getRuntime().halt(1);
    }
  }

  /** What the parent would have deleted. */
  private static void delete(Path folder) {
    try {
      for (String file : List.of("s", "crash")) {
        boolean _ = Files.deleteIfExists(folder.resolve(file));
      }
      boolean _ = Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.debug("cannot delete {}", folder, e);
    }
  }

  /** Ctrl-C reaches all processes of a terminal; the parent closes its workers. */
  private static void leaveToTheParent(List<String> signals) {
    try {
      Class<?> signal = Class.forName("sun.misc.Signal");
      Class<?> handler = Class.forName("sun.misc.SignalHandler");
      Object ignore = handler.getField("SIG_IGN").get(null);
      for (String name : signals) {
        try {
          Object instance = signal.getConstructor(String.class).newInstance(name);
          Object _ = signal.getMethod("handle", signal, handler).invoke(null, instance, ignore);
        } catch (InvocationTargetException e) {
          // this system does not have it, or the JVM was told to leave signals alone (-Xrs)
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("this Java runtime has no sun.misc.Signal", e);
    }
  }
}
