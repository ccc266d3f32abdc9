package pool.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

/** How long does it take to submit one job to an idle pool and to have its result? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class RoundTripBenchmark {

  private static final Integer JOB = 1;

  // With one round a millisecond the warm-up would end in code that is compiled but half, and the
  // more methods a peer has the slower; a service that has been up for a while is past that.
  private static final int ROUNDS_TO_COMPILE = 200_000;

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

  private Peer peer;

  @Setup
  public void open() {
    peer = Peer.open(by, 2, 1_024, Work.TRIVIAL);
    for (int i = 0; i < ROUNDS_TO_COMPILE; i++) {
      Integer _ = peer.submit(JOB).join();
    }
  }

  @TearDown
  public void close() {
    peer.close();
  }

  /** One after the other, so that a worker may still be looking for work. */
  @Benchmark
  public Integer backToBack() {
    return peer.submit(JOB).join();
  }

  /** After a millisecond in which nothing happened, so that every worker sleeps. */
  @Benchmark
  public Integer afterPause(Pause pause) {
    return peer.submit(JOB).join();
  }

  /** The millisecond, which JMH does not count. */
  @State(Scope.Thread)
  public static class Pause {
    @Setup(Level.Invocation)
    public void pause() {
      LockSupport.parkNanos(1_000_000);
    }
  }
}
