package pool.cli;

import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Counts what became of the lines of a run so far; the run's time begins when this is made. Threads
 * that write outcomes count those, and the reader counts lines; any thread may read.
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

  /** Guarded by its own lock until the run is over. */
  final Failures failures = new Failures();

  void reads() {
    read.incrementAndGet();
  }

  /** Uncounts a line that was not accepted, and has no outcome. */
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

  /** Notes that some lines will not be done. */
  void stops() {
    stopping = true;
  }

  /** Notes the end of the run; its time stands still. */
  void ends() {
    took = nanos();
  }

  /** How long the run took, or has taken so far, including opening and closing of the workers. */
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

  /** Returns whether the input has been read to its end. */
  boolean isReadWholly() {
    return readWholly;
  }

  long succeeded() {
    return succeeded.get();
  }

  long failed() {
    return failed.get();
  }

  /** Lines whose job was cancelled or never started. */
  long notDone() {
    return notDone.get();
  }

  /** Lines that have an outcome. */
  long done() {
    return succeeded() + failed() + notDone();
  }
}
