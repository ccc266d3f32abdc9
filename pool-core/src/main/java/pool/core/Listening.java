package pool.core;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Tells a listener, on a thread of its own, so that it holds up nobody. Whoever tells adds to a
 * queue without a lock, and wakes the thread only when that sleeps.
 */
final class Listening implements Runnable {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final String pool;
  private final PoolListener listener;
  private final Thread thread;
  private final Queue<Consumer<PoolListener>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean asleep;
  private volatile boolean over;
  private boolean hasThrown; // the thread's own

  Listening(String pool, PoolListener listener) {
    this.pool = pool;
    this.listener = listener;
    this.thread =
        Thread.ofPlatform()
            .daemon(true)
            .inheritInheritableThreadLocals(false)
            .name(pool + "-listener")
            .unstarted(this);
  }

  void start() {
    try {
      thread.start();
    } catch (Throwable e) { // no thread can be had
      over = true;
      Keys.of(LOG, Level.ERROR, pool)
          .log("pool '{}' has no thread for its listener: {}", pool, Brief.of(e));
    }
  }

  // Any thread:

  void tell(Consumer<PoolListener> event) {
    if (over) {
      return;
    }
    if (size.getAndIncrement() >= PoolListener.MOST_WAITING) {
      size.decrementAndGet();
      lost.incrementAndGet();
      return;
    }
    waiting.add(event);
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  /** Nothing more will be told. */
  void end() {
    over = true;
    LockSupport.unpark(thread);
  }

  /** Waits until all is told, unless the listener itself asks. */
  void awaitEnd(Duration limit) throws InterruptedException {
    if (thread != Thread.currentThread() && thread.isAlive()) {
      boolean _ = thread.join(limit);
    }
  }

  // Its thread

  @Override
  public void run() {
    while (true) {
      boolean last = over; // read before the queue is seen empty
      tellAll();
      if (last) {
        return;
      }
      asleep = true;
      if (waiting.isEmpty() && !over) {
        LockSupport.park(this);
      }
      asleep = false;
    }
  }

  private void tellAll() {
    Consumer<PoolListener> event;
    while ((event = waiting.poll()) != null) {
      size.decrementAndGet();
      call(event);
    }
    long events = lost.getAndSet(0);
    if (events > 0) {
      call(listener -> listener.eventsLost(events));
    }
  }

  private void call(Consumer<PoolListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      if (!hasThrown) {
        hasThrown = true;
        Keys.of(LOG, Level.WARN, pool)
            .setCause(e)
            .log("the listener of pool '{}' threw, and may go on to", pool);
      }
    } finally {
      WorkerThread.clearInterrupt();
    }
  }
}
