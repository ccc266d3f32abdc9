package pool.cli;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What became of the lines of a run so far, which begins with it. Whoever writes an outcome counts
 * it then, the reader counts lines; anybody may look.
 */
final class Tally {

  private final AtomicLong read = new AtomicLong(); // lines that will be written
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong notDone = new AtomicLong();
  private volatile boolean readWholly;
  private volatile boolean stopping;
  private final long began = System.nanoTime();
  private volatile @Nullable Long took;

  /** Under its own lock, until the run is over. */
  final Failures failures = new Failures();

  void reads() {
    read.incrementAndGet();
  }

  /** The line was not accepted, and has no outcome. */
  void unreads() {
    read.decrementAndGet();
  }

  void readWholly() {
    readWholly = true;
  }

  void succeeds() {
    succeeded.incrementAndGet();
  }

  void fails(Failure failure) {
    synchronized (failures) {
      failures.add(failure);
    }
    failed.incrementAndGet();
  }

  void isNotDone() {
    notDone.incrementAndGet();
  }

  /** Some lines will not be done. */
  void stops() {
    stopping = true;
  }

  /** The run is over, and its time stands still. */
  void ends() {
    took = nanos();
  }

  /** How long the run took, or goes on: also the opening and the closing of the workers. */
  long nanos() {
    Long whole = took;
    return whole != null ? whole : System.nanoTime() - began;
  }

  boolean isStopping() {
    return stopping;
  }

  long read() {
    return read.get();
  }

  /** Whether the input has been read to its end. */
  boolean isReadWholly() {
    return readWholly;
  }

  long succeeded() {
    return succeeded.get();
  }

  long failed() {
    return failed.get();
  }

  /** Cancelled, or never started. */
  long notDone() {
    return notDone.get();
  }

  /** Lines that have an outcome. */
  long done() {
    return succeeded() + failed() + notDone();
  }
}
