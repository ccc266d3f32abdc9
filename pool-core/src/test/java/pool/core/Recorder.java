package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * A factory for tests whose workers do what the job says, and which keeps a record of every call to
 * every worker, checked at the end of each test.
 */
final class Recorder implements WorkerFactory<Recorder.Task, Object> {

  /** What a worker does for a job. */
  @FunctionalInterface
  interface Task {
    @Nullable Object run(Recorded worker) throws Exception;

    static Task of(Object result) {
      return _ -> result;
    }
  }

  /** Something that a test may make go wrong, for one worker. */
  @FunctionalInterface
  interface Hook {
    void on(Recorded worker) throws Exception;
  }

  final Queue<Recorded> opened = new ConcurrentLinkedQueue<>();
  final AtomicInteger opening = new AtomicInteger();
  final Queue<Future<?>> futures = new ConcurrentLinkedQueue<>();
  final Queue<String> violations = new ConcurrentLinkedQueue<>();

  /** Every call, in an order that is consistent with what happened before what. */
  final Queue<String> events = new ConcurrentLinkedQueue<>();

  volatile Hook onOpen = _ -> {};
  volatile Hook onFinish = _ -> {};
  volatile Hook onClose = _ -> {};
  volatile Hook onPing = _ -> {};
  volatile Hook onCancel = _ -> {};

  @Override
  public String name() {
    return "recorder";
  }

  @Override
  public Class<Task> jobType() {
    return Task.class;
  }

  @Override
  public Class<Object> resultType() {
    return Object.class;
  }

  @Override
  public Worker<Task, Object> open(WorkerContext context) throws Exception {
    opening.incrementAndGet();
    Recorded worker = new Recorded(context);
    onOpen.on(worker);
    opened.add(worker);
    events.add("open");
    return worker;
  }

  <F extends Future<?>> F track(F future) {
    futures.add(future);
    return future;
  }

  /** What holds after every test: nobody was left behind. */
  void assertAllIsOver() throws InterruptedException {
    assertEquals(List.of(), List.copyOf(violations));
    for (Recorded worker : opened) {
      assertTrue(worker.thread.join(Duration.ofSeconds(10)), worker + " still has a thread");
      assertEquals(1, worker.closes.get(), worker + " was not closed exactly once");
    }
    for (Future<?> future : futures) {
      assertTrue(future.isDone(), "a future is not done");
    }
    assertNoThreadOf("recorder");
  }

  static void assertNoThreadOf(String pool) throws InterruptedException {
    Await.noThreadOf(pool);
  }

  /** Until nothing refers to any of them. */
  static void awaitCleared(List<? extends WeakReference<?>> references) {
    long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (references.stream().anyMatch(reference -> reference.get() != null)) {
      assertTrue(
          System.nanoTime() < deadline,
          () ->
              "still kept: "
                  + references.stream().filter(reference -> reference.get() != null).count());
      System.gc();
    }
  }

  /** A worker that knows what was done with it. */
  @SuppressWarnings("try")
  final class Recorded implements Worker<Task, Object> {

    final WorkerContext context;
    final Thread thread = Thread.currentThread();
    final AtomicInteger runs = new AtomicInteger();
    final AtomicInteger finishes = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    final AtomicInteger pings = new AtomicInteger();
    final AtomicInteger cancels = new AtomicInteger();
    private final AtomicReference<@Nullable String> inside = new AtomicReference<>();
    private volatile boolean cancelling;

    Recorded(WorkerContext context) {
      this.context = context;
    }

    @Override
    public @Nullable Object run(Task task) throws Exception {
      enter("run");
      try {
        runs.incrementAndGet();
        return task.run(this);
      } finally {
        inside.set(null);
      }
    }

    @Override
    public void finish() throws Exception {
      call("finish", finishes, onFinish);
    }

    @Override
    public void ping() throws Exception {
      call("ping", pings, onPing);
    }

    @Override
    public void close() throws Exception {
      call("close", closes, onClose);
    }

    @Override
    public void cancel() {
      cancels.incrementAndGet();
      if (Thread.currentThread() == thread) {
        violations.add("cancel on the worker's own thread");
      }
      cancelling = true;
      String during = inside.get(); // null just before a run enters, or just after it has left
      if (during != null && !during.equals("run")) {
        violations.add("cancel during " + during + " on " + this);
      }
      try {
        onCancel.on(this);
      } catch (Exception e) {
        violations.add(e.toString());
      } finally {
        cancelling = false;
      }
    }

    private void call(String what, AtomicInteger counter, Hook hook) throws Exception {
      enter(what);
      if (cancelling) {
        violations.add(what + " during cancel on " + this);
      }
      try {
        counter.incrementAndGet();
        hook.on(this);
      } finally {
        inside.set(null);
      }
    }

    private void enter(String what) {
      events.add(what);
      if (Thread.currentThread() != thread) {
        violations.add(what + " on " + Thread.currentThread() + ", not on the thread of " + this);
      }
      String other = inside.getAndSet(what);
      if (other != null) {
        violations.add(what + " during " + other + " on " + this);
      }
      if (closes.get() != 0) {
        violations.add(what + " after close on " + this);
      }
    }

    @Override
    public String toString() {
      return context.workerName();
    }
  }

  static void assertAddsUp(PoolStats stats) {
    assertEquals(
        stats.submitted(),
        stats.queued()
            + stats.running()
            + stats.succeeded()
            + stats.failed()
            + stats.cancelled()
            + stats.notStarted(),
        stats::toString);
    assertFalse(stats.queued() < 0 || stats.running() < 0, stats::toString);
  }

  static void assertAddsUp(CloseReport report) {
    assertEquals(
        report.submitted(),
        report.succeeded() + report.failed() + report.cancelled() + report.notStarted(),
        report::toString);
  }
}
