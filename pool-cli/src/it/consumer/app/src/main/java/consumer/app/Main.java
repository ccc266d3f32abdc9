package consumer.app;

import java.util.List;
import pool.core.WorkerPool;

public final class Main {

  private Main() {}

  public static void main(String[] args) {
    List<Number> lengths;
    try (var pool = WorkerPool.named("length", String.class, Number.class).workers(2).open()) {
      lengths = pool.map(List.of("a", "bb", "ccc"));
    }
    System.out.println("lengths " + lengths);
    if (!lengths.equals(List.of(1, 2, 3))) {
      System.exit(1);
    }
  }
}
