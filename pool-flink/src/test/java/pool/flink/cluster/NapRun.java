package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.LongStream;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.util.CloseableIterator;
import pool.core.Outcome;
import pool.flink.FlinkPool;

/** A Flink job over naps, whose outcomes arrive here while a test looks at it from outside. */
record NapRun(
    Rest rest, String id, Path journal, CompletableFuture<List<Outcome<Long, Long>>> outcomes) {

  static final int JOBS = 20_000;
  static final int WORKERS = 16;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** Submits it; the plugin travels with it, in a jar of its own. */
  static NapRun start(
      Cluster cluster, Path folder, int tasks, UnaryOperator<FlinkPool<Long, Long>> how)
      throws Exception {
    Path journal = Files.createDirectory(folder.resolve("journal"));
    StreamExecutionEnvironment env = cluster.environment(jars(plugin(folder)));
    env.setParallelism(tasks);
    env.enableCheckpointing(500);
    FlinkPool<Long, Long> pool =
        FlinkPool.on(env)
            .factory("nap", Long.class, Long.class)
            .option("journal", journal.toString())
            .workersPerTask(WORKERS);
    DataStream<Outcome<Long, Long>> stream =
        how.apply(pool).run(env.fromSequence(0, JOBS - 1).setParallelism(1));
    CloseableIterator<Outcome<Long, Long>> arriving = stream.collectAsync();
    JobClient job = env.executeAsync("naps");
    return new NapRun(cluster.rest(), job.getJobID().toString(), journal, collect(arriving));
  }

  /** The plugin in a jar of its own. */
  static Path plugin(Path folder) throws IOException {
    return Jars.jar(
        folder.resolve("nap.jar"),
        Map.of("META-INF/services/pool.api.WorkerFactory", NapFactory.class.getName()),
        NapFactory.class.getNestMembers());
  }

  /** What travels with a Flink job. */
  static List<Path> jars(Path plugin) {
    List<Path> jars = new ArrayList<>(Artifacts.ofTheJob());
    jars.add(plugin);
    return jars;
  }

  private static CompletableFuture<List<Outcome<Long, Long>>> collect(
      CloseableIterator<Outcome<Long, Long>> arriving) {
    CompletableFuture<List<Outcome<Long, Long>>> outcomes = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .start(() -> {
          try (arriving) {
            List<Outcome<Long, Long>> arrived = new ArrayList<>();
            arriving.forEachRemaining(arrived::add);
            outcomes.complete(arrived);
          } catch (Throwable e) {
            outcomes.completeExceptionally(e);
          }
        });
    return outcomes;
  }

  /** Waits until so many jobs have run. */
  void awaitRuns(int atLeast) throws Exception {
    Journal.awaitRuns(
        journal,
        atLeast,
        PATIENCE,
        () -> "fewer than " + atLeast + " jobs ran; the Flink job is " + stateOrWhyNot());
  }

  void awaitState(String state) throws Exception {
    Eventually.await(
        PATIENCE, () -> rest.state(id).equals(state), () -> state + ", but " + stateOrWhyNot());
  }

  private String stateOrWhyNot() {
    try {
      return rest.state(id);
    } catch (Exception e) {
      return e.toString();
    }
  }

  /** What Flink has restarted it for. */
  int failures() throws Exception {
    return rest.get("/jobs/" + id + "/exceptions").at("/exceptionHistory/entries").size();
  }

  /** All that came, when it is over. */
  List<Outcome<Long, Long>> all() throws Exception {
    return outcomes.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  /** One outcome for each job, none twice, none missing. */
  List<Outcome<Long, Long>> oneForEachJob() throws Exception {
    List<Outcome<Long, Long>> all = all();
    assertEquals(JOBS, all.size());
    assertEquals(
        LongStream.range(0, JOBS).boxed().toList(),
        all.stream().map(Outcome::job).sorted().toList());
    return all;
  }
}
