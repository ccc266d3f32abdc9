package pool.benchmarks;

import java.io.IOException;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
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
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;

/**
 * How many durable rows a second does one worker write, when each submitter waits for its row
 * before it submits the next?
 *
 * <p>After each iteration the rows are counted on another connection: each whose future was seen
 * done is there, and no other.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 1)
@Measurement(iterations = 3, time = 1)
@Fork(
    value = 2,
    jvmArgs = {"-Xms512m", "-Xmx512m", "-XX:+AlwaysPreTouch"})
public class GroupCommitBenchmark {

  private static final int CAPACITY = 1_024;

  @Benchmark
  @Threads(1)
  public Integer submitters1(Load load, Commits commits) {
    return load.write();
  }

  @Benchmark
  @Threads(8)
  public Integer submitters8(Load load, Commits commits) {
    return load.write();
  }

  @Benchmark
  @Threads(64)
  public Integer submitters64(Load load, Commits commits) {
    return load.write();
  }

  /** What writes, and where. */
  @State(Scope.Benchmark)
  public static class Load {

    private static final Integer JOB = 1;

    /**
     * A batch worker of the pool on two kinds of threads, a plain worker of it, and what is written
     * by hand.
     */
    @Param({"pool-platform", "pool-virtual", "commit-per-job", "drain-to"})
    public String by;

    /** Or {@code sqlite-rollback-journal}, {@code sqlite-unsynced}. */
    @Param({"sqlite", "postgresql"})
    public String database;

    /** Where; if empty, in a temporary folder that is not in memory. */
    @Param("")
    public String folder;

    private final LongAdder seenDone = new LongAdder();
    private final LongAdder commits = new LongAdder();
    private Disk disk;
    private Store store;
    private Peer peer;
    private long rowsBefore;
    private long commitsBefore;

    @Setup
    public void open() throws IOException, SQLException {
      disk = Disk.newFolder(folder);
      store = Store.open(database, disk.folder());
      peer =
          switch (by) {
            case "pool-platform" -> pool(ThreadKind.PLATFORM, context -> new Rows(own(context)));
            case "pool-virtual" -> pool(ThreadKind.VIRTUAL, context -> new Rows(own(context)));
            case "commit-per-job" -> pool(ThreadKind.PLATFORM, context -> row(own(context)));
            case "drain-to" -> new DrainPeer(new Store.Writer(store, commits));
            default -> throw new IllegalArgumentException("nobody is named '" + by + "'");
          };
    }

    private static Peer pool(ThreadKind threads, WorkerFactory.Opener<Integer, Integer> opener) {
      return Peer.pool(threads, 1, CAPACITY, opener);
    }

    private Store.Writer own(WorkerContext context) throws SQLException {
      return context.own(new Store.Writer(store, commits));
    }

    private static Worker<Integer, Integer> row(Store.Writer writer) {
      return job -> {
        writer.write(job);
        return job;
      };
    }

    Integer write() {
      Integer result = peer.submit(JOB).join();
      seenDone.increment();
      return result;
    }

    @Setup(Level.Iteration)
    public void begin() {
      rowsBefore = seenDone.sum();
      commitsBefore = commits.sum();
    }

    double rowsPerCommit() {
      return (double) (seenDone.sum() - rowsBefore) / (commits.sum() - commitsBefore);
    }

    @TearDown(Level.Iteration)
    public void verify() throws SQLException {
      long rows = store.count();
      if (rows != seenDone.sum()) {
        throw new IllegalStateException(
            "%d rows are there, but %d were seen done".formatted(rows, seenDone.sum()));
      }
    }

    @TearDown
    public void close() throws IOException {
      peer.close();
      store.close();
      disk.close();
    }
  }

  /** The worker of the guide: what has gathered goes into one transaction. */
  private record Rows(Store.Writer writer) implements BatchWorker<Integer, Integer> {
    @Override
    public void runAll(List<Integer> jobs, Results<Integer> results) throws Exception {
      try {
        writer.write(jobs);
      } catch (SQLException e) {
        writer.rollBack();
        throw new BatchRolledBackException(e);
      }
      for (int i = 0; i < jobs.size(); i++) {
        results.succeeded(i, jobs.get(i));
      }
    }
  }

  /** How many rows share a commit. JMH adds up what the threads say: each says its share. */
  @AuxCounters(AuxCounters.Type.EVENTS)
  @State(Scope.Thread)
  public static class Commits {
    public double rowsPerCommit;

    @TearDown(Level.Iteration)
    public void measure(Load load, ThreadParams threads) {
      rowsPerCommit = load.rowsPerCommit() / threads.getThreadCount();
    }
  }
}
