package consumer.modules;

import java.util.List;
import pool.core.WorkerPool;

public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.out.println("pool in " + WorkerPool.class.getModule());
    try (var pool = WorkerPool.named("length", String.class, Number.class).workers(2).open()) {
      System.out.println("lengths " + pool.map(List.of("a", "bb", "ccc")));
    }
  }
}
