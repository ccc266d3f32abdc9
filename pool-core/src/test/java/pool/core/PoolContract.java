package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.core.Recorder.Task;

/** What every pool promises, whatever its threads, its distribution and its number of workers. */
@SuppressWarnings("try")
@ParameterizedClass(name = "{0}, {1}, {2} workers")
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
abstract class PoolContract {

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  final Recorder recorder = new Recorder();
  final CountDownLatch release = new CountDownLatch(1);

  WorkerPool.Builder<Task, Object> builder() {
    return WorkerPool.of(recorder)
        .threads(threads)
        .distribution(distribution)
        .workers(workers)
        .cancelGrace(Duration.ofSeconds(20));
  }

  WorkerPool<Task, Object> open() {
    return builder().open();
  }

  /**
   * Occupies every worker until {@link #release}, one after the other, so that none has to wait.
   */
  List<CompletableFuture<Object>> occupyAll(WorkerPool<Task, Object> pool) throws Exception {
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      futures.add(occupyOne(pool));
    }
    return futures;
  }

  /** Occupies a worker until {@link #release}. */
  CompletableFuture<Object> occupyOne(WorkerPool<Task, Object> pool) throws Exception {
    CountDownLatch running = new CountDownLatch(1);
    var future =
        recorder.track(
            pool.submit(_ -> {
              running.countDown();
              release.await();
              return "released";
            }));
    assertTrue(running.await(20, SECONDS));
    return future;
  }

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    recorder.assertAllIsOver();
  }

  static void awaitState(WorkerPool<?, ?> pool, PoolState state) {
    Await.until(state.toString(), () -> pool.stats().state() == state);
  }

  static void awaitWaiting(Thread thread) {
    Await.until(thread + " waits", () -> Await.isWaiting(thread));
  }
}
