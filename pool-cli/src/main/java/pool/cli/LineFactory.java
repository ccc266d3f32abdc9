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
import pool.api.Worker;
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
    Worker<Object, Object> worker = inner.open(context);
    String name = context.workerName();
    LineWorker alone = new LineWorker(worker, name);
    return worker instanceof BatchWorker<Object, Object> together
        ? new BatchForwarder<>(alone, (lines, results) -> runAll(together, name, lines, results))
        : alone;
  }

  private static void runAll(
      BatchWorker<Object, Object> together,
      String worker,
      List<Line> lines,
      BatchWorker.Results<Object> results)
      throws Exception {
    lines.forEach(line -> line.begins(worker));
    Set<Line> told = Collections.newSetFromMap(new IdentityHashMap<>());
    try {
      together.runAll(
          lines.stream().map(Line::job).toList(), new LineResults(lines, told, results));
    } catch (Throwable e) {
      boolean isOne = e instanceof BatchRolledBackException && lines.size() == 1;
      Throwable thrown = isOne ? Objects.requireNonNull(e.getCause()) : e;
      lines.stream().filter(line -> !told.contains(line)).forEach(line -> line.threw(thrown));
      throw e;
    }
  }

  private record LineResults(List<Line> lines, Set<Line> told, BatchWorker.Results<Object> results)
      implements BatchWorker.Results<Object> {

    @Override
    public void succeeded(int index, @Nullable Object result) {
      results.succeeded(index, result);
      told.add(lines.get(index));
    }

    @Override
    public void failed(int index, Throwable cause) {
      Line line = lines.get(Objects.checkIndex(index, lines.size()));
      if (!told.contains(line)) {
        line.threw(cause);
      }
      results.failed(index, cause);
      told.add(line);
    }
  }

  @SuppressWarnings("try") // close() may be interrupted
  private record LineWorker(Worker<Object, Object> inner, String name)
      implements Worker<Line, Object> {

    @Override
    public @Nullable Object run(Line line) throws Exception {
      line.begins(name);
      try {
        return inner.run(line.job());
      } catch (Throwable e) {
        line.threw(e);
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
