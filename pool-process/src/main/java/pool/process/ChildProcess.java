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
 * <p>Of the worker's thread, except {@link #kill}.
 */
final class ChildProcess {

  private static final Logger LOG = LoggerFactory.getLogger(ChildProcess.class);

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
    try (Selector calls = Selector.open()) {
      server.register(calls, SelectionKey.OP_ACCEPT);
      while (true) {
        int _ = calls.select(LOOK_MILLIS);
        calls.selectedKeys().clear();
        if (Thread.interrupted()) {
          throw new InterruptedException("interrupted while a process was started");
        }
        SocketChannel socket = server.accept();
        FrameChannel channel = socket == null ? null : new FrameChannel(socket);
        if (channel != null && isGreeted(channel, token)) {
          return channel;
        }
        if (channel != null) {
          channel.close();
        }
        if (!process.isAlive()) {
          throw new IOException("the process did not start: it " + ending(process, output, null));
        }
      }
    }
  }

  private static boolean isGreeted(FrameChannel channel, byte[] token) throws IOException {
    FrameChannel.Frame hello = channel.read(TimeUnit.SECONDS.toNanos(5));
    if (hello == null || hello.kind() != Message.HELLO) {
      return false;
    }
    int version = hello.body().readInt();
    if (!MessageDigest.isEqual(token, Message.readBytes(hello.body()))) {
      return false;
    }
    if (version != Message.VERSION) {
      throw new IOException(
          "the child has version %d of pool-process's messages, its parent %d"
              .formatted(version, Message.VERSION));
    }
    return true;
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

  /** Any thread. */
  void kill() {
    Process _ = process.destroyForcibly();
  }

  /** How it has ended, for people; it is killed if it has not. */
  String ending() throws InterruptedException {
    if (!process.waitFor(TO_END)) {
      kill();
      boolean _ = process.waitFor(TO_END);
    }
    return ending(process, output, crashReport(folder));
  }

  private static String ending(Process process, ChildOutput output, @Nullable Path crash)
      throws InterruptedException {
    boolean _ = process.waitFor(TO_END);
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
    try {
      channel.close();
      if (!process.waitFor(patience)) {
        end(process);
      }
      output.awaitEnd();
    } catch (InterruptedException e) {
      interrupted = true;
      end(process);
    } finally {
      delete(folder);
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Terminates, then kills. */
  private static void end(Process process) {
    boolean interrupted = Thread.interrupted();
    try {
      process.destroy();
      if (!process.waitFor(TO_TERMINATE)) {
        Process _ = process.destroyForcibly();
        if (!process.waitFor(TO_END)) {
          LOG.warn("process {} was killed, and has not ended", process.pid());
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
      Process _ = process.destroyForcibly();
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
