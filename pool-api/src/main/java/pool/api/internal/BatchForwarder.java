package pool.api.internal;

import java.util.List;
import java.util.Objects;
import pool.api.BatchWorker;
import pool.api.Worker;

/**
 * A batch worker around another worker: its batches are done otherwise, and all else by that
 * worker.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
@SuppressWarnings("try") // close() may be interrupted
public final class BatchForwarder<J, R> extends WorkerForwarder<J, R> implements BatchWorker<J, R> {

  private final BatchWorker<J, R> together;

  /**
   * A worker around another.
   *
   * @param worker does all but batches
   * @param together does batches, and nothing else
   */
  public BatchForwarder(Worker<J, R> worker, BatchWorker<J, R> together) {
    super(worker);
    this.together = Objects.requireNonNull(together, "together");
  }

  @Override
  public void runAll(List<J> jobs, Results<R> results) throws Exception {
    together.runAll(jobs, results);
  }
}
