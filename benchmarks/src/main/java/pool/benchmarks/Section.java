package pool.benchmarks;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/**
 * What one benchmark has to say.
 *
 * @param text Markdown, after the heading
 */
record Section(String heading, String text, List<Plot> plots) {

  private static final List<String> OURS = List.of("pool-platform", "pool-virtual");

  static List<Section> all(Run run) {
    return List.of(
        cacheLine(run),
        submit(run),
        roundTrip(run),
        map(run),
        manyWorkers(run),
        resource(run),
        groupCommit(run),
        processes(run),
        idle(run));
  }

  private static Section cacheLine(Run run) {
    String nanos =
        run.of("CacheLineBenchmark.toAndFro", Map.of()).stream()
            .map(m -> "**%s ns**.\n\n".formatted(Figures.plain(m.time())))
            .findFirst()
            .orElse("not measured.\n\n");
    String text =
        """
        How long does a cache line take to another processor and back? What is handed from one
        thread to another cannot be faster than that, unless several lines are under way at a time.
        On this machine:
        """;
    return new Section("A cache line", text.strip() + " " + nanos, List.of());
  }

  private static Section submit(Run run) {
    List<Measurement> all = run.of("SubmitBenchmark.submit", Map.of());
    Function<Measurement, String> column = m -> m.param("submitters") + " to " + m.param("workers");
    String text =
        """
        What does a submitted trivial job cost, when 100,000 are submitted and their results
        awaited? Columns: how many threads submit to how many workers. `inline` completes the same
        future in place: what nobody can beat. `kotlin-io` is `Dispatchers.IO` with limited
        parallelism, as an executor. The Disruptor's handlers deal the jobs, so it can
        do this job, but not that of a pool. `virtual-per-task` has as many threads as jobs.

        """
            + times("ns a job", all, column, Measurement::time)
            + Grid.of(all, Section::by, column, Measurement::bytes)
                .markdown("bytes a job", Figures::plain)
            + """
            Where the processors are while one thread submits to two platform workers, by `benchmarks/run
            flame`: the pool's methods are orange, the JDK's blue.

            ![A submitted job](plots/submit-flame.svg)

            """;
    return new Section(
        "Submit",
        text,
        List.of(
            submitPlot(run, "two workers", "submitters", Map.of("workers", "2")),
            submitPlot(run, "one submitter", "workers", Map.of("submitters", "1"))));
  }

  private static Plot submitPlot(
      Run run, String title, String parameter, Map<String, String> fixed) {
    return new Plot(
        "submit-by-" + parameter,
        "A submitted job, " + title,
        run.of("SubmitBenchmark.submit", fixed),
        parameter,
        m -> Integer.parseInt(m.param(parameter)),
        "ns a job",
        Measurement::time);
  }

  private static Section roundTrip(Run run) {
    List<Measurement> all = new ArrayList<>(run.of("RoundTripBenchmark.backToBack", Map.of()));
    all.addAll(run.of("RoundTripBenchmark.afterPause", Map.of()));
    String text =
        """
        How long does it take to submit one job to an idle pool and to have its result? Back to
        back, so that a worker may still be looking for work, and after a pause of a millisecond,
        so that all sleep. Two workers.

        """
            + times(
                "ns",
                all,
                m -> m.benchmark().endsWith("Pause") ? "after a pause" : "back to back",
                Measurement::time);
    return new Section("Round trip", text, List.of());
  }

  private static Section map(Run run) {
    List<Measurement> all = run.of("MapBenchmark.map", Map.of());
    Function<Measurement, String> column = m -> m.param("batch");
    ToDoubleFunction<Measurement> perJob = m -> m.time() / batch(m).size();
    List<Measurement> timed = all.stream().filter(m -> batch(m).nanos() > 0).toList();
    String text =
        """
        How long does a whole list take on two workers? Columns: how many jobs of which cost;
        skewed: one in a hundred takes a thousand times as long. The jobs spin until their time is
        over. The ideal makespan is the sum of their times over two processors, or the longest
        job's.

        """
            + times("ns a job", all, column, perJob)
            + Grid.of(all, Section::by, column, m -> m.bytes() / batch(m).size())
                .markdown("bytes a job", Figures::plain)
            + Grid.of(
                    timed,
                    Section::by,
                    column,
                    m -> m.time() / batch(m).idealNanos(MapBenchmark.WORKERS))
                .markdown("time / ideal makespan", Figures::ratio);
    List<Measurement> trivial = all.stream().filter(m -> batch(m).nanos() == 0).toList();
    Plot plot =
        new Plot(
            "map-by-jobs",
            "A trivial job of a batch, two workers",
            trivial,
            "jobs",
            m -> batch(m).size(),
            "ns a job",
            perJob);
    return new Section("Map", text, List.of(plot));
  }

  private static Section manyWorkers(Run run) {
    List<Measurement> all = run.of("ManyWorkersBenchmark.wait10ms", Map.of());
    Function<Measurement, String> column = m -> m.param("workers");
    ToDoubleFunction<Measurement> share =
        m -> ManyWorkersBenchmark.idealMillis(workers(m)) / m.time();
    String text =
        """
        What do many virtual workers reach, when each job waits 10 ms? Columns: workers. The ideal
        is that every worker always waits. `virtual-per-task-limited` has a semaphore with so many
        permits.

        """
            + Grid.of(all, Section::by, column, share)
                .markdown("throughput / ideal", Figures::ratio)
            + """
            What does a pool of virtual workers take to open and to close, and what do idle
            workers hold? Most of that is the stack on which a worker waits, which is several
            times as large while its code is not compiled: so fewer workers hold more each.

            """
            + lives(run).markdown("pool-virtual", Figures::plain);
    Plot plot =
        new Plot(
            "many-workers",
            "Jobs that wait 10 ms",
            all,
            "workers",
            Section::workers,
            "us a job",
            m -> 1_000 * m.time() / ManyWorkersBenchmark.jobs(workers(m)));
    return new Section("Many workers", text, List.of(plot));
  }

  private static Grid lives(Run run) {
    Grid life = new Grid();
    for (Measurement each : run.of("ManyWorkersBenchmark.open", Map.of())) {
      life.put("open, ms", each.param("workers"), each.time());
      life.put("heap, bytes a worker", each.param("workers"), each.secondary("bytesPerWorker"));
    }
    for (Measurement each : run.of("ManyWorkersBenchmark.close", Map.of())) {
      life.put("close, ms", each.param("workers"), each.time());
    }
    return life;
  }

  private static Section resource(Run run) {
    String text =
        """
        What does a job cost that needs an open resource, by the way in which it comes by it? Two
        resources, 10,000 jobs. The counter costs nothing itself, so that it shows what dispatch
        and access cost; SQLite reads one row by its key. With a `ThreadLocal` on virtual threads
        each job opens its own, and must close it.

        """
            + times(
                "ns a job",
                run.of("ResourceBenchmark.use", Map.of()),
                m -> m.param("resource"),
                Measurement::time);
    return new Section("Resource", text, List.of());
  }

  private static Section groupCommit(Run run) {
    List<Measurement> both =
        Stream.of("submitters1", "submitters8", "submitters64")
            .flatMap(method -> run.of("GroupCommitBenchmark." + method, Map.of()).stream())
            .sorted(
                Comparator.comparing((Measurement m) -> m.param("database")).reversed()) // stable
            .toList();
    Predicate<Measurement> isDurable = m -> !m.param("database").endsWith("-unsynced");
    List<Measurement> all = both.stream().filter(isDurable).toList();
    List<Measurement> unsynced = both.stream().filter(isDurable.negate()).toList();
    List<Measurement> lone = all.stream().filter(m -> m.threads() == 1).toList();
    Function<Measurement, String> column = m -> m.param("database") + ", " + m.threads();
    Function<Measurement, String> database = m -> m.param("database");
    ToDoubleFunction<Measurement> micros = m -> 1e6 / m.time();
    Grid syncs =
        Grid.of(
            run.of("SyncBenchmark.sync", Map.of()),
            m -> m.param("call"),
            m -> m.param("file"),
            Measurement::time);
    String text =
        """
        How many durable rows a second does one worker write, when each submitter waits for its row
        before it submits the next? `pool-platform` and `pool-virtual` have a `BatchWorker`;
        `commit-per-job` is a plain worker of the pool, with a commit for each row; `drain-to` is a
        thread written by hand, which takes an entry, drains up to 99 more from a blocking queue,
        commits and completes the futures. A row is a number and 100 characters; all write it with
        the same statements. SQLite has a write-ahead log and `synchronous=FULL`, with which a
        commit is one sync; with a rollback journal it is four, so that there is more to gain.
        PostgreSQL has `fsync` and `synchronous_commit` on. After each iteration the rows are
        counted on another connection: each whose future was seen done is there, and no other.
        By itself, on a disk of your choice: `java -jar
        benchmarks/target/benchmarks-0.1.0-SNAPSHOT-runnable.jar GroupCommitBenchmark -prof gc
        -p folder=DIR`.

        What one sync of 4 KiB takes, in a file that is there and in one that grows, by
        `FileChannel.force(true)`, which is `fsync`, as SQLite calls it, and by `force(false)`,
        which is `fdatasync`, as PostgreSQL does:

        """
            + syncs.markdown("us", Figures::plain)
            + """
            Columns: the database, and how many threads submit. Here a ratio above 1 is the
            pool's win.

            """
            + figures(
                "rows a second",
                Grid.of(all, Section::by, column, Measurement::time),
                "figure",
                all)
            + Grid.of(all, Section::by, column, m -> m.secondary("rowsPerCommit"))
                .markdown("rows a commit", Figures::plain)
            + """
            The time of a row with one submitter, where there is nothing to gather. Below 1 the
            pool wins.

            """
            + figures("us", Grid.of(lone, Section::by, database, micros), "figure", lone)
            + """
            What else a row costs: SQLite with `synchronous=OFF`, which leaves the syncs to the
            system and is not durable. The bytes are those of the driver, too.

            """
            + figures(
                "rows a second",
                Grid.of(unsynced, Section::by, column, Measurement::time),
                "figure",
                unsynced)
            + Grid.of(unsynced, Section::by, column, Measurement::bytes)
                .markdown("bytes a job", Figures::plain);
    return new Section("Group commit", text, List.of());
  }

  private static Section processes(Run run) {
    List<Measurement> jobs =
        Stream.of(
                "ProcessBenchmark.roundTrip",
                "ProcessPerJobBenchmark.roundTrip",
                "ProcessBenchmark.submit",
                "ProcessBenchmark.submitToBatchWorkers",
                "ProcessBenchmark.bulk")
            .flatMap(method -> run.of(method, Map.of()).stream())
            .toList();
    Function<Measurement, String> column =
        m -> m.benchmark().substring(m.benchmark().lastIndexOf('.') + 1);
    String text =
        """
        What does a job cost that another process does? It adds one to a number. `python` is
        `multiprocessing.Pool`: `apply`, `apply_async` (twice, since it has no batch workers), and
        `map`, which sends eight chunks. Two processes, for the round trip one. `process-per-job`
        starts `expr` for each.

        """
            + times("us a job", jobs, column, Measurement::time)
            + """
            Eight processes are opened, do a job each, and are closed. Python forks its own.

            """
            + Grid.of(
                    run.of("ProcessBenchmark.openAndClose", Map.of()),
                    Section::by,
                    _ -> "ms",
                    m -> m.time() / 1_000)
                .markdown("open and close", Figures::plain);
    return new Section("Processes", text, List.of());
  }

  private static Section idle(Run run) {
    Grid grid =
        Grid.of(
            run.of("IdleBenchmark.idle", Map.of()),
            Section::by,
            m -> m.param("jobsPerSecond") + " jobs a second",
            m -> m.secondary("share"));
    String text =
        """
        What does an open pool of eight workers cost that has nothing to do, or ten jobs a second?
        Processor time of all Java threads over ten seconds, as a share of one processor; `none` is
        the same JVM without a pool.

        """
            + grid.markdown("share of a processor", Figures::plain);
    return new Section("Idle", text, List.of());
  }

  /** What each takes, and the ratio of ours to each peer. */
  private static String times(
      String unit,
      List<Measurement> all,
      Function<Measurement, String> column,
      ToDoubleFunction<Measurement> time) {
    return figures(unit, Grid.of(all, Section::by, column, time), "time", all);
  }

  /** The figures, the ratio of ours to each peer, and how far the iterations are apart. */
  private static String figures(String unit, Grid figures, String figure, List<Measurement> all) {
    StringBuilder text = new StringBuilder(figures.markdown(unit, Figures::plain));
    for (String ours : OURS) {
      text.append(figures.ratiosOf(ours).markdown(ours + " / peer", Figures::ratio));
    }
    double[] spreads = all.stream().mapToDouble(Measurement::spread).sorted().toArray();
    if (spreads.length > 0) {
      text.append(
          "Half the range of the iterations: usually %s, at worst %s of the %s.\n\n"
              .formatted(
                  Figures.percent(spreads[spreads.length / 2]),
                  Figures.percent(spreads[spreads.length - 1]),
                  figure));
    }
    return text.toString();
  }

  private static String by(Measurement measurement) {
    return measurement.param("by");
  }

  private static int workers(Measurement measurement) {
    return Integer.parseInt(measurement.param("workers"));
  }

  private static Batch batch(Measurement measurement) {
    return Batch.parse(measurement.param("batch"));
  }
}
