package pool.api.internal;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.api.Worker;

/**
 * A worker that passes every call on to another; those that differ override what they do otherwise.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
@SuppressWarnings("try") // close() may be interrupted
public abstract class WorkerForwarder<J, R> implements Worker<J, R> {

  private final Worker<J, R> worker;

  /**
   * A worker around another.
   *
   * @param worker does what is not overridden
   */
  protected WorkerForwarder(Worker<J, R> worker) {
    this.worker = Objects.requireNonNull(worker, "worker");
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
