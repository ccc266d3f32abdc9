package pool.benchmarks;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What does a job cost for which a process is started, of a program that adds one to a number? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class ProcessPerJobBenchmark {

  @Param("process-per-job")
  public String by;

  private int job;

  @Benchmark
  public int roundTrip() throws IOException, InterruptedException {
    Process process = new ProcessBuilder("expr", Integer.toString(job++), "+", "1").start();
    String told = new String(process.getInputStream().readAllBytes(), US_ASCII).strip();
    process.waitFor();
    return Integer.parseInt(told);
  }
}
