package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What the javadoc of {@link ExecutorService} and {@link Future} promises, sentence by sentence.
 */
@SuppressWarnings("try")
@ParameterizedClass
@EnumSource
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class TaskExecutorContract {

  static final int WORKERS = 2;

  @Parameter ThreadKind threads;

  final CountDownLatch release = new CountDownLatch(1);
  final Semaphore busy = new Semaphore(0);
  final AtomicInteger interrupts = new AtomicInteger();
  @Nullable WorkerPool<Callable<?>, Object> opened;

  WorkerPool.Builder<Callable<?>, Object> builder() {
    return WorkerPool.tasks().workers(WORKERS).threads(threads).cancelGrace(Duration.ofSeconds(20));
  }

  ExecutorService view(WorkerPool.Builder<Callable<?>, Object> builder) {
    opened = builder.open();
    return WorkerPool.asExecutorService(opened);
  }

  ExecutorService view() {
    return view(builder());
  }

  PoolStats stats() {
    return opened.stats();
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    if (opened != null) {
      CloseReport report = opened.shutdown(Duration.ofSeconds(20));
      Recorder.assertAddsUp(report);
    }
    Recorder.assertNoThreadOf("tasks");
  }

  /** Blocks until released; counts interrupts, which end it. */
  String block() throws InterruptedException {
    busy.release();
    try {
      assertTrue(release.await(40, SECONDS));
      return "released";
    } catch (InterruptedException e) {
      interrupts.incrementAndGet();
      throw e;
    }
  }

  static String forEver() throws InterruptedException {
    assertTrue(new CountDownLatch(1).await(40, SECONDS), "it was not interrupted");
    return "never";
  }

  /** Blocks until released, whatever happens. */
  void blockStubbornly() {
    busy.release();
    boolean done = false;
    while (!done) {
      try {
        done = release.await(40, SECONDS);
      } catch (InterruptedException e) {
        interrupts.incrementAndGet();
      }
    }
  }

  void awaitBusy(int tasks) throws InterruptedException {
    assertTrue(busy.tryAcquire(tasks, 20, SECONDS), "the tasks did not start");
  }

  List<Future<String>> occupyAll(ExecutorService view) throws InterruptedException {
    List<Future<String>> futures = new ArrayList<>();
    for (int i = 0; i < WORKERS; i++) {
      futures.add(view.submit(this::block));
      awaitBusy(1);
    }
    return futures;
  }

  static Throwable causeOf(Future<?> future) {
    return assertThrows(ExecutionException.class, () -> future.get(20, SECONDS)).getCause();
  }

  /**
   * Runs on a thread of its own, which is interrupted when it waits; returns what that made it do.
   */
  static <T> T interrupted(Callable<T> waits) throws Exception {
    FutureTask<T> task = new FutureTask<>(waits);
    Thread thread = Thread.ofPlatform().start(task);
    Await.until("so many run", () -> Await.isWaiting(thread));
    thread.interrupt();
    return task.get(20, SECONDS);
  }

  /** Throws anything. */
  @SuppressWarnings("unchecked")
  static <X extends Throwable> Object fail(Throwable thrown) throws X {
    throw (X) thrown;
  }

  static void sneak(Throwable thrown) {
    Object _ = TaskExecutorContract.<RuntimeException>fail(thrown);
  }
}
