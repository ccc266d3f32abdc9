package pool.benchmarks;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How long does a cache line take to another processor and back? What is handed from one thread to
 * another cannot be faster than that, unless several lines are under way at a time.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class CacheLineBenchmark {

  private static final int HERE = 0;
  private static final int THERE = 1;
  private static final int OVER = 2;

  private final AtomicInteger ball = new AtomicInteger(HERE);
  private Thread partner;

  @Setup
  public void start() {
    ball.set(HERE);
    partner = new Thread(this::playBack);
    partner.start();
  }

  private void playBack() {
    int seen;
    while ((seen = ball.get()) != OVER) {
      if (seen == THERE) {
        ball.set(HERE);
      }
    }
  }

  @TearDown
  public void stop() throws InterruptedException {
    ball.set(OVER);
    partner.join();
  }

  @Benchmark
  public void toAndFro() {
    ball.set(THERE);
    while (ball.get() != HERE) {} // no pause: that would be measured, too
  }
}
