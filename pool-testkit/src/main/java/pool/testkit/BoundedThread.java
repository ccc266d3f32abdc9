package pool.testkit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.core.ThreadKind;

/**
 * A thread on which every call must return in time; a call that does not fails the test, and the
 * failure shows the thread's stack.
 */
@SuppressWarnings("try") // closing may be interrupted
final class BoundedThread implements AutoCloseable {

  private final Subject<?, ?> subject;
  private final ExecutorService calls;
  private final Thread thread;
  private boolean hangs;

  BoundedThread(Subject<?, ?> subject, String name, ThreadKind kind) throws Exception {
    this.subject = subject;
    Thread.Builder builder =
        kind == ThreadKind.VIRTUAL ? Thread.ofVirtual() : Thread.ofPlatform().daemon();
    this.calls =
        Executors.newSingleThreadExecutor(
            builder.name(name).inheritInheritableThreadLocals(false).factory());
    this.thread = calls.submit(Thread::currentThread).get();
  }

  <T extends @Nullable Object> Future<T> start(Callable<T> action) {
    return calls.submit(action);
  }

  /** Makes a call, and throws what it throws. */
  <T extends @Nullable Object> T call(String what, Callable<T> action) throws Exception {
    return await(what, start(action));
  }

  /** Waits for a call that was started, and throws what it throws. */
  <T extends @Nullable Object> T await(String what, Future<T> call) throws Exception {
    try {
      return call.get(subject.bound().toNanos(), NANOSECONDS);
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    } catch (TimeoutException e) {
      throw hangs(what);
    }
  }

  /** Returns the failure of a call that has not returned, and gives the thread up. */
  AssertionError hangs(String what) {
    hangs = true;
    String stack =
        Stream.of(thread.getStackTrace())
            .map(frame -> "\n    at " + frame)
            .collect(Collectors.joining());
    return subject.failure(
        "%s did not come back within %s; let it, or override bound(); its thread is at%s"
            .formatted(what, subject.bound(), stack));
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Returns whether a call has not returned in time. */
  boolean hangs() {
    return hangs;
  }

  /** Waits for the thread to end, unless it hangs. */
  @Override
  public void close() throws InterruptedException {
    calls.shutdownNow();
    if (!hangs && !thread.join(subject.bound())) {
      throw subject.failure("%s did not end within %s".formatted(thread, subject.bound()));
    }
  }
}
