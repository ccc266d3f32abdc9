package pool.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** What do many virtual workers reach, when each job waits 10 ms, and what do they cost? */
@State(Scope.Benchmark)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms2g", "-Xmx2g", "-XX:+AlwaysPreTouch"})
public class ManyWorkersBenchmark {

  private static final int WAIT_MILLIS = 10;
  private static final int MOST_JOBS = 1_000_000;

  private static final Work WAIT =
      job -> {
        try {
          Thread.sleep(WAIT_MILLIS);
          return job;
        } catch (InterruptedException e) {
          throw new IllegalStateException(e);
        }
      };

  @Param({"100", "1000", "10000", "100000"})
  public int workers;

  /** Twenty for each worker, so that the first and the last hardly count. */
  static int jobs(int workers) {
    return Math.min(20 * workers, MOST_JOBS);
  }

  /** What so many workers would take if dispatch were free. */
  static double idealMillis(int workers) {
    return (double) jobs(workers) / workers * WAIT_MILLIS;
  }

  private static Peer openPool(int workers) {
    return Peer.open("pool-virtual", workers, jobs(workers), WAIT);
  }

  /** All jobs submitted, all results awaited. */
  @Benchmark
  @BenchmarkMode(Mode.AverageTime)
  public Object wait10ms(Load load) {
    for (int i = 0; i < load.futures.length; i++) {
      load.futures[i] = load.peer.submit(i);
    }
    for (CompletableFuture<?> each : load.futures) {
      each.join();
    }
    return load.futures;
  }

  /** Opening; the heap that the idle workers hold is measured when it is done. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public void open(Opened opened, Heap heap) {
    opened.pool = openPool(workers);
  }

  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  public void close(Closed closed) {
    closed.pool.close();
  }

  /** The peers that can have so many workers. */
  @State(Scope.Benchmark)
  public static class Load {
    @Param({"pool-virtual", "thread-pool-of-virtual", "virtual-per-task-limited"})
    public String by;

    private CompletableFuture<?>[] futures;
    private Peer peer;

    @Setup
    public void open(ManyWorkersBenchmark benchmark) {
      int jobs = jobs(benchmark.workers);
      futures = new CompletableFuture<?>[jobs];
      peer = Peer.open(by, benchmark.workers, jobs, WAIT);
    }

    @TearDown
    public void close() {
      peer.close();
    }
  }

  /** The pool that was opened. */
  @State(Scope.Benchmark)
  public static class Opened {
    private Peer pool;
    private long bytesBefore;

    @Setup(Level.Iteration)
    public void measure() {
      bytesBefore = Heap.usedBytes();
    }
  }

  /** The pool that is to be closed. */
  @State(Scope.Benchmark)
  public static class Closed {
    private Peer pool;

    @Setup(Level.Iteration)
    public void open(ManyWorkersBenchmark benchmark) {
      pool = openPool(benchmark.workers);
    }
  }

  /** What the heap holds for each idle worker. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Heap {
    public double bytesPerWorker;

    /** Two collections: what the first finds unreachable may hold more through references. */
    static long usedBytes() {
      System.gc();
      System.gc();
      return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    @TearDown(Level.Iteration)
    public void measureAndClose(ManyWorkersBenchmark benchmark, Opened opened) {
      bytesPerWorker = (double) (usedBytes() - opened.bytesBefore) / benchmark.workers;
      opened.pool.close();
    }
  }
}
