package pool.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** What does a submitted trivial job cost, when 100,000 are submitted and their results awaited? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class SubmitBenchmark {

  static final int JOBS = 100_000;

  @Param({
    "pool-platform",
    "pool-virtual",
    "thread-pool-linked",
    "thread-pool-array",
    "fork-join-async",
    "virtual-per-task",
    "reactor-bounded-elastic",
    "kotlin-io",
    "disruptor",
    "inline"
  })
  public String by;

  @Param({"1", "2", "4"})
  public int submitters;

  @Param({"2", "8"})
  public int workers;

  private final Integer[] jobs = new Integer[JOBS];
  private final CompletableFuture<?>[] futures = new CompletableFuture<?>[JOBS];
  private Peer peer;
  private Submitters threads;

  @Setup
  public void open() {
    for (int i = 0; i < JOBS; i++) {
      jobs[i] = i;
    }
    peer = Peer.open(by, workers, JOBS, Work.TRIVIAL);
    threads = new Submitters(submitters);
  }

  @TearDown
  public void close() {
    threads.close();
    peer.close();
  }

  @Benchmark
  @OperationsPerInvocation(JOBS)
  public Object submit() throws Exception {
    threads.run(this::submitShare);
    return futures;
  }

  private void submitShare(int index) {
    int from = index * (JOBS / submitters);
    int to = from + JOBS / submitters;
    for (int i = from; i < to; i++) {
      futures[i] = peer.submit(jobs[i]);
    }
    for (int i = from; i < to; i++) {
      futures[i].join();
    }
  }
}
