package pool.flink;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.metrics.Gauge;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import org.apache.flink.streaming.api.functions.async.ResultFuture;
import org.apache.flink.streaming.api.functions.async.RichAsyncFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerFactory;
import pool.codec.RemoteFailure;
import pool.core.CloseReport;
import pool.core.PoolBrokenException;
import pool.core.PoolClosedException;
import pool.core.PoolStats;
import pool.core.WorkerPool;

/**
 * The pool of a task: opened with the task, and closed with it. It takes the bytes of a job, and
 * returns those of its outcome.
 *
 * <p>Flink calls this on the task's thread, which must not be blocked. It has no more jobs under
 * way than the pool's queue can hold, so {@code submit} never waits. A job settles on its worker's
 * thread, which turns the result into bytes.
 *
 * <p>What a worker throws is an outcome, and so is a result that is too large. Only a failure of
 * the pool itself fails the task: no worker can be opened, or the process is about to exit. Flink
 * then starts the task again, elsewhere if this process is the reason. It does not retry after a
 * mistake in the settings, or if a job itself is too large to come back.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
final class PoolFunction<J, R> extends RichAsyncFunction<byte[], byte[]> {

  private static final long serialVersionUID = 1L;

  private static final Logger LOG = LoggerFactory.getLogger(FlinkPool.class);

  private final PoolSettings<J, R> settings;
  private final OutcomeCodec<J, R> codec;

  private transient @Nullable WorkerPool<J, R> pool; // used by the task's thread

  /**
   * Once true, the task is over: jobs that settle now are not reported, and run again if they must.
   */
  private transient volatile boolean closing;

  PoolFunction(PoolSettings<J, R> settings, OutcomeCodec<J, R> codec) {
    this.settings = settings;
    this.codec = codec;
  }

  @Override
  public void open(OpenContext context) {
    ClassLoader loader = getRuntimeContext().getUserCodeClassLoader();
    int subtask = getRuntimeContext().getTaskInfo().getIndexOfThisSubtask();
    WorkerFactory<J, R> factory =
        Discovery.find(settings.factory(), settings.jobType(), settings.resultType(), loader);
    try {
      pool = settings.pool(factory, loader).name(settings.name() + "-" + subtask).open();
    } catch (IllegalArgumentException e) { // an option
      throw new SuppressRestartsException(e); // a restart would not help
    }
    measure(pool, getRuntimeContext().getMetricGroup().addGroup("pool"));
  }

  private static void measure(WorkerPool<?, ?> pool, MetricGroup metrics) {
    metrics.<Integer, Gauge<Integer>>gauge("workers", () -> pool.stats().workers().size());
    metrics.<Long, Gauge<Long>>gauge("queued", () -> pool.stats().queued());
    metrics.<Long, Gauge<Long>>gauge("running", () -> pool.stats().running());
    metrics.<Long, Gauge<Long>>gauge("succeeded", () -> pool.stats().succeeded());
    metrics.<Long, Gauge<Long>>gauge("failed", () -> pool.stats().failed());
  }

  @Override
  public void asyncInvoke(byte[] job, ResultFuture<byte[]> told) {
    if (pool == null) {
      throw new IllegalStateException("the task is not open");
    }
    CompletableFuture<R> future = pool.submit(codec.jobFromBytes(job));
    CompletableFuture<?> _ =
        future.whenComplete((result, cause) -> {
          if (!closing) {
            settle(job, result, cause, told);
          }
        });
  }

  /** Settles a job, on the worker's thread. */
  private void settle(
      byte[] job, @Nullable R result, @Nullable Throwable cause, ResultFuture<byte[]> told) {
    try {
      if (isOfThePool(cause)) {
        told.completeExceptionally(cause);
      } else {
        told.complete(List.of(outcome(job, result, cause)));
      }
    } catch (Throwable e) { // otherwise the job would stay under way for ever
      told.completeExceptionally(e);
    }
  }

  private static boolean isOfThePool(@Nullable Throwable cause) {
    return cause instanceof PoolBrokenException
        || cause instanceof PoolClosedException
        || cause instanceof CancellationException;
  }

  private byte[] outcome(byte[] job, @Nullable R result, @Nullable Throwable cause)
      throws IOException {
    if (cause != null) {
      return failed(job, MarkedWorker.unmarked(cause));
    }
    byte[] outcome;
    try {
      outcome = codec.succeeded(job, result);
    } catch (IOException | RuntimeException | Error e) { // an Error would recur after a restart
      return failed(job, new IOException("the result cannot travel: " + e, e));
    }
    return fits(outcome)
        ? outcome
        : failed(
            job,
            new IOException(
                "the outcome has %d bytes, but maxOutcomeBytes is %d: return where the result is stored, or allow more"
                    .formatted(outcome.length, settings.maxOutcomeBytes())));
  }

  /** The outcome of a job that failed: of what is too large, only the class of the failure. */
  private byte[] failed(byte[] job, Throwable cause) throws IOException {
    byte[] outcome = codec.failed(job, cause);
    if (fits(outcome)) {
      return outcome;
    }
    RemoteFailure small = new RemoteFailure(cause.getClass().getName(), null, null);
    small.setStackTrace(new StackTraceElement[0]);
    outcome = codec.failed(job, small);
    if (fits(outcome)) {
      return outcome;
    }
    throw new SuppressRestartsException(
        new IOException(
            "a job of %d bytes cannot come back, since maxOutcomeBytes is %d"
                .formatted(job.length, settings.maxOutcomeBytes())));
  }

  /** Whether Flink may have it, with the length that is written before it. */
  private boolean fits(byte[] outcome) {
    return Integer.BYTES + (long) outcome.length <= settings.maxOutcomeBytes();
  }

  /**
   * Closes the pool. If nothing is under way, the input has ended or the task is idle, and the
   * workers finish. Otherwise the task was cancelled or has failed; its jobs will run again, so
   * they are stopped. Flink no longer interrupts a task that is closing, so only two time-outs
   * limit this: closeTimeout and the grace of stopped workers. If the task could not be opened,
   * there is no pool to close.
   */
  @Override
  public void close() {
    WorkerPool<J, R> open = pool;
    if (open == null) {
      return;
    }
    closing = true;
    pool = null;
    PoolStats stats = open.stats();
    boolean idle = stats.queued() + stats.running() == 0;
    CloseReport report = open.shutdown(idle ? settings.closeTimeout() : Duration.ZERO);
    if (report.closeFailures().isEmpty() && report.abandoned().isEmpty()) {
      LOG.info("{}", report);
    } else {
      LOG.warn("{}", report);
    }
  }
}
