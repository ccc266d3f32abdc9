package pool.process;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.process.internal.OwnedProcess;

/**
 * A process that was started for one worker, and the channels to it: Unix-domain sockets in a
 * folder of its own, which only this user may enter. The child shows a token, of which its standard
 * input tells it, so that nobody else is taken for it.
 *
 * <p>Of the worker's thread; others may wake up the channel.
 */
final class ChildProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final Logger OUTPUT = LoggerFactory.getLogger("pool.process.output");

  private static final Duration TO_CALL = Duration.ofSeconds(60); // once it was started
  private static final Duration TO_GREET = Duration.ofSeconds(5); // once it has called
  private static final Duration TO_TERMINATE = Duration.ofMillis(500);
  private static final long LOOK_MILLIS = 50;
  static final String SOCKET = "s"; // in the folder
  private static final String CRASH = "crash";
  private static final int LONGEST_ADDRESS = 100; // of a Unix-domain socket, in bytes
  private static final int CRASH_LINES = 6;

  private final Path folder;
  private final OwnedProcess process;
  private final FrameChannel channel;
  private final FrameChannel stops;
  private final ProcessCounters counters;
  private boolean isOver;
  private boolean isCounted; // its end

  private ChildProcess(
      Path folder,
      OwnedProcess process,
      FrameChannel channel,
      FrameChannel stops,
      ProcessCounters counters) {
    this.folder = folder;
    this.process = process;
    this.channel = channel;
    this.stops = stops;
    this.counters = counters;
  }

  /** Starts a child and waits for its call. When this throws, nothing is left of it. */
  static ChildProcess start(
      ProcessSettings settings, String worker, List<Class<?>> types, ProcessCounters counters)
      throws IOException, InterruptedException {
    Path folder =
        Files.createTempDirectory(
                "pool",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            .toAbsolutePath(); // the child may work elsewhere
    OwnedProcess process = null;
    try {
      Path address = folder.resolve(SOCKET);
      if (address.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_ADDRESS) {
        throw new IOException(
            "the temporary folder has too long a name for a socket: %s; set java.io.tmpdir"
                .formatted(folder.getParent()));
      }
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(address));
        process = launch(settings, worker, folder, types);
        counters.started();
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        sendToken(process, token);
        return connected(server, folder, process, token, counters);
      }
    } catch (Throwable e) {
      try {
        if (process != null) {
          count(process, end(process, Duration.ZERO), counters);
        }
      } finally {
        delete(folder);
      }
      throw e;
    }
  }

  private static ChildProcess connected(
      ServerSocketChannel server,
      Path folder,
      OwnedProcess process,
      byte[] token,
      ProcessCounters counters)
      throws IOException, InterruptedException {
    FrameChannel channel = accept(server, process, token);
    FrameChannel stops;
    try {
      stops = accept(server, process, token);
    } catch (Throwable e) {
      channel.close();
      throw e;
    }
    process.onExit(channel::wakeUp);
    return new ChildProcess(folder, process, channel, stops, counters);
  }

  static Path crashReport(Path folder) {
    return folder.resolve(CRASH);
  }

  private static OwnedProcess launch(
      ProcessSettings settings, String worker, Path folder, List<Class<?>> types)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(ChildCommand.of(settings, folder, types)).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.remove("JAVA_TOOL_OPTIONS"); // the parent's: an agent, a port that is taken
    environment.remove("JDK_JAVA_OPTIONS");
    environment.remove("_JAVA_OPTIONS");
    environment.putAll(settings.environment);
    if (settings.directory != null) {
      builder.directory(settings.directory.toFile());
    }
    return OwnedProcess.start(builder, OUTPUT, worker);
  }

  /** By its standard input, which others cannot read; nothing of it is in the process table. */
  private static void sendToken(OwnedProcess process, byte[] token) throws IOException {
    try (OutputStream in = process.in()) {
      in.write((HexFormat.of().formatHex(token) + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.debug("a child does not read its standard input", e); // accept says why
    }
  }

  private static FrameChannel accept(ServerSocketChannel server, OwnedProcess process, byte[] token)
      throws IOException, InterruptedException {
    server.configureBlocking(false);
    long deadline = System.nanoTime() + TO_CALL.toNanos();
    try (Selector calls = Selector.open()) {
      server.register(calls, SelectionKey.OP_ACCEPT);
      while (true) {
        int _ = calls.select(LOOK_MILLIS);
        calls.selectedKeys().clear();
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while a process was started");
        }
        SocketChannel socket = server.accept();
        FrameChannel channel = socket == null ? null : greeted(socket, token);
        if (channel != null) {
          return channel;
        }
        if (System.nanoTime() - deadline >= 0) {
          throw new IOException(
              "the process has not connected within %s: see what it logs".formatted(TO_CALL));
        }
        if (!process.isAlive()) {
          throw new IOException("the process did not start: it " + process.ending());
        }
      }
    }
  }

  /** Null when it is somebody else who calls. */
  private static @Nullable FrameChannel greeted(SocketChannel socket, byte[] token)
      throws IOException {
    FrameChannel channel = new FrameChannel(socket);
    int version = -1;
    try {
      version = versionOf(channel, token);
      if (version == Message.VERSION) {
        return channel;
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("somebody has connected who is not the child", e);
    }
    channel.close();
    if (version >= 0) {
      throw new IOException(
          "the child has version %d of pool-process's messages, its parent %d"
              .formatted(version, Message.VERSION));
    }
    return null;
  }

  /** What the child says, negative when the caller does not have the token. */
  private static int versionOf(FrameChannel channel, byte[] token) throws IOException {
    long deadline = System.nanoTime() + TO_GREET.toNanos();
    FrameChannel.Frame hello = null;
    while (hello == null
        && !Thread.currentThread().isInterrupted()
        && System.nanoTime() - deadline < 0) {
      hello = channel.read(TimeUnit.MILLISECONDS.toNanos(LOOK_MILLIS));
    }
    if (hello == null || hello.kind() != Message.HELLO) {
      return -1;
    }
    int version = hello.body().readInt();
    return MessageDigest.isEqual(token, Message.readBytes(hello.body())) ? version : -1;
  }

  /** For requests and their answers. */
  FrameChannel channel() {
    return channel;
  }

  /** For what is to stop. */
  FrameChannel stops() {
    return stops;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Results that it has left, once it has ended. */
  ResultsFile.Left resultsLeft(long number) throws IOException {
    return ResultsFile.left(folder.resolve(ResultsFile.NAME), number);
  }

  /** What it has in memory, in bytes; 0 when this system does not tell. */
  long residentBytes() {
    return ResidentSet.bytes(process.pid());
  }

  /** It is asked to end next. */
  void noteDescendants() {
    process.noteDescendants();
  }

  /** Kills it, and what it has started. */
  void kill() {
    process.kill();
  }

  /** How it has ended, for people; it is killed if it has not. An interrupt waits until then. */
  String ending() {
    process.awaitEnd();
    if (!isCounted) {
      isCounted = true;
      count(process, true, counters);
    }
    String crash = headOf(crashReport(folder));
    return crash.isEmpty()
        ? process.ending()
        : process.ending("the JVM says: " + crash, line -> !line.startsWith("#"));
  }

  /** Of a crash report: what happened, and where. */
  private static String headOf(Path crash) {
    try (Stream<String> lines = Files.lines(crash, StandardCharsets.ISO_8859_1)) {
      return String.join(
          " ",
          lines
              .filter(line -> line.startsWith("#"))
              .map(line -> line.substring(1).strip())
              .filter(line -> line.startsWith("SIG") || line.contains("["))
              .limit(CRASH_LINES)
              .toList());
    } catch (IOException | UncheckedIOException e) {
      return ""; // it has not crashed, or could not write
    }
  }

  /**
   * Leaves nothing of it: it is terminated, and killed if it does not end. Again without effect.
   *
   * @param patience how long it may take of itself, since it was asked to end; 0 when it was not
   */
  void end(Duration patience) throws IOException {
    if (isOver) {
      return;
    }
    isOver = true;
    try (channel;
        stops) {
      boolean hadEnded = end(process, patience);
      if (!isCounted) {
        count(process, hadEnded, counters);
      }
    } finally {
      delete(folder);
    }
  }

  /** Whether it had ended before it was asked to. */
  private static boolean end(OwnedProcess process, Duration patience) {
    boolean hadEnded = !process.isAlive() && patience.isZero();
    boolean _ = process.end(patience, TO_TERMINATE);
    return hadEnded;
  }

  private static void count(OwnedProcess process, boolean hadEnded, ProcessCounters counters) {
    if (process.wasKilled()) {
      counters.killed();
    } else if (hadEnded) {
      counters.died();
    }
  }

  /** With what is in it. The child does so as well, when its parent is gone. */
  static void delete(Path folder) {
    try {
      for (String file : List.of(SOCKET, CRASH, ResultsFile.NAME)) {
        boolean _ = Files.deleteIfExists(folder.resolve(file));
      }
      boolean _ = Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.debug("cannot delete {}", folder, e); // the system does some time
    }
  }
}
