package guide;

import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** How a pool comes to be. */
final class Opening {

  private static final Logger LOG = LoggerFactory.getLogger(Opening.class);

  private Opening() {}

  static WorkerFactory<String, String> factory(InetSocketAddress server) {
    // @start region="factory"
    WorkerFactory<String, String> asking =
        WorkerFactory.of(
            "ask",
            String.class,
            String.class,
            context -> {
              LineClient client = context.own(new LineClient(server)); // once for each worker
              return client::ask; // for each job
            });
    // @end
    return asking;
  }

  static List<String> pool(WorkerFactory<String, String> asking) {
    // @start region="pool"
    try (WorkerPool<String, String> pool = WorkerPool.of(asking).workers(8).open()) {
      return pool.map(List.of("one", "two", "three"));
    }
    // @end
  }

  static WorkerPool<String, String> threads(WorkerFactory<String, String> asking) {
    // @start region="threads"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking).workers(64).threads(ThreadKind.VIRTUAL).open();
    // @end
    return pool;
  }

  // @start region="option"
  static final Option<Integer> PORT = Option.integer("port", "of the server");

  static WorkerFactory<String, String> askingWithPort() {
    return WorkerFactory.of(
        "ask",
        String.class,
        String.class,
        List.of(PORT),
        context -> {
          var server = new InetSocketAddress("localhost", context.get(PORT));
          LineClient client = context.own(new LineClient(server));
          return client::ask;
        });
  }

  // @end

  static WorkerPool<String, String> byOption(int port) {
    // @start region="give-option"
    WorkerPool<String, String> pool =
        WorkerPool.of(askingWithPort())
            .option(PORT, port) // or .option("port", "4711")
            .open();
    // @end
    return pool;
  }

  static WorkerPool<String, String> plugin(Path directory, String port) {
    // @start region="plugins"
    WorkerFactories plugins = WorkerFactories.load().and(WorkerFactories.in(directory));
    plugins.failures().forEach(failure -> LOG.warn("{}", failure));

    WorkerPool<String, String> pool =
        WorkerPool.of(plugins.factory("ask", String.class, String.class))
            .option("port", port)
            .open();
    // @end
    return pool;
  }

  @SuppressWarnings("try") // close() may be interrupted
  static String alone(WorkerFactory<String, String> asking) throws Exception {
    // @start region="alone"
    try (Worker<String, String> worker = asking.open(WorkerContext.standalone())) {
      return worker.run("hello");
    }
    // @end
  }
}
