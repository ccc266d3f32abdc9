package example;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import pool.api.WorkerFactory;
import pool.core.ReplaceReport;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Replaces a plugin under load. */
public final class HotSwap {

  private static final int CLIENTS = 4;

  private final Path plugins;
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final AtomicInteger atLeast = new AtomicInteger(); // the price since the last swap
  private final LongAdder asked = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder outdated = new LongAdder();

  private HotSwap(Path plugins) {
    this.plugins = plugins;
  }

  public static void main(String[] args) throws Exception {
    new HotSwap(Files.createTempDirectory("plugins")).run();
  }

  private void run() throws Exception {
    PriceList.deploy(plugins, 1);
    try (var pool = WorkerPool.of(load()).workers(4).open()) {
      List<Thread> clients = new ArrayList<>();
      for (int client = 0; client < CLIENTS; client++) {
        clients.add(Thread.ofVirtual().start(() -> ask(pool)));
      }
      awaitRequests(1_000);
      upgrade(pool, 2);
      awaitRequests(1_000);
      upgrade(pool, -1); // a version that cannot open
      awaitRequests(1_000);
      isOver.set(true);
      for (Thread client : clients) {
        client.join();
      }
    }
    System.out.printf(
        "requests failed: %d, with an outdated price: %d%n", failed.sum(), outdated.sum());
    System.err.printf("%d requests%n", asked.sum());
  }

  private WorkerFactory<String, Integer> load() {
    return WorkerFactories.in(plugins).factory("prices", String.class, Integer.class);
  }

  private void upgrade(WorkerPool<String, Integer> pool, int price) throws Exception {
    PriceList.deploy(plugins, price);
    ReplaceReport report = pool.replaceWorkers(load());
    System.out.printf(
        "version %d: %d workers replaced, %d left%s%n",
        price,
        report.replaced(),
        report.left(),
        report.cause().map(cause -> ": " + cause.getMessage()).orElse(""));
    if (report.isComplete()) {
      atLeast.set(price);
    }
  }

  private void ask(WorkerPool<String, Integer> pool) {
    while (!isOver.get()) {
      int known = atLeast.get();
      try {
        if (pool.submit("bread").join() < known) {
          outdated.increment();
        }
      } catch (RuntimeException e) {
        failed.increment();
      }
      asked.increment();
    }
  }

  private void awaitRequests(int more) throws InterruptedException {
    long until = asked.sum() + more;
    while (asked.sum() < until) {
      Thread.sleep(1);
    }
  }
}
