package pool.process;

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
import org.slf4j.LoggerFactory;

/**
 * What a child prints: each line goes to the log, with the worker's name, and the last ones are
 * kept to tell of its end. It is always read, or the child would wait; lines are bounded.
 */
final class ChildOutput {

  private static final Logger LOG = LoggerFactory.getLogger(ChildOutput.class);

  private static final int LONGEST_LINE = 2_000; // bytes; the rest is another line
  private static final int KEPT = 10; // lines

  private final String worker;
  private final Deque<String> last = new ArrayDeque<>(); // guards itself
  private final Thread reader;

  ChildOutput(String worker, InputStream from) {
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
      LOG.debug("{}: its output cannot be read", worker, e); // it was killed meanwhile
    }
  }

  private void log(String line) {
    try {
      LOG.info("{}: {}", worker, line);
    } catch (RuntimeException e) { // of a log that is broken: the child must not wait for it
      LOG.debug("a line could not be logged", e);
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
    log(line);
  }

  /** The last lines, once the process has ended; after a while without those that are missing. */
  List<String> lastLines() throws InterruptedException {
    awaitEnd();
    synchronized (last) {
      return List.copyOf(last);
    }
  }

  /** A child of the child may keep its output open. */
  void awaitEnd() throws InterruptedException {
    boolean _ = reader.join(Duration.ofSeconds(1));
  }
}
