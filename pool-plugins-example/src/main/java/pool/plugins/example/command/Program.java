package pool.plugins.example.command;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerBrokenException;
import pool.process.internal.OwnedProcess;

/**
 * A running program, which reads lines and writes lines. What it writes to standard error goes to
 * the log.
 *
 * <p>A reader thread lets the program write at any time, up to a few lines that the worker has not
 * taken yet. A writer thread keeps a program that does not read from blocking the worker. All waits
 * of the worker can be interrupted and have limits.
 */
final class Program {

  /** In bytes; a program that writes a longer line is broken. */
  static final int LONGEST_LINE = 100_000_000;

  private static final Logger LOG = LoggerFactory.getLogger(Program.class);
  private static final Logger OUTPUT =
      LoggerFactory.getLogger(Program.class.getPackageName() + ".output");

  private static final int MOST_WAITING = 64; // lines
  private static final int SHOWN = 200; // bytes of a line, in a message
  private static final int SHOWN_COMMAND = 120; // characters
  private static final int KEPT_BUFFER = 1 << 16;
  private static final Duration SUSPICIOUS = Duration.ofSeconds(10); // without a line
  private static final Duration TO_BE_READ = Duration.ofSeconds(1); // for an ended program's lines

  /**
   * How to start a program.
   *
   * @param command the program and its arguments
   * @param directory its working directory
   * @param environment variables in addition to ours
   * @param stop how long it may take to end: after its input has ended, and again after it was
   *     terminated
   * @param hurried the same after it was terminated, when its job was stopped
   */
  record Setup(
      List<String> command,
      @Nullable Path directory,
      Map<String, String> environment,
      Duration stop,
      Duration hurried) {}

  /** An element of the queue: a line, or the end. */
  private static final class Read {

    final byte @Nullable [] line; // null for an end
    final String why; // why there is an end

    Read(byte @Nullable [] line, String why) {
      this.line = line;
      this.why = why;
    }
  }

  private final Setup setup;
  private final OwnedProcess process;
  private final BlockingQueue<Read> lines = new ArrayBlockingQueue<>(MOST_WAITING);
  private final BlockingQueue<Optional<byte[]>> toWrite =
      new LinkedBlockingQueue<>(); // an empty one ends the writer
  private final Thread reader;
  private volatile boolean discards; // the reader drops everything

  // Used by the worker's thread:
  private boolean hasWritten;
  private boolean isSuspected; // the warning was logged

  private Program(Setup setup, OwnedProcess process, String worker) {
    this.setup = setup;
    this.process = process;
    this.reader = Thread.ofPlatform().daemon().name(worker + "-reader").start(this::readAll);
    Thread _ = Thread.ofPlatform().daemon().name(worker + "-writer").start(this::writeAll);
    process.onExit(() -> {
      Thread _ = Thread.ofVirtual().start(this::awaitRest);
    });
  }

  /**
   * Starts a program.
   *
   * @throws IOException when it does not exist, or the system does not start it
   */
  static Program start(Setup setup, String worker) throws IOException {
    requireProgram(setup);
    ProcessBuilder builder = new ProcessBuilder(command(setup.command()));
    builder.environment().putAll(setup.environment());
    if (setup.directory() != null) {
      builder.directory(setup.directory().toFile());
    }
    OwnedProcess process;
    try {
      process = OwnedProcess.start(builder, OUTPUT, worker);
    } catch (IOException e) {
      throw new IOException(
          "program '%s' cannot be started: %s".formatted(name(setup), e.getMessage()), e);
    }
    try {
      return new Program(setup, process, worker);
    } catch (Throwable e) { // no thread is available
      boolean _ = process.end(Duration.ZERO, Duration.ZERO);
      throw e;
    }
  }

  /** Makes the program leave Ctrl-C, which reaches all processes of a terminal, to the pool. */
  private static List<String> command(List<String> command) {
    if (File.separatorChar == '\\') {
      return command;
    }
    return Stream.concat(
            Stream.of("/bin/sh", "-c", "trap '' INT HUP; exec \"$@\"", "sh"), command.stream())
        .toList();
  }

  /** Checks that the program exists; the shell would report that differently, and only later. */
  private static void requireProgram(Setup setup) throws IOException {
    String program = setup.command().getFirst();
    Path directory = setup.directory();
    if (directory != null && !Files.isDirectory(directory)) {
      throw new IOException("directory '%s' does not exist".formatted(directory));
    }
    if (File.separatorChar == '\\') {
      return;
    }
    Path base = directory == null ? Path.of("") : directory;
    List<Path> candidates = new ArrayList<>();
    if (program.contains("/")) {
      candidates.add(base.resolve(program));
    } else {
      String path = setup.environment().getOrDefault("PATH", System.getenv("PATH"));
      for (String folder : path == null ? new String[0] : path.split(":", -1)) {
        candidates.add(base.resolve(folder).resolve(program));
      }
    }
    if (candidates.stream()
        .noneMatch(each -> Files.isExecutable(each) && !Files.isDirectory(each))) {
      throw new IOException(
          program.contains("/")
              ? "program '%s' does not exist, or may not be executed"
                  .formatted(candidates.getFirst())
              : "program '%s' is in no folder of PATH".formatted(program));
    }
  }

  private static String name(Setup setup) {
    String whole = String.join(" ", setup.command());
    return whole.length() <= SHOWN_COMMAND ? whole : whole.substring(0, SHOWN_COMMAND) + "...";
  }

  /** The program and its arguments, for messages. */
  String name() {
    return name(setup);
  }

  boolean isAlive() {
    return process.isAlive();
  }

  // The reader thread

  /** Reads everything and puts an end last; as long as this runs, nothing else puts one. */
  private void readAll() {
    String why = "";
    try (InputStream in = new BufferedInputStream(process.out(), 1 << 16)) {
      why = readLines(in);
    } catch (IOException e) {
      LOG.debug("the output of '{}' cannot be read", name(), e); // the program was killed meanwhile
    } catch (InterruptedException e) {
      return; // the program has been ended
    } catch (Throwable e) { // memory is short, for a long line
      why = "wrote what could not be read: " + e;
    }
    putEnd(why);
  }

  /** Reads lines, and returns why there are no more. */
  private String readLines(InputStream in) throws IOException, InterruptedException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    int next;
    while ((next = in.read()) >= 0) {
      if (next == '\n') {
        put(new Read(line.toByteArray(), ""));
        if (line.size() > KEPT_BUFFER) {
          line = new ByteArrayOutputStream();
        }
        line.reset();
      } else if (line.size() == LONGEST_LINE) {
        return "wrote a line of more than %d bytes".formatted(LONGEST_LINE);
      } else {
        line.write(next);
      }
    }
    return line.size() == 0 ? "" : "wrote half a line: '%s'".formatted(shown(line.toByteArray()));
  }

  /** Queues an element, unless the program is to end: then it may write anything. */
  private void put(Read read) throws InterruptedException {
    if (!discards) {
      lines.put(read);
    }
  }

  private void putEnd(String why) {
    try {
      put(new Read(null, why));
    } catch (InterruptedException e) {
      LOG.debug("the end of '{}' is of no interest any more", name());
    }
  }

  /** Waits for the remaining output, but not for ever: a descendant may keep it open. */
  private void awaitRest() {
    try {
      while (!reader.join(TO_BE_READ)) {
        if (lines.remainingCapacity() > 0) { // the reader is not waiting for room
          put(new Read(null, ""));
          return;
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("interrupted by a stranger", e);
    }
  }

  // The writer thread

  private void writeAll() {
    try (OutputStream out = process.in()) {
      for (Optional<byte[]> line = toWrite.take(); line.isPresent(); line = toWrite.take()) {
        out.write(line.get());
        out.write('\n');
        if (toWrite.isEmpty()) {
          out.flush();
        }
      }
    } catch (IOException e) {
      // the program reads no more; the reader thread notices that
    } catch (InterruptedException e) {
      // nothing interrupts this thread
    }
  }

  // The worker's thread

  void send(byte[] line) {
    toWrite.add(Optional.of(line));
  }

  /** Returns a line that the program has written already; null when there is none. */
  byte @Nullable [] unasked() {
    Read read = lines.peek();
    return read == null ? null : read.line;
  }

  /**
   * Waits for the next line.
   *
   * @param limit the longest time to wait; null for no limit
   * @return empty when no line comes in that time
   * @throws WorkerBrokenException when the program has ended
   */
  Optional<byte[]> next(@Nullable Duration limit)
      throws WorkerBrokenException, InterruptedException {
    long began = System.nanoTime();
    while (true) {
      Read read = lines.poll(patience(limit, began), TimeUnit.NANOSECONDS);
      if (read == null && limit != null && System.nanoTime() - began >= limit.toNanos()) {
        return Optional.empty();
      }
      if (read == null) {
        suspect();
      } else if (read.line != null) {
        hasWritten = true;
        return Optional.of(read.line);
      } else {
        throw ended(read.why);
      }
    }
  }

  private long patience(@Nullable Duration limit, long began) {
    long left = limit == null ? Long.MAX_VALUE : limit.toNanos() - (System.nanoTime() - began);
    return hasWritten || isSuspected ? left : Math.min(left, SUSPICIOUS.toNanos());
  }

  /** Warns about a program that has never written anything; most often it does not flush. */
  private void suspect() {
    isSuspected = true;
    LOG.warn(
        "program '{}' has written nothing for {}; does it flush its output, and read line by line?",
        name(),
        SUSPICIOUS);
  }

  private WorkerBrokenException ended(String why) {
    return new WorkerBrokenException(ending() + (why.isEmpty() ? "" : "; it " + why));
  }

  /** Describes how the program ended, or that it cannot go on. */
  String ending() {
    String how = process.ends(TO_BE_READ) ? process.ending() : "has closed its standard output";
    return "program '%s' %s".formatted(name(), how);
  }

  /** The beginning of a line, for messages. */
  static String shown(byte[] line) {
    String start =
        new String(Arrays.copyOf(line, Math.min(SHOWN, line.length)), StandardCharsets.UTF_8);
    return line.length <= SHOWN ? start : start + "...";
  }

  /**
   * Ends the program: closes its input, then terminates it, then kills it.
   *
   * @param takesTime whether it gets time to clean up when its input has ended
   * @throws IOException when, despite that time, it did not end by itself, or its status was not 0
   */
  void end(boolean takesTime) throws IOException {
    boolean wasAlive = process.isAlive();
    process.noteDescendants();
    discards = true;
    lines.clear();
    toWrite.add(Optional.empty());
    boolean byItself =
        takesTime
            ? process.end(setup.stop(), setup.stop())
            : process.end(Duration.ZERO, setup.hurried());
    reader.interrupt();
    if (takesTime && wasAlive && !byItself) {
      throw new IOException(
          "program '%s' did not end within %s when its input had ended: it %s"
              .formatted(name(), setup.stop(), process.ending()));
    }
    if (takesTime && process.status() != 0) {
      throw new IOException("program '%s' %s when it closed".formatted(name(), process.ending()));
    }
  }
}
