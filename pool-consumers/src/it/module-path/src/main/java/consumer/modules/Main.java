package consumer.modules;

import java.util.List;
import pool.core.WorkerPool;
import pool.metrics.PoolMeter;

public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.out.println("pool in " + WorkerPool.class.getModule());
    PoolMeter meter = new PoolMeter();
    var pool =
        WorkerPool.named("length", String.class, Number.class).workers(2).listener(meter).open();
    try (pool) {
      System.out.println("lengths " + pool.map(List.of("a", "bb", "ccc")));
    }
    System.out.println("measured runs " + meter.snapshot(pool.stats()).ran().count());
  }
}
