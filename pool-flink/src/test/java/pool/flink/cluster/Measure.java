package pool.flink.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import pool.core.Outcome;
import pool.core.WorkerPool;
import pool.flink.FlinkPool;

/**
 * What the adapter costs and what a cluster brings: {@code pool-flink/measure}. All of it runs on
 * one machine, so that figures for several TaskManagers hold for jobs that wait, as most do that
 * have a resource.
 */
final class Measure {

  private static final int WORKERS = 16;
  private static final int REPETITIONS = 3;

  private static final Map<String, String> NOTHING = Map.of("millis", "0");
  private static final Map<String, String> EVEN = Map.of("millis", "5");
  private static final Map<String, String> SKEWED = Map.of("millis", "5", "slow-millis", "20");

  private Measure() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "overhead" -> overhead();
      case "sharing" -> {
        sharing("Jobs of 5 ms, 16 workers", 2_400, EVEN);
        sharing("Every fourth job 25 ms, the others 5 ms, 16 workers", 1_200, SKEWED);
      }
      case "cluster" -> cluster();
      default -> throw new IllegalArgumentException("overhead, sharing or cluster, not " + arguments[0]);
    }
  }

  /** One worker everywhere, and nothing to do: what it costs to hand over a job and its result. */
  private static void overhead() throws Exception {
    int jobs = 200_000;
    print(Slope.head("Jobs that do nothing, 1 worker"));
    Slope local = Slope.measure(jobs, REPETITIONS, n -> local(n, 1, NOTHING));
    print(local.line("local pool, `streamUnordered`", local));
    Slope plain = Slope.measure(jobs, REPETITIONS, n -> plain(n, 1, NOTHING));
    print(plain.line("Flink, `RichMapFunction`", local));
    Slope unordered = Slope.measure(jobs, REPETITIONS, n -> pooled(n, 1, false, NOTHING));
    print(unordered.line("Flink, the adapter, unordered", local));
    Slope ordered = Slope.measure(jobs, REPETITIONS, n -> pooled(n, 1, true, NOTHING));
    print(ordered.line("Flink, the adapter, ordered", local));
  }

  private static void sharing(String what, int jobs, Map<String, String> options) throws Exception {
    print(Slope.head(what));
    Slope local = Slope.measure(jobs, REPETITIONS, n -> local(n, WORKERS, options));
    print(local.line("local pool", local));
    Slope unordered = Slope.measure(jobs, REPETITIONS, n -> pooled(n, WORKERS, false, options));
    print(unordered.line("Flink, the adapter, 1 task of 16 workers", local));
    Slope plain = Slope.measure(jobs, REPETITIONS, n -> plain(n, WORKERS, options));
    print(plain.line("Flink, `RichMapFunction`, 16 subtasks of 1 worker", local));
  }

  private static void cluster() throws Exception {
    int jobs = 16_000;
    Path work = Files.createTempDirectory("pool-flink-");
    Path plugin = NapRun.plugin(work);
    print(Slope.head("Jobs of 5 ms, 16 workers in each task, each task a process"));
    Slope local = Slope.measure(jobs, REPETITIONS, n -> local(n, WORKERS, EVEN));
    print(local.line("local pool, 16 workers", local));
    try (Cluster cluster = new Cluster(work.resolve("cluster"), Artifacts.flink()).start(3)) {
      for (int tasks = 1; tasks <= 3; tasks++) {
        int parallelism = tasks;
        Slope on = Slope.measure(jobs, REPETITIONS, n -> {
          StreamExecutionEnvironment env = cluster.environment(NapRun.jars(plugin));
          pooled(env.setParallelism(parallelism), n, WORKERS, false, EVEN);
        });
        print(on.line(tasks + " TaskManager" + (tasks > 1 ? "s" : ""), local));
      }
    } finally {
      Folders.delete(work);
    }
  }

  private static void local(int jobs, int workers, Map<String, String> options) throws Exception {
    try (WorkerPool<Long, Long> pool =
            WorkerPool.of(new NapFactory()).workers(workers).options(options).open();
        Stream<Outcome<Long, Long>> outcomes =
            pool.streamUnordered(LongStream.range(0, jobs).boxed())) {
      if (outcomes.count() != jobs) {
        throw new IllegalStateException("outcomes are missing");
      }
    }
  }

  private static StreamExecutionEnvironment embedded(int parallelism) {
    return StreamExecutionEnvironment.createLocalEnvironment(parallelism, new Configuration());
  }

  /** Each subtask its own worker, dealt its jobs in turn. */
  private static void plain(int jobs, int subtasks, Map<String, String> options) throws Exception {
    StreamExecutionEnvironment env = embedded(subtasks);
    DataStream<Long> source = env.fromSequence(0, jobs - 1).setParallelism(1);
    source.rebalance().map(new PlainMap(options)).sinkTo(new DiscardingSink<>());
    env.execute();
  }

  private static void pooled(
      int jobs, int workers, boolean ordered, Map<String, String> options) throws Exception {
    pooled(embedded(1), jobs, workers, ordered, options);
  }

  private static void pooled(
      StreamExecutionEnvironment env,
      int jobs,
      int workers,
      boolean ordered,
      Map<String, String> options)
      throws Exception {
    FlinkPool<Long, Long> pool =
        FlinkPool.on(env)
            .factory("nap", Long.class, Long.class)
            .options(options)
            .workersPerTask(workers);
    if (ordered) {
      pool.ordered();
    }
    pool.run(env.fromSequence(0, jobs - 1).setParallelism(1)).sinkTo(new DiscardingSink<>());
    env.execute();
  }

  private static void print(String line) {
    System.out.println(line);
  }
}
