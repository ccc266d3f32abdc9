package pool.flink;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import pool.api.Worker;
import pool.api.internal.WorkerForwarder;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;

/**
 * Marks the exceptions of a plugin's worker, so that they are not mistaken for those of the task's
 * pool, after which Flink starts the task again. A plugin may use pools and futures itself.
 */
@SuppressWarnings("try") // closing may be interrupted
final class MarkedWorker<J, R> extends WorkerForwarder<J, R> {

  MarkedWorker(Worker<J, R> worker) {
    super(worker);
  }

  /** Wraps what the plugin threw. */
  private static final class Mark extends Exception {

    private static final long serialVersionUID = 1L;

    Mark(Throwable thrown) {
      super(thrown);
    }
  }

  /** Returns what the plugin threw. */
  static Throwable unmarked(Throwable cause) {
    Throwable thrown = cause instanceof Mark ? cause.getCause() : null;
    return thrown == null ? cause : thrown;
  }

  @Override
  public @Nullable R run(J job) throws Exception {
    try {
      return super.run(job);
    } catch (PoolBrokenException | PoolClosedException | CancellationException e) {
      throw new Mark(e);
    }
  }
}
