package pool.benchmarks;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/** How long does a whole list of jobs take, even and skewed, on two workers? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class MapBenchmark {

  static final int WORKERS = 2;

  @Param({
    "pool-platform",
    "pool-virtual",
    "parallel-stream",
    "invoke-all",
    "map-concurrent",
    "inline"
  })
  public String by;

  /** Fewer of the long jobs: the largest batch would take hours. */
  @Param({
    "1000x0ns",
    "100000x0ns",
    "10000000x0ns",
    "1000x1us",
    "100000x1us",
    "1000x1ms",
    "1000x1us-skewed",
    "100000x1us-skewed",
    "1000x1ms-skewed"
  })
  public String batch;

  private List<Integer> jobs;
  private BatchPeer peer;

  @Setup
  public void open() {
    jobs = Batch.parse(batch).jobs();
    peer = BatchPeer.open(by, WORKERS, Batch.SPIN);
  }

  @TearDown
  public void close() {
    peer.close();
  }

  @Benchmark
  public List<Integer> map() throws Exception {
    return peer.map(jobs);
  }
}
