package guide;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.core.Outcome;
import pool.core.ReplaceReport;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Workers that are replaced while their pool goes on. */
final class Renewing {

  private static final Logger LOG = LoggerFactory.getLogger(Renewing.class);

  private Renewing() {}

  static final Option<String> PASSWORD = Option.string("password", "of the server").secret();

  static WorkerFactory<String, String> asking(InetSocketAddress server) {
    return WorkerFactory.of(
        "ask",
        String.class,
        String.class,
        List.of(PASSWORD),
        context -> {
          LineClient client = context.own(new LineClient(server));
          String _ = client.ask("password " + context.get(PASSWORD));
          return client::ask;
        });
  }

  static WorkerPool<String, String> open(
      WorkerFactory<String, String> asking, Supplier<String> vault) {
    // @start region="password"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking)
            .optionFrom(PASSWORD, vault) // asked at each opening
            .open();
    // @end
    return pool;
  }

  static ReplaceReport rotated(WorkerPool<String, String> pool) {
    // @start region="rotated"
    ReplaceReport report = pool.replaceWorkers(); // the password has changed
    report
        .cause()
        .ifPresent(cause -> LOG.warn("{} slots have no new worker", report.left(), cause));
    // @end
    return report;
  }

  static ReplaceReport upgrade(WorkerPool<String, String> pool, Path directory) {
    // @start region="upgrade"
    WorkerFactory<String, String> next =
        WorkerFactories.in(directory).factory("ask", String.class, String.class);
    ReplaceReport report = pool.replaceWorkers(next);
    if (!report.isComplete()) {
      LOG.warn("{} slots have no new worker", report.left(), report.cause().orElse(null));
    }
    // @end
    return report;
  }

  // @start region="refresh"
  sealed interface Request permits Lookup, Refresh {}

  record Lookup(String word) implements Request {}

  record Refresh() implements Request {}

  static long refreshed(WorkerPool<Request, String> pool) {
    return pool.broadcast(new Refresh()).stream().filter(Outcome::isSucceeded).count();
  }

  // @end
}
