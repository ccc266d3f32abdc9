package pool.cli;

import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import pool.api.WorkerFactory;
import pool.cli.input.LineSource;
import pool.core.CloseReport;
import pool.core.Distribution;
import pool.core.OpenFailedException;
import pool.core.PoolInterruptedException;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** {@code pool run}. */
@Command(
    name = "run",
    description = {
      "Makes a job of each line of input, and writes each outcome as a line of JSON.",
      "Ctrl-C, SIGTERM and SIGHUP stop reading and finish what was read; a second one aborts.",
      "With --plugins, SIGUSR1 loads the plugins again and replaces the workers, one by one."
    },
    mixinStandardHelpOptions = true,
    sortOptions = false)
final class RunCommand implements Callable<Integer> {

  private static final Duration PROGRESS_INTERVAL = Duration.ofSeconds(3);
  private static final String COMMAND = "command"; // the name of the option that takes a program

  /** The share of the heap for the characters of lines in memory, which are there several times. */
  private static final int SHARE_OF_MEMORY = 16;

  @Parameters(
      index = "0",
      paramLabel = "NAME",
      description = "the factory, as 'pool list' names it")
  @SuppressWarnings("NullAway.Init")
  String name;

  @Parameters(
      index = "1..*",
      arity = "0..*",
      paramLabel = "WORD",
      description =
          "after --, for a factory with the option 'command': a program and its arguments")
  List<String> command = List.of();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Plugins plugins;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "how many workers (default: the processors)")
  int workers = Runtime.getRuntime().availableProcessors();

  @Option(
      names = "--threads",
      paramLabel = "KIND",
      description = "virtual or platform (default: virtual)")
  ThreadKind threads = ThreadKind.VIRTUAL;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Processes processes;

  @Option(
      names = "--distribution",
      paramLabel = "HOW",
      description =
          "shared: a free worker takes the next job; even: jobs are dealt in turn"
              + " (default: shared)")
  Distribution distribution = Distribution.SHARED;

  @Option(
      names = "--queue",
      paramLabel = "N",
      description = "how many jobs may wait (default: ${DEFAULT-VALUE})")
  int queue = 1_024;

  @Option(
      names = "-o",
      paramLabel = "KEY=VALUE",
      description =
          "an option of the factory, as 'pool describe' names it; env:NAME is the value of a"
              + " variable of the environment")
  Map<String, String> options = new LinkedHashMap<>();

  @Mixin
  @SuppressWarnings("NullAway.Init")
  PoolLimits limits;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  RunFiles files;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  Resume resume;

  @Option(
      names = "--progress",
      paramLabel = "HOW",
      description =
          "auto: a bar, when standard error is a terminal on which no outcomes are shown; plain: a"
              + " line every few seconds; none (default: auto)")
  Progress.Kind progress = Progress.Kind.AUTO;

  @Mixin
  @SuppressWarnings("NullAway.Init")
  InputOptions input;

  @Option(names = "--keep-going", description = "do not stop at the first failure")
  boolean keepGoing;

  @Option(
      names = "--close-timeout",
      paramLabel = "D",
      converter = PoolLimits.DurationConverter.class,
      description =
          "how long the jobs that were read may take once reading has ended, such as 30s"
              + " (default: for ever)")
  @Nullable Duration closeTimeout;

  @Spec
  @SuppressWarnings("NullAway.Init")
  CommandSpec spec;

  RunCommand() {}

  @Override
  public Integer call() throws Exception {
    Ending ending = Ending.OF_PROCESS;
    ending.enter(new Ending.Idle("it looked for plugins and opened its files"));
    files.look();
    WorkerFactory<Object, Object> factory = processes.factory(plugins, name);
    takeCommand(factory);
    Function<InputStream, LineSource> sources = input.sources(factory);
    GivenOptions.warnings(factory, options).forEach(spec.commandLine().getErr()::println);
    Map<String, String> given = GivenOptions.values(files.options(), options);
    Upgrade upgrade = new Upgrade(name, () -> processes.factory(plugins, name), given);
    if (plugins.areDirectory()) {
      upgrade.listen();
    }
    WorkerPool.Builder<Line, Object> builder = builder(factory, given);
    // Not closed: the reader may be blocked in it, and closing would wait for that.
    LineSource lines = sources.apply(files.in());
    InputOptions.checkHeader(lines, files);
    Output out = files.out();
    Earlier earlier = resume.earlier(files, input.format, out);
    String how =
        Times.count(workers, "worker", "workers")
            + (" on " + threads.name().toLowerCase(Locale.ROOT) + " threads")
            + (processes.wanted ? ", each in a process" : "");
    Tally tally = new Tally();
    Views views = new Views(factory.name(), how, Invocation.of(spec, factory, given), files);
    views.listenTo(builder);
    try (out) {
      ending.enter(new Opening(Thread.currentThread()));
      Optional<WorkerPool<Line, Object>> opened = open(builder, views);
      if (opened.isEmpty()) {
        return Main.FAILED; // unless the signal says more
      }
      WorkerPool<Line, Object> pool = opened.get();
      Room room =
          new Room((long) workers + queue, Runtime.getRuntime().maxMemory() / SHARE_OF_MEMORY);
      LineRun run =
          new LineRun(
              pool,
              factory,
              lines,
              earlier,
              new Recorder(out, files.sync, tally, room),
              room,
              tally,
              keepGoing,
              Optional.ofNullable(closeTimeout));
      ending.enter(run);
      begin(out, earlier, pool);
      earlier.summary().forEach(spec.commandLine().getErr()::println);
      upgrade.begins(pool, run);
      List<String> summary = new ArrayList<>(toTheEnd(run, tally, earlier, pool));
      summary.addAll(processes.summary());
      ending.enter(new Writing());
      summary.forEach(spec.commandLine().getErr()::println);
      List<String> wrong = views.end(summary, tally, pool.stats());
      wrong.forEach(spec.commandLine().getErr()::println);
      return run.status() == Main.OK && !wrong.isEmpty() ? Main.FAILED : run.status();
    }
  }

  /** Makes the words after the name the value of the factory's option. */
  private void takeCommand(WorkerFactory<?, ?> factory) {
    if (command.isEmpty()) {
      return;
    }
    if (factory.options().stream().noneMatch(option -> option.isFor(COMMAND))) {
      throw new BadUsageException(
          "factory '%s' has no option '%s', so nothing may follow its name, but there is '%s'"
              .formatted(name, COMMAND, command.getFirst()),
          null);
    }
    if (options.put(COMMAND, Invocation.words(command)) != null) {
      throw new BadUsageException(
          "the command is given twice: after --, and by -o %s=...".formatted(COMMAND), null);
    }
  }

  /** The stage while workers open; a signal ends it. No line was read, so nothing is lost. */
  private record Opening(Thread main) implements Ending.Stage {

    @Override
    public String doing() {
      return "workers open";
    }

    @Override
    public void stop(boolean atOnce) {
      main.interrupt();
    }

    @Override
    public Duration patience() {
      return Duration.ofSeconds(8); // a worker that does not come back has 5 s
    }
  }

  /**
   * The stage of writing trace and report; a first signal waits for it, since all jobs are done.
   */
  private record Writing() implements Ending.Stage {

    @Override
    public String doing() {
      return "the trace and the report are written";
    }

    @Override
    public void stop(boolean atOnce) {}

    @Override
    public Duration patience() {
      return Duration.ofMillis(1);
    }
  }

  /** From here on the files lose their content. */
  private void begin(Output out, Earlier earlier, WorkerPool<Line, Object> pool) {
    try {
      files.requireOurs();
      files.begin(out, earlier);
    } catch (RuntimeException e) {
      CloseReport _ = pool.shutdownNow();
      throw e;
    }
  }

  /** Opens the pool; empty when a signal came. */
  private static Optional<WorkerPool<Line, Object>> open(
      WorkerPool.Builder<Line, Object> builder, Views views) throws InterruptedException {
    try {
      return Optional.of(builder.open());
    } catch (PoolInterruptedException e) {
      boolean _ = Thread.interrupted();
      if (Ending.OF_PROCESS.signal() != 0) {
        System.err.println("pool: stopped by a signal while workers opened; no line was read");
      }
      views.endWithoutRun();
      return Optional.empty();
    } catch (IllegalArgumentException e) {
      throw new BadUsageException(PoolLimits.inOurWords(e.getMessage()), e);
    } catch (OpenFailedException e) {
      views.endWithoutRun();
      throw e;
    }
  }

  @SuppressWarnings("try") // as it says there
  private List<String> toTheEnd(LineRun run, Tally tally, Earlier earlier, WorkerPool<?, ?> pool)
      throws InterruptedException {
    Optional<Progress.Display> display =
        switch (progress) {
          case AUTO -> bar();
          case PLAIN -> Optional.of(new PlainProgress(System.err, PROGRESS_INTERVAL));
          case NONE -> Optional.empty();
        };
    if (display.isEmpty()) {
      return run.toTheEnd();
    }
    try (Progress _ =
        new Progress(display.get(), tally, input.countable(files), earlier.lines(), pool::stats)) {
      return run.toTheEnd();
    }
  }

  private Optional<Progress.Display> bar() {
    return Terminal.width()
        .filter(_ -> !(files.writesToStandardOutput() && Terminal.hasOutput()))
        .map(width -> new BarProgress(Printable.line(name), System.err, width));
  }

  private WorkerPool.Builder<Line, Object> builder(
      WorkerFactory<Object, Object> factory, Map<String, String> given) {
    try {
      WorkerPool.Builder<Line, Object> builder =
          WorkerPool.of(new LineFactory(factory))
              .workers(workers)
              .threads(threads)
              .distribution(distribution)
              .queueCapacity(queue)
              .options(given);
      limits.apply(builder);
      return builder;
    } catch (IllegalArgumentException e) {
      throw new BadUsageException(PoolLimits.inOurWords(e.getMessage()), e);
    }
  }
}
