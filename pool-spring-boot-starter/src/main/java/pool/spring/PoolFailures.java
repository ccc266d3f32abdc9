package pool.spring;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import pool.api.internal.SafeText;
import pool.core.CloseReport;
import pool.core.PoolListener;
import pool.core.WorkerPool;

/**
 * The last failure of a worker of each pool, for health and the endpoint. Known only for pools that
 * a {@link PoolBuilderConfigurer} has configured.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class PoolFailures implements PoolBuilderCustomizer {

  private final Map<String, Watch> watches = new ConcurrentHashMap<>();

  /**
   * A failure.
   *
   * @param worker the worker's name
   * @param what a description in one line, with credentials hidden
   * @param at when it happened
   */
  record Failure(String worker, String what, Instant at) {}

  @Override
  public void customize(String name, WorkerPool.Builder<?, ?> builder) {
    builder.listener(watches.computeIfAbsent(name, _ -> new Watch()));
  }

  Optional<Failure> last(String pool) {
    return watch(pool).map(watch -> watch.last);
  }

  /**
   * Returns whether a worker has failed since the last one was opened, or no worker has been opened
   * yet; empty when that is not known.
   */
  Optional<Boolean> hasFailed(String pool) {
    return watch(pool).map(watch -> watch.hasFailed);
  }

  private Optional<Watch> watch(String pool) {
    return Optional.ofNullable(watches.get(pool));
  }

  /** Written by the thread of the pool's listener, read by any. */
  private static final class Watch implements PoolListener {

    private volatile @Nullable Failure last;
    private volatile boolean hasFailed = true;

    @Override
    public void workerOpened(String worker, Instant began, Duration took) {
      hasFailed = false;
    }

    @Override
    public void workerNotOpened(String worker, Instant at, Throwable cause) {
      failed(worker, "cannot be opened: " + SafeText.of(cause), at);
    }

    @Override
    public void workerBroke(String worker, Instant at, Throwable cause) {
      failed(worker, "broke: " + SafeText.of(cause), at);
    }

    @Override
    public void workerAbandoned(CloseReport.Abandoned abandoned, Instant at) {
      failed(abandoned.worker(), "was abandoned", at);
    }

    private void failed(String worker, String what, Instant at) {
      last = new Failure(worker, what, at);
      hasFailed = true;
    }
  }
}
