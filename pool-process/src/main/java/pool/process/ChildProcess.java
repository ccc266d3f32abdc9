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
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.process.internal.OwnedProcess;
import pool.process.internal.ProcessOutput;

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
  private static final int LONGEST_ADDRESS = 100; // of a Unix-domain socket, in bytes
  private static final int CRASH_LINES = 6;

  private final Path folder;
  private final OwnedProcess process;
  private final FrameChannel channel;
  private final FrameChannel stops;
  private final ProcessCounters counters;
  private boolean isOver;

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
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    OwnedProcess process = null;
    try {
      Path address = folder.resolve("s");
      if (address.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_ADDRESS) {
        throw new IOException(
            "the temporary folder has too long a name for a socket: %s; set java.io.tmpdir"
                .formatted(folder.getParent()));
      }
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(address));
        process = launch(settings, worker, crashReport(folder), types);
        counters.started();
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        tell(process, address, token);
        return connected(server, folder, process, token, counters);
      }
    } catch (Throwable e) {
      if (process != null) {
        end(process, Duration.ZERO, counters);
      }
      delete(folder);
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

  private static Path crashReport(Path folder) {
    return folder.resolve("crash");
  }

  private static OwnedProcess launch(
      ProcessSettings settings, String worker, Path crash, List<Class<?>> types)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(ChildCommand.of(settings, crash, types)).redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.remove("JAVA_TOOL_OPTIONS"); // the parent's: an agent, a port that is taken
    environment.remove("JDK_JAVA_OPTIONS");
    environment.remove("_JAVA_OPTIONS");
    environment.putAll(settings.environment);
    if (settings.directory != null) {
      builder.directory(settings.directory.toFile());
    }
    Process process = builder.start();
    return new OwnedProcess(process, new ProcessOutput(OUTPUT, worker, process.getInputStream()));
  }

  /** By its standard input, which others cannot read; nothing of it is in the process table. */
  private static void tell(OwnedProcess process, Path address, byte[] token) throws IOException {
    try (OutputStream in = process.in()) {
      String lines = address + "\n" + HexFormat.of().formatHex(token) + "\n";
      in.write(lines.getBytes(StandardCharsets.UTF_8));
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
          throw new IOException("the process has not called within " + TO_CALL);
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
    } catch (IOException e) {
      LOG.debug("a caller has hung up, or does not know the way", e);
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
    while (hello == null && System.nanoTime() - deadline < 0) {
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

  /** What it has in memory, in bytes; 0 when this system does not tell. */
  long residentBytes() {
    return ResidentSet.bytes(process.pid());
  }

  /** It, and what it has started. */
  void kill() {
    process.kill();
  }

  /** How it has ended, for people; it is killed if it has not. An interrupt waits until then. */
  String ending() {
    process.awaitEnd();
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
      end(process, patience, counters);
    } finally {
      delete(folder);
    }
  }

  private static void end(OwnedProcess process, Duration patience, ProcessCounters counters) {
    boolean hadEnded = !process.isAlive();
    boolean _ = process.end(patience, TO_TERMINATE);
    if (process.wasKilled()) {
      counters.killed();
    } else if (hadEnded && patience.isZero()) {
      counters.died();
    }
  }

  private static void delete(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        boolean _ = Files.deleteIfExists(file);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("cannot delete {}", folder, e); // the child has done it, or the system does
    }
  }
}
