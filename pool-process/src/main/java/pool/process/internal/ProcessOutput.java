package pool.process.internal;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;

/**
 * What a process prints. Each line goes to the log, with the worker's name, and the last lines are
 * kept to explain how the process ended. The output is always read, since the process would wait
 * otherwise; lines are bounded.
 */
final class ProcessOutput {

  private static final int LONGEST_LINE = 2_000; // bytes; the rest is another line
  private static final int KEPT = 10; // lines
  private static final Duration TO_END = Duration.ofSeconds(1); // after the process has ended

  private final Logger log;
  private final String worker;
  private final Deque<String> last = new ArrayDeque<>(); // guards itself
  private final Thread reader;

  /**
   * Begins to read.
   *
   * @param log where the lines go
   * @param worker the worker's name
   * @param from the process's output, which is closed when it ends
   */
  ProcessOutput(Logger log, String worker, InputStream from) {
    this.log = log;
    this.worker = worker;
    this.reader = Thread.ofPlatform().daemon().name(worker + "-output").start(() -> read(from));
  }

  private void read(InputStream from) {
    try (InputStream in = new BufferedInputStream(from)) {
      ByteArrayOutputStream line = new ByteArrayOutputStream();
      int next;
      while ((next = in.read()) >= 0) {
        if (next != '\n') {
          line.write(next);
        }
        if ((next == '\n' && line.size() > 0) || line.size() == LONGEST_LINE) {
          tell(line);
        }
      }
      if (line.size() > 0) {
        tell(line);
      }
    } catch (IOException e) {
      log.debug("{}: its output cannot be read", worker, e); // it was killed meanwhile
    }
  }

  private void toLog(String line) {
    try {
      log.info("{}: {}", worker, line);
    } catch (RuntimeException e) { // the log is broken, but the child must not wait for it
      log.debug("a line could not be logged", e);
    }
  }

  private void tell(ByteArrayOutputStream bytes) {
    String line = bytes.toString(StandardCharsets.UTF_8).stripTrailing();
    bytes.reset();
    synchronized (last) {
      if (last.size() == KEPT) {
        last.remove();
      }
      last.add(line);
    }
    toLog(line);
  }

  /** Returns the last lines, once the process has ended; waits only a while for missing ones. */
  List<String> lastLines() {
    awaitEnd();
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  /** Waits for the end of the output, but not long: a descendant may keep it open. */
  void awaitEnd() {
    boolean interrupted = Thread.interrupted();
    try {
      boolean _ = reader.join(TO_END);
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
