package pool.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** What does a submitted trivial job cost, its result awaited? One submitter, two workers. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class SubmitBenchmark {

  private static final int JOBS = 100_000;
  private static final int WORKERS = 2;

  @Param({
    "pool-platform",
    "pool-virtual",
    "thread-pool-executor",
    "fork-join-pool",
    "virtual-thread-per-task"
  })
  public String by;

  private final CompletableFuture<?>[] futures = new CompletableFuture<?>[JOBS];
  private WorkerPool<Integer, Integer> pool;
  private ExecutorService executor;

  @Setup(Level.Trial)
  public void open() {
    switch (by) {
      case "pool-platform" -> pool = open(ThreadKind.PLATFORM);
      case "pool-virtual" -> pool = open(ThreadKind.VIRTUAL);
      case "thread-pool-executor" -> executor = Executors.newFixedThreadPool(WORKERS);
      case "fork-join-pool" ->
          executor =
              new ForkJoinPool(
                  WORKERS, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
      default -> executor = Executors.newVirtualThreadPerTaskExecutor();
    }
  }

  private static WorkerPool<Integer, Integer> open(ThreadKind threads) {
    return WorkerPool.of(
            WorkerFactory.of("trivial", Integer.class, Integer.class, _ -> job -> job + 1))
        .workers(WORKERS)
        .threads(threads)
        .queueCapacity(JOBS)
        .open();
  }

  @TearDown(Level.Trial)
  public void close() {
    if (pool != null) {
      pool.close();
    } else {
      executor.close();
    }
  }

  @Benchmark
  @OperationsPerInvocation(JOBS)
  public Object submit() {
    if (pool != null) {
      for (int i = 0; i < JOBS; i++) {
        futures[i] = pool.submit(i);
      }
    } else {
      Executor to = executor;
      for (int i = 0; i < JOBS; i++) {
        int job = i;
        futures[i] = CompletableFuture.supplyAsync(() -> job + 1, to);
      }
    }
    for (CompletableFuture<?> future : futures) {
      future.join();
    }
    return futures;
  }
}
