package pool.cli;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.Option;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.api.internal.BatchForwarder;
import pool.api.internal.Delegating;

/** Wraps a factory, so that each job carries its line through the pool. */
record LineFactory(WorkerFactory<Object, Object> inner)
    implements WorkerFactory<Line, Object>, Delegating {

  @Override
  public String name() {
    return inner.name();
  }

  @Override
  public Class<Line> jobType() {
    return Line.class;
  }

  @Override
  public Class<Object> resultType() {
    return Object.class;
  }

  @Override
  public List<Option<?>> options() {
    return inner.options();
  }

  @Override
  public Object opensBy() {
    return inner;
  }

  @Override
  public Worker<Line, Object> open(WorkerContext context) throws Exception {
    Worker<Object, Object> worker =
        Objects.requireNonNull(
            inner.open(context), "the factory returned null instead of a worker");
    LineWorker alone = new LineWorker(worker, new Runs(context.workerName()));
    return worker instanceof BatchWorker<Object, Object> together
        ? new BatchForwarder<>(
            alone, (lines, results) -> runAll(together, alone.runs, lines, results))
        : alone;
  }

  /**
   * What a worker runs, and what it ran last. A worker begins nothing before the outcome of its
   * last run is recorded. Normally the worker itself has recorded it; when a job has run too long,
   * another thread does.
   */
  private static final class Runs {

    private final String worker;
    private List<Line> last = List.of();

    Runs(String worker) {
      this.worker = worker;
    }

    void begin(List<Line> lines) throws NoOutputException, InterruptedException {
      for (Line line : last) {
        line.awaitRecord();
      }
      last = List.of();
      for (Line line : lines) {
        line.begins(worker);
      }
    }

    /**
     * Ends a run, whether it threw or not. Some exceptions mean that the jobs are run again, so
     * they have not settled yet.
     *
     * @param putOff lines of which the run has told that they are to be run later
     */
    void end(List<Line> lines, Set<Line> putOff, @Nullable Throwable thrown) {
      lines.forEach(Line::ends);
      boolean mayRunAgain =
          switch (thrown) {
            case null -> false;
            case RetryLaterException _,
                BatchRolledBackException _,
                WorkerBrokenException _,
                Error _ ->
                true;
            default -> false;
          };
      last =
          mayRunAgain ? List.of() : lines.stream().filter(line -> !putOff.contains(line)).toList();
    }
  }

  private static void runAll(
      BatchWorker<Object, Object> together,
      Runs runs,
      List<Line> lines,
      BatchWorker.Results<Object> results)
      throws Exception {
    runs.begin(lines);
    Set<Line> told = Collections.newSetFromMap(new IdentityHashMap<>());
    Set<Line> putOff = Collections.newSetFromMap(new IdentityHashMap<>());
    try {
      together.runAll(
          lines.stream().map(Line::job).toList(), new LineResults(lines, told, putOff, results));
      runs.end(lines, putOff, null);
    } catch (Throwable e) {
      boolean isOne = e instanceof BatchRolledBackException && lines.size() == 1;
      Throwable thrown = isOne ? Objects.requireNonNull(e.getCause()) : e;
      lines.stream().filter(line -> !told.contains(line)).forEach(line -> line.threw(thrown));
      runs.end(lines, putOff, e);
      throw e;
    }
  }

  private record LineResults(
      List<Line> lines, Set<Line> told, Set<Line> putOff, BatchWorker.Results<Object> results)
      implements BatchWorker.Results<Object> {

    @Override
    public void succeeded(int index, @Nullable Object result) {
      Line line = line(index);
      line.ends();
      results.succeeded(index, result);
      told.add(line);
    }

    @Override
    public void failed(int index, Throwable cause) {
      Line line = line(index);
      if (!told.contains(line)) {
        line.threw(cause);
      }
      line.ends();
      results.failed(index, cause);
      told.add(line);
      if (cause instanceof RetryLaterException) {
        putOff.add(line);
      }
    }

    private Line line(int index) {
      return lines.get(Objects.checkIndex(index, lines.size()));
    }
  }

  @SuppressWarnings("try") // close() may be interrupted
  private record LineWorker(Worker<Object, Object> inner, Runs runs)
      implements Worker<Line, Object> {

    @Override
    public @Nullable Object run(Line line) throws Exception {
      List<Line> alone = List.of(line);
      runs.begin(alone);
      try {
        Object result = inner.run(line.job());
        runs.end(alone, Set.of(), null);
        return result;
      } catch (Throwable e) {
        line.threw(e);
        runs.end(alone, Set.of(), e);
        throw e;
      }
    }

    @Override
    public void finish() throws Exception {
      inner.finish();
    }

    @Override
    public void ping() throws Exception {
      inner.ping();
    }

    @Override
    public void cancel() {
      inner.cancel();
    }

    @Override
    public void close() throws Exception {
      inner.close();
    }
  }
}
