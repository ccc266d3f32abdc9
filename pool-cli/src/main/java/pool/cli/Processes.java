package pool.cli;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pool.api.WorkerFactory;
import pool.core.FactoryInfo;
import pool.core.WorkerFactories;
import pool.process.ProcessCounts;
import pool.process.ProcessFactory;

/** Whether each worker of a run has a separate process: options of {@code pool run}. */
final class Processes {

  @Option(
      names = "--processes",
      description = "give each worker a process of its own, which may crash or be killed alone")
  boolean wanted;

  @Option(
      names = "--heap",
      paramLabel = "SIZE",
      description = "with --processes: the largest heap of each, such as 512m")
  @Nullable String heap;

  /** The counts of each factory that was made: the first, and one for each upgrade. */
  private final List<Supplier<ProcessCounts>> counters = new CopyOnWriteArrayList<>();

  Processes() {}

  /** Returns the factory that a user has named; it reads jobs, and its results are printed. */
  @SuppressWarnings("unchecked") // no other code makes jobs
  WorkerFactory<Object, Object> factory(Plugins plugins, String name) {
    if (!wanted && heap != null) {
      throw new BadUsageException("heap is that of a process: add --processes", null);
    }
    WorkerFactories all = plugins.all();
    FactoryInfo info = Plugins.find(all, name);
    return (WorkerFactory<Object, Object>) (wanted ? inProcesses(all, info) : info.factory());
  }

  private WorkerFactory<?, ?> inProcesses(WorkerFactories all, FactoryInfo info) {
    try {
      ProcessFactory<?, ?> factory =
          ProcessFactory.named(info.name(), info.jobType(), info.resultType(), all)
              .jvmOption("--sun-misc-unsafe-memory-access=allow"); // as this process has it
      ProcessFactory<?, ?> sized = heap == null ? factory : factory.heap(heap);
      counters.add(sized.counter());
      return sized;
    } catch (IllegalArgumentException e) {
      throw new BadUsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Describes what became of the processes; empty when there were none. */
  List<String> summary() {
    if (counters.isEmpty()) {
      return List.of();
    }
    ProcessCounts counts =
        counters.stream()
            .map(Supplier::get)
            .reduce(new ProcessCounts(0, 0, 0), ProcessCounts::plus);
    return List.of(
        "processes: %d started, %d died, %d killed"
            .formatted(counts.started(), counts.died(), counts.killed()));
  }
}
