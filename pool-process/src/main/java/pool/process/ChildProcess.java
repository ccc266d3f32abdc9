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
 * folder that only this user may enter. The child receives a token on its standard input and shows
 * it when it connects, so that nothing else can pass for the child.
 *
 * <p>Used by the worker's thread; other threads may wake up the channel.
 */
final class ChildProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);
  private static final Logger OUTPUT = LoggerFactory.getLogger("pool.process.output");

  private static final Duration TO_CALL = Duration.ofSeconds(60); // after it was started
  private static final Duration TO_GREET = Duration.ofSeconds(5); // after it has connected
  private static final Duration TO_TERMINATE = Duration.ofMillis(500);
  private static final long LOOK_MILLIS = 50;
  static final String SOCKET = "s"; // name within the folder
  private static final String CRASH = "crash";
  private static final int LONGEST_ADDRESS = 100; // of a Unix-domain socket, in bytes
  private static final int CRASH_LINES = 6;

  private final Path folder;
  private final OwnedProcess process;
  private final FrameChannel channel;
  private final FrameChannel stops;
  private final ProcessCounters counters;
  private boolean isOver;
  private boolean isCounted; // its end is in the counters

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

  /** Starts a child and waits until it connects. When this throws, nothing is left of the child. */
  static ChildProcess start(
      ProcessSettings settings, String worker, List<Class<?>> types, ProcessCounters counters)
      throws IOException, InterruptedException {
    Path folder =
        Files.createTempDirectory(
                "pool",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")))
            .toAbsolutePath(); // the child may have another working directory
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
    environment.remove("JAVA_TOOL_OPTIONS"); // meant for the parent: an agent, a port that is taken
    environment.remove("JDK_JAVA_OPTIONS");
    environment.remove("_JAVA_OPTIONS");
    environment.putAll(settings.environment);
    if (settings.directory != null) {
      builder.directory(settings.directory.toFile());
    }
    return OwnedProcess.start(builder, OUTPUT, worker);
  }

  /**
   * Sends the token to standard input, which nobody else can read; the process table shows nothing.
   */
  private static void sendToken(OwnedProcess process, byte[] token) throws IOException {
    try (OutputStream in = process.in()) {
      in.write((HexFormat.of().formatHex(token) + "\n").getBytes(StandardCharsets.US_ASCII));
    } catch (IOException e) {
      LOG.debug("a child does not read its standard input", e); // accept() reports why
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

  /** Returns null when the caller is not the child. */
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

  /** Returns the child's version; negative when the caller does not have the token. */
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

  /** The channel for requests and their answers. */
  FrameChannel channel() {
    return channel;
  }

  /** The channel for requests to stop. */
  FrameChannel stops() {
    return stops;
  }

  long pid() {
    return process.pid();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Returns the results that the process left when it ended. */
  ResultsFile.Left resultsLeft(long number) throws IOException {
    return ResultsFile.left(folder.resolve(ResultsFile.NAME), number);
  }

  /** How much memory the process uses, in bytes; 0 when this system does not report it. */
  long residentBytes() {
    return ResidentSet.bytes(process.pid());
  }

  /** Notes the descendants of the process, which is about to be asked to end. */
  void noteDescendants() {
    process.noteDescendants();
  }

  /** Kills the process and its descendants. */
  void kill() {
    process.kill();
  }

  /**
   * Describes how the process ended, and kills it if it has not ended. An interrupt does not
   * shorten the wait.
   */
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

  /** The essential lines of a crash report: what happened, and where. */
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
      return ""; // it did not crash, or could not write the report
    }
  }

  /**
   * Leaves nothing of the process: terminates it, and kills it if it does not end. A second call
   * does nothing.
   *
   * @param patience how long it may take to end by itself, after it was asked to; 0 if it was not
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

  /** Returns whether the process had ended before it was asked to. */
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

  /** Deletes the folder and its files. The child does so as well, when its parent is gone. */
  static void delete(Path folder) {
    try {
      for (String file : List.of(SOCKET, CRASH, ResultsFile.NAME)) {
        boolean _ = Files.deleteIfExists(folder.resolve(file));
      }
      boolean _ = Files.deleteIfExists(folder);
    } catch (IOException e) {
      LOG.debug("cannot delete {}", folder, e); // the system will at some time
    }
  }
}
