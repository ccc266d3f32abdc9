package pool.core.internal.worker;

import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.Worker;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.life.Base;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.LogLine;
import pool.core.internal.worker.WorkerPhase.Phase;

/**
 * A thread's worker, one after another, and what that owns: opens, pings, finishes and closes it,
 * all of which is foreign code. What finishing and closing throw goes into the report. The
 * interrupt flag is cleared around each of these, but a ping leaves that to its caller. Used by the
 * thread, and by no other.
 */
final class PluginWorker<J, R> {

  private final Base base;
  private final WorkerPhase phase;
  private final String name;
  private final int index;

  private @Nullable Worker<J, R> worker; // until it is closed
  private @Nullable PoolContext context; // until what the worker owns is closed

  PluginWorker(Base base, WorkerPhase phase, String name, int index) {
    this.base = base;
    this.phase = phase;
    this.name = name;
    this.index = index;
  }

  /** Whether there is one that is yet to be closed. */
  boolean exists() {
    return worker != null;
  }

  /**
   * Opens a worker. If that fails, closes what the worker owns, and throws what the factory threw.
   *
   * @param values of its options; null when they are to be read
   */
  Worker<J, R> open(
      PoolContext own, WorkerSource<J, R> source, @Nullable Map<String, Object> values)
      throws Exception {
    Interrupts.clear(); // it came from outside
    try {
      Thread.currentThread().setContextClassLoader(source.contextClassLoader());
      own.readOptions(values);
      worker = source.factory().open(own);
      context = own;
      return Objects.requireNonNull(worker, "the factory returned null instead of a worker");
    } catch (Throwable e) {
      context = null;
      close(own);
      throw e;
    }
  }

  /** What a ping threw, or null. */
  @Nullable Throwable ping() {
    try {
      Objects.requireNonNull(worker).ping();
      return null;
    } catch (Throwable e) {
      return e;
    }
  }

  /**
   * Lets the worker end what it has begun, unless its thread was abandoned or the pool is stopped.
   */
  void finish() {
    Interrupts.clear(); // it came from outside: a close may interrupt from here on
    if (!phase.begins(Phase.FINISHING)) {
      return;
    }
    PoolEvents.Timing timing = base.events().finishes(name);
    try {
      Objects.requireNonNull(worker).finish();
    } catch (Throwable e) {
      failed(e);
    }
    base.events().finished(name, timing);
    Interrupts.clear();
  }

  /** Closes the worker and what it owns; does nothing when that was done. */
  void close() {
    Worker<J, R> open = worker;
    PoolContext own = context;
    if (open == null && own == null) {
      return;
    }
    PoolEvents.Timing timing = base.events().closes(name);
    phase.becomes(Phase.CLOSING);
    worker = null;
    close(open);
    context = null;
    close(own);
    Duration took = base.events().closed(name, timing);
    LogLine.of(Level.DEBUG, base.settings().name())
        .worker(name)
        .with("elapsed", took)
        .log("{} closed", name);
    base.report().closed(index, name, took);
  }

  private void close(@Nullable AutoCloseable resource) {
    Interrupts.clear();
    try {
      if (resource != null) {
        resource.close();
      }
    } catch (Throwable e) {
      failed(e);
    } finally {
      Interrupts.clear();
    }
  }

  private void failed(Throwable e) {
    base.report().failed(name, e, phase.is(Phase.ABANDONED));
  }
}
