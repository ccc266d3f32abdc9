package pool.flink;

import java.util.concurrent.CancellationException;
import org.jspecify.annotations.Nullable;
import pool.api.Worker;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;

/**
 * A plugin's worker, whose exceptions are not to be mistaken for those of the task's pool, after
 * which Flink starts the task again: a plugin may use pools and futures of its own.
 */
@SuppressWarnings("try") // closing may be interrupted
record MarkedWorker<J, R>(Worker<J, R> worker) implements Worker<J, R> {

  /** Around what the plugin threw. */
  private static final class Mark extends Exception {

    private static final long serialVersionUID = 1L;

    Mark(Throwable thrown) {
      super(thrown);
    }
  }

  /** What the plugin threw. */
  static Throwable unmarked(Throwable cause) {
    Throwable thrown = cause instanceof Mark ? cause.getCause() : null;
    return thrown == null ? cause : thrown;
  }

  @Override
  public @Nullable R run(J job) throws Exception {
    try {
      return worker.run(job);
    } catch (PoolBrokenException | PoolClosedException | CancellationException e) {
      throw new Mark(e);
    }
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
