package pool.cli;

import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Wraps a factory, so that each job carries its line through the pool. */
record LineFactory(WorkerFactory<Object, Object> inner) implements WorkerFactory<Line, Object> {

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
  public Worker<Line, Object> open(WorkerContext context) throws Exception {
    return new LineWorker(inner.open(context));
  }

  @SuppressWarnings("try") // close() may be interrupted
  private record LineWorker(Worker<Object, Object> inner) implements Worker<Line, Object> {

    @Override
    public @Nullable Object run(Line line) throws Exception {
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
