package pool.process;

import java.util.concurrent.atomic.AtomicLong;

/** Counts the processes of a factory. Any thread may use it. */
final class ProcessCounters {

  private final AtomicLong started = new AtomicLong();
  private final AtomicLong died = new AtomicLong();
  private final AtomicLong killed = new AtomicLong();

  void started() {
    long _ = started.incrementAndGet();
  }

  void died() {
    long _ = died.incrementAndGet();
  }

  void killed() {
    long _ = killed.incrementAndGet();
  }

  ProcessCounts now() {
    return new ProcessCounts(started.get(), died.get(), killed.get());
  }
}
