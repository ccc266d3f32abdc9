package pool.api;

import java.util.List;
import java.util.Objects;
import pool.api.internal.BatchForwarder;
import pool.api.internal.Delegating;
import pool.api.internal.WorkerForwarder;

/** The factory behind {@link WorkerFactory#of}. */
record InPlaceFactory<J, R>(
    String name,
    Class<J> jobType,
    Class<R> resultType,
    List<Option<?>> options,
    WorkerFactory.Opener<J, R> opener)
    implements WorkerFactory<J, R>, Delegating {

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
  public Object opensBy() {
    return opener;
  }

  /** Opens a worker that closes its context: without a pool, nobody else does. */
  @SuppressWarnings("try")
  private Worker<J, R> openAlone(StandaloneContext context) throws Exception {
    try {
      Worker<J, R> worker = opener.open(context);
      Objects.requireNonNull(worker, "the opener returned null instead of a worker");
      Worker<J, R> closing = new ClosingItsContext<>(worker, context);
      return worker instanceof BatchWorker<J, R> together
          ? new BatchForwarder<>(closing, together)
          : closing;
    } catch (Throwable e) {
      try (context) {
        throw e;
      }
    }
  }

  @SuppressWarnings("try")
  private static final class ClosingItsContext<J, R> extends WorkerForwarder<J, R> {

    private final StandaloneContext context;

    ClosingItsContext(Worker<J, R> worker, StandaloneContext context) {
      super(worker);
      this.context = context;
    }

    @Override
    public void close() throws Exception {
      try (context) {
        super.close();
      }
    }
  }

  @Override
  public String toString() {
    return "WorkerFactory[" + name + "]";
  }
}
