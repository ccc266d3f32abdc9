package pool.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
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
import pool.process.ProcessFactory;

/**
 * What does a job cost that another process does? Each adds one to a number, so that all there is
 * to measure is the way there and back. Python starts its processes by forking.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class ProcessBenchmark {

  private static final int ROUND_TRIPS = 2_000;
  private static final int SUBMITTED = 20_000;
  private static final int OF_A_BULK_CALL = 500_000;
  private static final int OPENED = 8;

  @Param({"pool-platform", "pool-virtual", "python"})
  public String by;

  private PythonPool python;
  private WorkerPool<Integer, Integer> one;
  private WorkerPool<Integer, Integer> two;
  private WorkerPool<Integer, Integer> batch;
  private final List<Integer> jobs = IntStream.range(0, OF_A_BULK_CALL).boxed().toList();

  @Setup(Level.Trial)
  public void open() throws IOException {
    if (by.equals("python")) {
      python = PythonPool.open();
    } else {
      one = pool(PlusOne.Alone.class, 1);
      two = pool(PlusOne.Alone.class, 2);
      batch = pool(PlusOne.Together.class, 2);
    }
  }

  private WorkerPool<Integer, Integer> pool(
      Class<? extends WorkerFactory<Integer, Integer>> factory, int workers) {
    return WorkerPool.of(ProcessFactory.of(factory))
        .workers(workers)
        .maxBatch(1_000)
        .threads(by.equals("pool-virtual") ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM)
        .open();
  }

  @TearDown(Level.Trial)
  public void close() throws IOException {
    if (python != null) {
      python.close();
    } else {
      one.close();
      two.close();
      batch.close();
    }
  }

  /** One job after the other. */
  @Benchmark
  @OperationsPerInvocation(ROUND_TRIPS)
  public long roundTrip() {
    if (python != null) {
      return python.ask("roundTrip", ROUND_TRIPS);
    }
    long sum = 0;
    for (int job = 0; job < ROUND_TRIPS; job++) {
      sum += one.call(job);
    }
    return sum;
  }

  /** Two processes, many jobs under way: {@code apply_async} for Python. */
  @Benchmark
  @OperationsPerInvocation(SUBMITTED)
  public long submit() {
    return python != null ? python.ask("submit", SUBMITTED) : submit(two);
  }

  /** The same, with workers that take jobs together. Python has none. */
  @Benchmark
  @OperationsPerInvocation(SUBMITTED)
  public long submitToBatchWorkers() {
    return python != null ? python.ask("submit", SUBMITTED) : submit(batch);
  }

  private static long submit(WorkerPool<Integer, Integer> pool) {
    List<CompletableFuture<Integer>> futures = new ArrayList<>(SUBMITTED);
    for (int job = 0; job < SUBMITTED; job++) {
      futures.add(pool.submit(job));
    }
    return futures.stream().mapToLong(CompletableFuture::join).sum();
  }

  /** A list at once; Python cuts it into eight chunks. */
  @Benchmark
  @OperationsPerInvocation(OF_A_BULK_CALL)
  public long bulk() {
    return python != null
        ? python.ask("bulk", OF_A_BULK_CALL)
        : batch.map(jobs).stream().mapToLong(Integer::longValue).sum();
  }

  /** Eight processes are opened, do a job each, and are closed. */
  @Benchmark
  public long openAndClose() {
    if (python != null) {
      return python.ask("open", OPENED);
    }
    try (var pool = pool(PlusOne.Alone.class, OPENED)) {
      return pool.map(jobs.subList(0, OPENED)).stream().mapToLong(Integer::longValue).sum();
    }
  }
}
