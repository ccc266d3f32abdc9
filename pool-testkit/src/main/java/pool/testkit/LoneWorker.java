package pool.testkit;

import java.util.List;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.StandaloneContext;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.internal.Delegating;
import pool.core.ThreadKind;

/**
 * A worker without a pool, but on a thread of its own as in a pool. Unless stated otherwise, its
 * methods throw what the worker throws.
 */
@SuppressWarnings("try") // closing may be interrupted
final class LoneWorker<J, R> implements AutoCloseable {

  private final Subject<J, R> subject;
  private final BoundedThread thread;
  private final StandaloneContext context;
  private final Worker<J, R> worker;
  private boolean isOpen = true;

  private LoneWorker(
      Subject<J, R> subject, BoundedThread thread, StandaloneContext context, Worker<J, R> worker) {
    this.subject = subject;
    this.thread = thread;
    this.context = context;
    this.worker = worker;
  }

  /** Opens a worker, and fails the test when that is impossible. */
  static <J, R> LoneWorker<J, R> open(Subject<J, R> subject, ThreadKind threads) throws Exception {
    BoundedThread thread = new BoundedThread(subject, subject.factory().name() + "-alone", threads);
    StandaloneContext context = WorkerContext.standalone(subject.options());
    try {
      Worker<J, R> worker = thread.call("open", () -> openIn(context, subject));
      return new LoneWorker<>(subject, thread, context, worker);
    } catch (Exception e) {
      thread.close();
      throw subject.failure("open threw %s; give options() with which it opens".formatted(e), e);
    } catch (Error e) {
      thread.close();
      throw e;
    }
  }

  private static <J, R> Worker<J, R> openIn(StandaloneContext context, Subject<J, R> subject)
      throws Exception {
    try {
      Class<?> opener = Delegating.openerOf(subject.factory()).getClass();
      Thread.currentThread().setContextClassLoader(opener.getClassLoader()); // as in a pool
      Worker<J, R> worker = subject.factory().open(context);
      if (worker == null) {
        throw subject.failure("open returned null instead of a worker");
      }
      return worker;
    } catch (Throwable e) {
      try (context) {
        throw e;
      }
    }
  }

  @Nullable R run(J job) throws Exception {
    return thread.await("run(" + job + ")", start(job));
  }

  boolean isBatchWorker() {
    return worker instanceof BatchWorker;
  }

  /** Runs jobs together, with a batch worker. */
  void runAll(List<J> jobs, BatchWorker.Results<R> results) throws Exception {
    thread.call(
        "runAll",
        () -> {
          ((BatchWorker<J, R>) worker).runAll(List.copyOf(jobs), results);
          return true;
        });
  }

  /** Runs a job that must succeed. */
  @Nullable R succeed(J job, String when) throws InterruptedException {
    try {
      return run(job);
    } catch (Throwable e) {
      if (hangs() && e instanceof AssertionError hanging) {
        throw hanging;
      }
      throw subject.failure("job '%s' failed %s: %s".formatted(job, when, e), e);
    }
  }

  /** Runs a job that must fail; another test judges how it fails. */
  void failSomehow(J job) {
    try {
      run(job);
    } catch (Exception e) {
      // as expected
    }
  }

  /** Finishes the worker; another test judges how that goes. */
  void finishSomehow() {
    try {
      finish();
    } catch (Exception e) {
      // this test does not judge it
    }
  }

  Future<@Nullable R> start(J job) {
    return thread.start(() -> worker.run(job));
  }

  void finish() throws Exception {
    thread.call(
        "finish",
        () -> {
          worker.finish();
          return true;
        });
  }

  boolean answersPing() throws InterruptedException {
    try {
      return thread.call(
          "ping",
          () -> {
            worker.ping();
            return true;
          });
    } catch (Exception e) {
      return false;
    }
  }

  void breakResource() throws Exception {
    thread.call(
        "breakResource",
        () -> {
          subject.contract().breakResource(worker);
          return true;
        });
  }

  /** Cancels the job from another thread, then interrupts it, as a pool does. */
  void stop(BoundedThread canceller) throws InterruptedException {
    try {
      canceller.call(
          "cancel",
          () -> {
            worker.cancel();
            return true;
          });
    } catch (Exception e) {
      throw subject.failure(
          "cancel threw %s; let it unblock the job or do nothing".formatted(e), e);
    } finally {
      thread.interrupt();
    }
  }

  /** Returns the failure of a job that has not returned, and gives the worker up. */
  AssertionError hangs(String what) {
    return thread.hangs(what);
  }

  /** Returns whether a call has not returned in time. */
  boolean hangs() {
    return thread.hangs();
  }

  /** Closes the worker and what it owns. */
  void closeWorker() throws Exception {
    isOpen = false;
    thread.call(
        "close",
        () -> {
          try (context) {
            worker.close();
          }
          return true;
        });
  }

  /** Closes the worker if that has not been done; another test judges how that goes. */
  @Override
  public void close() throws InterruptedException {
    try {
      if (isOpen && !thread.hangs()) {
        closeWorker();
      }
    } catch (Exception e) {
      // this test does not judge it
    } finally {
      thread.close();
    }
  }
}
