package pool.cli;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.ReplaceReport;
import pool.core.WorkerPool;
import pool.process.internal.Signals;

/**
 * Loads the plugins again and replaces the workers of a run when SIGUSR1 comes. The result appears
 * on standard error; if this fails, the run goes on as before.
 */
final class Upgrade {

  private final String name;
  private final Supplier<WorkerFactory<Object, Object>> factory;
  private final Map<String, String> options;
  private final AtomicReference<@Nullable Running> running = new AtomicReference<>();

  private record Running(WorkerPool<Line, Object> pool, LineRun run) {}

  /**
   * Serves a run that begins.
   *
   * @param name the name of the factory
   * @param factory finds the factory as it is at that moment
   */
  Upgrade(
      String name, Supplier<WorkerFactory<Object, Object>> factory, Map<String, String> options) {
    this.name = name;
    this.factory = factory;
    this.options = options;
  }

  /** Handles signals from now on. */
  void listen() {
    Signals.handle(List.of("USR1"), _ -> tell(upgrade()));
  }

  /** Notes that the workers are open. */
  void begins(WorkerPool<Line, Object> pool, LineRun run) {
    running.set(new Running(pool, run));
  }

  private static void tell(String what) {
    System.err.println("pool: " + Printable.line(what));
  }

  /** Does one upgrade at a time, so that lines are read by the factory of the current workers. */
  private synchronized String upgrade() {
    Running now = running.get();
    if (now == null) {
      return "the workers are not replaced: they are still being opened";
    }
    try {
      return upgrade(now);
    } catch (Throwable e) { // perhaps thrown by the plugin
      return "the workers are not replaced: " + Printable.reason(e);
    }
  }

  private String upgrade(Running now) {
    WorkerFactory<Object, Object> next = factory.get();
    Class<?> before = now.run.factory().jobType();
    if (!next.jobType().equals(before)) {
      return "the workers are not replaced: jobs of the new '%s' are of another class, %s, than those that wait"
          .formatted(name, next.jobType().getName());
    }
    ReplaceReport report = now.pool.replaceWorkers(new LineFactory(next), options);
    if (report.replaced() > 0) {
      now.run.readsWith(next);
    }
    String replaced =
        "replaced " + Times.count(report.replaced(), "worker", "workers") + " of '" + name + "'";
    Optional<Throwable> cause = report.cause();
    return cause.isEmpty()
        ? replaced
        : "%s, but %d are left: %s"
            .formatted(replaced, report.left(), Printable.reason(cause.get()));
  }
}
