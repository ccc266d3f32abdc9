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

/**
 * A process that was started for one worker, and the channel to it: a Unix-domain socket in a
 * folder of its own, which only this user may enter. The child shows a token, of which its standard
 * input tells it, so that nobody else is taken for it.
 *
 * <p>Of the worker's thread; others may wake up the channel.
 */
final class ChildProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

  private static final Duration TO_CALL = Duration.ofSeconds(60); // once it was started
  private static final Duration TO_GREET = Duration.ofSeconds(5); // once it has called
  private static final Duration TO_TERMINATE = Duration.ofMillis(500);
  private static final Duration TO_END = Duration.ofSeconds(5); // once it was killed
  private static final long LOOK_MILLIS = 50;
  private static final int LONGEST_ADDRESS = 100; // of a Unix-domain socket, in bytes
  private static final int CRASH_LINES = 6;

  private final Path folder;
  private final Process process;
  private final ChildOutput output;
  private final FrameChannel channel;

  private ChildProcess(Path folder, Process process, ChildOutput output, FrameChannel channel) {
    this.folder = folder;
    this.process = process;
    this.output = output;
    this.channel = channel;
  }

  /** Starts a child and waits for its call. When this throws, nothing is left of it. */
  static ChildProcess start(ProcessSettings settings, String worker, List<Class<?>> types)
      throws IOException, InterruptedException {
    Path folder =
        Files.createTempDirectory(
            "pool",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Process process = null;
    try {
      Path address = folder.resolve("s");
      if (address.toString().getBytes(StandardCharsets.UTF_8).length > LONGEST_ADDRESS) {
        throw new IOException(
            "the temporary folder has too long a name for a socket: %s; set java.io.tmpdir"
                .formatted(folder.getParent()));
      }
      try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
        server.bind(UnixDomainSocketAddress.of(address));
        process = launch(settings, crashReport(folder), types);
        ChildOutput output = new ChildOutput(worker, process.getInputStream());
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        tell(process, address, token);
        FrameChannel channel = accept(server, process, token, output);
        Files.delete(address);
        var _ = process.onExit().thenRun(channel::wakeUp);
        return new ChildProcess(folder, process, output, channel);
      }
    } catch (Throwable e) {
      if (process != null) {
        end(process);
      }
      delete(folder);
      throw e;
    }
  }

  private static Path crashReport(Path folder) {
    return folder.resolve("crash");
  }

  private static Process launch(ProcessSettings settings, Path crash, List<Class<?>> types)
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
    return builder.start();
  }

  /** By its standard input, which others cannot read; nothing of it is in the process table. */
  private static void tell(Process process, Path address, byte[] token) throws IOException {
    try (OutputStream in = process.getOutputStream()) {
      String lines = address + "\n" + HexFormat.of().formatHex(token) + "\n";
      in.write(lines.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      LOG.debug("a child does not read its standard input", e); // accept says why
    }
  }

  private static FrameChannel accept(
      ServerSocketChannel server, Process process, byte[] token, ChildOutput output)
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
          throw new IOException("the process did not start: it " + ending(process, output, null));
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

  FrameChannel channel() {
    return channel;
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
    kill(process);
  }

  private static void kill(Process process) {
    List<ProcessHandle> below = process.descendants().toList();
    Process _ = process.destroyForcibly();
    for (ProcessHandle each : below) {
      boolean _ = each.destroyForcibly();
    }
  }

  /** How it has ended, for people; it is killed if it has not. An interrupt waits until then. */
  String ending() {
    boolean interrupted = Thread.interrupted();
    try {
      if (!process.waitFor(TO_END)) {
        kill();
      }
      return ending(process, output, crashReport(folder));
    } catch (InterruptedException e) {
      interrupted = true;
      kill();
      return "was killed";
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static String ending(Process process, ChildOutput output, @Nullable Path crash)
      throws InterruptedException {
    if (!process.waitFor(TO_END)) {
      return "does not end, though it was killed";
    }
    StringBuilder text = new StringBuilder(ExitStatus.text(process.exitValue()));
    String head = crash == null ? "" : headOf(crash);
    if (!head.isEmpty()) {
      text.append("; the JVM says: ").append(head);
    }
    List<String> lines = output.lastLines();
    if (!lines.isEmpty()) {
      text.append("; its last lines: ").append(String.join(" | ", lines));
    }
    return text.toString();
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
   * Leaves nothing of it: it has been asked to end, and is terminated and killed if it does not.
   *
   * @param patience how long it may take of itself
   */
  void end(Duration patience) throws IOException {
    boolean interrupted = Thread.interrupted();
    try (channel) {
      if (process.waitFor(patience)) {
        output.awaitEnd();
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      end(process);
      delete(folder);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Terminates, then kills. */
  private static void end(Process process) {
    if (!process.isAlive()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      process.destroy();
      if (!process.waitFor(TO_TERMINATE)) {
        kill(process);
        if (!process.waitFor(TO_END)) {
          LOG.warn("process {} was killed, and has not ended", process.pid());
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
      kill(process);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
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
