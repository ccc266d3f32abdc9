package consumer.libraries;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import pool.core.WorkerPool;

/** Lends a pool to each library, or to those that are named, and says how much was done. */
public final class Main {

  private static final int WORKERS = 2;
  private static final int TASKS = 3_000;
  private static final int SECONDS = 20;
  private static final Map<String, Library> LIBRARIES = new LinkedHashMap<>();

  static {
    LIBRARIES.put("jdk", Stages::jdk);
    LIBRARIES.put("lock", Stages::lock);
    LIBRARIES.put("guava", Stages::guava);
    LIBRARIES.put("failsafe", Stages::failsafe);
    LIBRARIES.put("caffeine loads", Caches::loads);
    LIBRARIES.put("caffeine removals", Caches::removals);
    LIBRARIES.put("reactor", Streams::reactor);
    LIBRARIES.put("rxjava", Streams::rxjava);
    LIBRARIES.put("mutiny", Streams::mutiny);
    LIBRARIES.put("grpc", Grpc::calls);
    LIBRARIES.put("netty", Netty::messages);
    LIBRARIES.put("jetty", Http::jetty);
    LIBRARIES.put("http client", Http::client);
  }

  private Main() {}

  public static void main(String[] names) throws Exception {
    for (String name : names.length == 0 ? LIBRARIES.keySet() : List.of(names)) {
      var pool = WorkerPool.tasks().workers(WORKERS).open();
      FutureTask<Integer> use = new FutureTask<>(() -> lend(pool, LIBRARIES.get(name)));
      Thread.ofPlatform().name(name).daemon().start(use);
      try {
        System.out.println(name + " " + use.get(SECONDS, TimeUnit.SECONDS));
      } catch (TimeoutException e) {
        var stats = pool.stats();
        fail(name + " hangs: " + stats.queued() + " wait, " + stats.running() + " run");
      } catch (ExecutionException e) {
        e.printStackTrace();
        fail(name + " fails: " + e.getCause());
      }
    }
  }

  /** The workers are held until all tasks are there. */
  private static int lend(WorkerPool<Callable<?>, Object> pool, Library library) throws Exception {
    ExecutorService lent = WorkerPool.asExecutorService(pool);
    CountDownLatch held = new CountDownLatch(WORKERS);
    CountDownLatch go = new CountDownLatch(1);
    for (int i = 0; i < WORKERS; i++) {
      lent.submit(() -> {
        held.countDown();
        go.await();
        return null;
      });
    }
    held.await();
    int done = library.use(lent, TASKS, go::countDown);
    pool.awaitIdle(Duration.ofSeconds(SECONDS)); // what is done may have more to do, as caches have
    pool.close();
    if (pool.stats().failed() > 0) {
      throw new IllegalStateException(pool.stats().failed() + " tasks have failed");
    }
    return done;
  }

  /** Ends the program at once: an exit would wait for the pool to close. */
  private static void fail(String line) {
    System.out.println(line);
    Runtime.getRuntime().halt(1);
  }
}
