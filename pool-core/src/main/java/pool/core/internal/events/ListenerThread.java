package pool.core.internal.events;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.internal.SafeText;
import pool.core.PoolListener;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;

/**
 * Tells a listener, on a thread of its own, so that it holds up nobody. Whoever tells adds to a
 * queue without a lock, and wakes the thread only when that sleeps.
 */
public final class ListenerThread implements Runnable {

  private final String pool;
  private final PoolListener listener;
  private final Thread thread;
  private final Queue<Consumer<PoolListener>> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger size = new AtomicInteger();
  private final AtomicLong lost = new AtomicLong();
  private volatile boolean asleep;
  private volatile @Nullable Consumer<PoolListener> last; // once nothing more is told
  private volatile boolean hangs; // at the end
  private long thrown; // the thread's own

  public ListenerThread(String pool, PoolListener listener) {
    this.pool = pool;
    this.listener = listener;
    this.thread = new HelperThreads(pool, new PoolLock()).builder("listener").unstarted(this);
  }

  public void start() {
    try {
      thread.start();
    } catch (Throwable e) { // no thread can be had
      last = _ -> {};
      LogLine.of(Level.ERROR, pool)
          .log("pool '{}' has no thread for its listener: {}", pool, SafeText.of(e));
    }
  }

  // Any thread:

  public void tell(Consumer<PoolListener> event) {
    if (last != null) {
      return;
    }
    if (size.getAndIncrement() >= PoolListener.MOST_WAITING || !add(event)) {
      size.decrementAndGet();
      lost.incrementAndGet();
      return;
    }
    if (asleep) {
      LockSupport.unpark(thread);
    }
  }

  private boolean add(Consumer<PoolListener> event) {
    try {
      return waiting.add(event);
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** Nothing will be told after this, which always is. */
  public void end(Consumer<PoolListener> event) {
    last = event;
    LockSupport.unpark(thread);
  }

  /** Waits until all is told, unless the listener itself asks, or it did not come back before. */
  public void awaitEnd(Duration limit) throws InterruptedException {
    if (thread != Thread.currentThread() && thread.isAlive() && !hangs) {
      hangs = !thread.join(limit);
    }
  }

  // Its thread

  @Override
  public void run() {
    boolean isOver = false;
    while (!isOver) {
      try {
        Consumer<PoolListener> end = last; // read before the queue is seen empty
        tellAll();
        if (end == null) {
          sleep();
        } else {
          isOver = true;
          call(end);
          logThrownAgain();
        }
      } catch (Throwable e) { // what was to be logged is lost
        HelperThreads.survived(e);
      }
    }
  }

  private void sleep() {
    asleep = true;
    Interrupts.clear(); // of a stranger or the listener: it would not sleep
    if (waiting.isEmpty() && last == null) {
      LockSupport.park(this);
    }
    asleep = false;
  }

  private void tellAll() {
    Consumer<PoolListener> event;
    for (int told = 1; (event = waiting.poll()) != null; told++) {
      size.decrementAndGet();
      call(event);
      if (told % PoolListener.MOST_WAITING == 0) { // there may always be more
        tellLost();
      }
    }
    tellLost();
  }

  private void tellLost() {
    long events = lost.getAndSet(0);
    if (events > 0) {
      call(listener -> listener.eventsLost(events));
    }
  }

  private void call(Consumer<PoolListener> event) {
    try {
      event.accept(listener);
    } catch (Throwable e) {
      if (++thrown == 1) {
        logThrown(e);
      }
    }
  }

  private void logThrown(Throwable e) {
    boolean told =
        LogLine.of(Level.WARN, pool)
            .causedBy(e)
            .log("the listener of pool '{}' threw; if it goes on to, that is counted", pool);
    if (!told) { // perhaps because of what it threw
      LogLine.of(Level.WARN, pool)
          .log("the listener of pool '{}' threw a {}", pool, e.getClass().getName());
    }
  }

  private void logThrownAgain() {
    if (thrown > 1) {
      LogLine.of(Level.WARN, pool)
          .log("the listener of pool '{}' threw {} times in all", pool, thrown);
    }
  }
}
