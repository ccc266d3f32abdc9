package pool.testkit;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * A factory that does all that is expected of it. Those that do not differ from it in one thing.
 */
abstract class SoundContract implements WorkerFactoryContract<String, String> {

  static final Option<Integer> LIMIT =
      Option.optional("limit", Integer::valueOf, 10, "the longest job")
          .requiring(limit -> limit >= 1, "must be at least 1");

  /** A worker with a resource that a test can break. */
  static class Sound implements Worker<String, String> {

    final WorkerContext context;
    boolean isBroken;

    Sound(WorkerContext context) {
      this.context = context;
    }

    @Override
    public @Nullable String run(String job) throws Exception {
      if (isBroken) {
        throw new WorkerBrokenException("the connection is gone");
      }
      if (job.isEmpty()) {
        throw new IllegalArgumentException("an empty job");
      }
      if (job.equals("slow")) {
        new CountDownLatch(1).await(); // until it is interrupted
      }
      return job.toUpperCase(Locale.ROOT);
    }

    @Override
    public void close() {}
  }

  /** Opens a worker. */
  Sound open(WorkerContext context) throws Exception {
    return new Sound(context);
  }

  List<Option<?>> itsOptions() {
    return List.of(LIMIT);
  }

  @Override
  public WorkerFactory<String, String> factory() {
    return WorkerFactory.of(
        "shout",
        String.class,
        String.class,
        itsOptions(),
        context -> {
          last = open(context);
          return last;
        });
  }

  private @Nullable Sound last; // of those that were opened; only one is when it is broken

  @Override
  public List<String> samples() {
    return List.of("one", "two");
  }

  @Override
  public List<String> failing() {
    return List.of("");
  }

  @Override
  public String slow() {
    return "slow";
  }

  @Override
  public void breakResource(Worker<String, String> worker) {
    if (last != null) {
      last.isBroken = true;
    }
  }
}
