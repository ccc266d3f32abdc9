package pool.api;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.api.internal.MadeInPlace;

/** The factory behind {@link WorkerFactory#of}. */
record InPlaceFactory<J, R>(
    String name,
    Class<J> jobType,
    Class<R> resultType,
    List<Option<?>> options,
    WorkerFactory.Opener<J, R> opener)
    implements WorkerFactory<J, R>, MadeInPlace {

  InPlaceFactory {
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(jobType, "jobType");
    Objects.requireNonNull(resultType, "resultType");
    options = List.copyOf(options);
    Objects.requireNonNull(opener, "opener");
  }

  @Override
  public Worker<J, R> open(WorkerContext context) throws Exception {
    return context instanceof StandaloneContext standalone
        ? openAlone(standalone)
        : opener.open(context);
  }

  @Override
  public @Nullable ClassLoader loaderOfOpener() {
    return opener.getClass().getClassLoader();
  }

  /** Without a pool nobody else closes what the context owns. */
  @SuppressWarnings("try")
  private Worker<J, R> openAlone(StandaloneContext context) throws Exception {
    try {
      Worker<J, R> worker = opener.open(context);
      Objects.requireNonNull(worker, "the opener returned null instead of a worker");
      return worker instanceof BatchWorker<J, R> several
          ? new SeveralClosingTheirContext<>(new ClosingItsContext<>(worker, context), several)
          : new ClosingItsContext<>(worker, context);
    } catch (Throwable e) {
      try (context) {
        throw e;
      }
    }
  }

  @SuppressWarnings("try")
  private record ClosingItsContext<J, R>(Worker<J, R> worker, StandaloneContext context)
      implements Worker<J, R> {

    @Override
    public @Nullable R run(J job) throws Exception {
      return worker.run(job);
    }

    @Override
    public void finish() throws Exception {
      worker.finish();
    }

    @Override
    public void ping() throws Exception {
      worker.ping();
    }

    @Override
    public void cancel() {
      worker.cancel();
    }

    @Override
    public void close() throws Exception {
      try (context) {
        worker.close();
      }
    }
  }

  @SuppressWarnings("try")
  private record SeveralClosingTheirContext<J, R>(Worker<J, R> worker, BatchWorker<J, R> several)
      implements BatchWorker<J, R> {

    @Override
    public void runAll(List<J> jobs, Results<R> results) throws Exception {
      several.runAll(jobs, results);
    }

    @Override
    public @Nullable R run(J job) throws Exception {
      return worker.run(job);
    }

    @Override
    public void finish() throws Exception {
      worker.finish();
    }

    @Override
    public void ping() throws Exception {
      worker.ping();
    }

    @Override
    public void cancel() {
      worker.cancel();
    }

    @Override
    public void close() throws Exception {
      worker.close();
    }
  }

  @Override
  public String toString() {
    return "WorkerFactory[" + name + "]";
  }
}
