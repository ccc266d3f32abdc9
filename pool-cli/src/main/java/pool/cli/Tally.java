package pool.cli;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What became of the lines so far. The main thread counts outcomes, the reader lines; anybody may
 * look.
 */
final class Tally {

  private final AtomicLong read = new AtomicLong(); // lines that will be written
  private final AtomicLong succeeded = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong notDone = new AtomicLong();
  private volatile boolean readWholly;

  /** The main thread's, until the run is over. */
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
    failed.incrementAndGet();
    failures.add(failure);
  }

  void isNotDone() {
    notDone.incrementAndGet();
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
