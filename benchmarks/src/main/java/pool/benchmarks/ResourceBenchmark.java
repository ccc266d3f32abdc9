package pool.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
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
import pool.core.ThreadKind;

/** What does a job cost that needs an open resource, by the way in which it comes by it? */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class ResourceBenchmark {

  private static final int JOBS = 10_000;
  private static final int WORKERS = 2;

  @Param({
    "pool-platform",
    "pool-virtual",
    "thread-local-on-thread-pool-linked",
    "thread-local-on-virtual-per-task",
    "commons-pool2-on-thread-pool-linked",
    "commons-pool2-on-virtual-per-task",
    "stormpot-on-thread-pool-linked",
    "stormpot-on-virtual-per-task",
    "open-per-job-on-thread-pool-linked"
  })
  public String by;

  /** A counter costs nothing itself, and so shows what coming by it costs; the other is real. */
  @Param({"counter", "sqlite"})
  public String resource;

  private final Integer[] jobs = new Integer[JOBS];
  private final CompletableFuture<?>[] futures = new CompletableFuture<?>[JOBS];
  private Path database;
  private Access access;
  private Peer peer;

  @Setup
  public void open() throws IOException, SQLException {
    for (int i = 0; i < JOBS; i++) {
      jobs[i] = i;
    }
    database = Files.createTempFile("benchmark", ".db");
    Resource.Row.createTable(database, JOBS);
    Supplier<Resource> opener = () -> Resource.open(resource, database);
    switch (by) {
      case "pool-platform" -> peer = perWorker(ThreadKind.PLATFORM, opener);
      case "pool-virtual" -> peer = perWorker(ThreadKind.VIRTUAL, opener);
      default -> {
        String[] parts = by.split("-on-", 2);
        access = Access.open(parts[0], WORKERS, parts[1].startsWith("virtual"), opener);
        peer = new Peer.OnExecutor(Peer.executor(parts[1], WORKERS, JOBS), access);
      }
    }
  }

  private static Peer perWorker(ThreadKind threads, Supplier<Resource> opener) {
    return Peer.pool(threads, WORKERS, JOBS, context -> context.own(opener.get())::use);
  }

  @TearDown
  public void close() throws IOException {
    peer.close();
    if (access != null) {
      access.close();
    }
    Files.delete(database);
  }

  @Benchmark
  @OperationsPerInvocation(JOBS)
  public Object use() {
    for (int i = 0; i < JOBS; i++) {
      futures[i] = peer.submit(jobs[i]);
    }
    for (CompletableFuture<?> each : futures) {
      each.join();
    }
    return futures;
  }
}
