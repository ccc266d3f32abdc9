package pool.benchmarks;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
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

/**
 * What does an open pool cost that has nothing, or next to nothing, to do?
 *
 * <p>Counts the processor time of all Java threads, carriers included. That of the whole process
 * would be coarser (whole clock ticks) and mostly the compiler's. {@code none} is the same JVM
 * without a pool: the thread that measures, which wakes as often as one that submits.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 0)
@Measurement(iterations = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class IdleBenchmark {

  private static final int SECONDS = 10;
  private static final int WORKERS = 8;

  @Param({"none", "pool-platform", "pool-virtual", "thread-pool-linked"})
  public String by;

  @Param({"0", "10"})
  public int jobsPerSecond;

  private Peer peer;

  /** Gives it some work first, so that what starts late has started. */
  @Setup
  public void open() throws InterruptedException {
    peer = Peer.open(by.equals("none") ? "inline" : by, WORKERS, 1_024, Work.TRIVIAL);
    for (int i = 0; i < 1_000; i++) {
      peer.submit(i).join();
    }
    Thread.sleep(1_000);
  }

  @TearDown
  public void close() {
    peer.close();
  }

  @Benchmark
  public void idle(Processor processor) throws InterruptedException {
    long before = Processor.nanos();
    if (jobsPerSecond == 0) {
      Thread.sleep(SECONDS * 1_000);
    } else {
      for (int i = 0; i < SECONDS * jobsPerSecond; i++) {
        Thread.sleep(1_000 / jobsPerSecond);
        peer.submit(i).join();
      }
    }
    processor.share = (Processor.nanos() - before) / (SECONDS * 1e9);
  }

  /** The share of one processor that was used. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Processor {
    public double share;

    static long nanos() {
      ThreadMXBean threads = ManagementFactory.getThreadMXBean();
      long sum = 0;
      for (long id : threads.getAllThreadIds()) {
        sum += Math.max(0, threads.getThreadCpuTime(id)); // -1: it has ended
      }
      return sum;
    }
  }
}
