package pool.flink;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Workers that a job can bring into trouble: what is to go wrong is the job. */
public final class TroubleFactory implements WorkerFactory<String, String> {

  static final AtomicInteger OPENINGS = new AtomicInteger();
  static final AtomicInteger CLOSINGS = new AtomicInteger();

  /** The openings from the first to before the last of these fail. */
  static volatile int failsFrom;

  static volatile int failsTo;

  @Override
  public String name() {
    return "trouble";
  }

  @Override
  public Class<String> jobType() {
    return String.class;
  }

  @Override
  public Class<String> resultType() {
    return String.class;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(Option.optional("password", text -> text, "none", "a secret").secret());
  }

  static void reset() {
    OPENINGS.set(0);
    CLOSINGS.set(0);
    fails(0, 0);
  }

  static void fails(int from, int to) {
    failsFrom = from;
    failsTo = to;
  }

  @Override
  public Worker<String, String> open(WorkerContext context) throws Exception {
    int opening = OPENINGS.incrementAndGet();
    if (opening >= failsFrom && opening < failsTo) {
      throw new IllegalStateException("the store is down");
    }
    var _ = context.own(CLOSINGS::incrementAndGet);
    return TroubleFactory::run;
  }

  private static @Nullable String run(String job) throws Exception {
    return switch (job) {
      case "null" -> null;
      case "large" -> "x".repeat(1_000_000);
      case "fail" -> throw new IllegalStateException("no");
      case "break" -> throw new WorkerBrokenException("broken");
      case "cancel" -> throw new CancellationException("of another's future");
      case "use a closed pool" -> {
        WorkerPool<String, String> own =
            WorkerPool.of(WorkerFactory.of("own", String.class, String.class, _ -> text -> text))
                .workers(1)
                .open();
        var _ = own.shutdown(Duration.ofSeconds(10));
        yield own.submit(job).join();
      }
      default -> job;
    };
  }
}
