package pool.flink.cluster;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
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

  private Measure() {}

  public static void main(String[] arguments) throws Exception {
    switch (arguments[0]) {
      case "overhead" -> overhead();
      case "even" -> sharing("Jobs of 5 ms, 16 workers", 6_000, Map.of("millis", "5"));
      case "skewed" ->
          sharing(
              "Every fourth job 25 ms, the others 5 ms, 16 workers",
              2_400,
              Map.of("millis", "5", "slow-millis", "20"));
      case "cluster" -> cluster(10_000, Map.of("millis", "5"));
      default ->
          throw new IllegalArgumentException(
              "overhead, even, skewed or cluster, not " + arguments[0]);
    }
  }

  /** One worker everywhere, and nothing to do: what it costs to hand over a job and its result. */
  private static void overhead() throws Exception {
    int jobs = 400_000;
    Map<String, String> nothing = Map.of("millis", "0", "each", "false");
    print(Slope.head("Jobs that do nothing, 1 worker"));
    Slope local = told(jobs, nothing, (n, with) -> local(n, 1, with));
    print(local.line("local pool, `streamUnordered`", local));
    Slope plain = told(jobs, nothing, (n, with) -> plain(n, 1, with));
    print(plain.line("Flink, `RichMapFunction`", local));
    Slope unordered = told(jobs, nothing, (n, with) -> pooled(embedded(1), n, 1, false, with));
    print(unordered.line("Flink, the adapter, unordered", local));
    Slope ordered = told(jobs, nothing, (n, with) -> pooled(embedded(1), n, 1, true, with));
    print(ordered.line("Flink, the adapter, ordered", local));
  }

  private static void sharing(String what, int jobs, Map<String, String> options) throws Exception {
    print(Slope.head(what));
    Slope local = told(jobs, options, (n, with) -> local(n, WORKERS, with));
    print(local.line("local pool", local));
    Slope pooled = told(jobs, options, (n, with) -> pooled(embedded(1), n, WORKERS, false, with));
    print(pooled.line("Flink, the adapter, 1 task of 16 workers", local));
    Slope plain = told(jobs, options, (n, with) -> plain(n, WORKERS, with));
    print(plain.line("Flink, `RichMapFunction`, 16 subtasks of 1 worker", local));
  }

  private static void cluster(int jobs, Map<String, String> options) throws Exception {
    Path work = Files.createTempDirectory("pool-flink-");
    Path plugin = NapRun.plugin(work);
    print(Slope.head("Jobs of 5 ms, 16 workers in each task, each task a process"));
    Slope local = told(jobs, options, (n, with) -> local(n, WORKERS, with));
    print(local.line("local pool, 16 workers", local));
    try (Cluster cluster = new Cluster(work.resolve("cluster"), Artifacts.flink()).start(3)) {
      for (int tasks = 1; tasks <= 3; tasks++) {
        int parallelism = tasks;
        Slope pooled =
            told(
                jobs,
                options,
                (n, with) -> {
                  StreamExecutionEnvironment env = cluster.environment(NapRun.jars(plugin));
                  pooled(env.setParallelism(parallelism), n, WORKERS, false, with);
                });
        print(pooled.line("Flink, TaskManagers: " + tasks, local));
      }
    } finally {
      Folders.delete(work);
    }
  }

  private interface Jobs {
    void run(int jobs, Map<String, String> options) throws Exception;
  }

  /** By what the workers have written down, wherever they were. */
  private static Slope told(int jobs, Map<String, String> options, Jobs run) throws Exception {
    return Slope.measure(
        jobs,
        REPETITIONS,
        n -> {
          Path journal = Files.createTempDirectory("pool-flink-");
          Map<String, String> with = new HashMap<>(options);
          with.put("journal", journal.toString());
          run.run(n, with);
          double seconds = Journal.sum(journal).seconds();
          Folders.delete(journal);
          return seconds;
        });
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
      StreamExecutionEnvironment env,
      int jobs,
      int workers,
      boolean ordered,
      Map<String, String> options)
      throws Exception {
    env.enableCheckpointing(1_000); // in the end a run waits for one
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
