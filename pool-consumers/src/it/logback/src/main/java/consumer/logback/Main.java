package consumer.logback;

import java.util.List;
import pool.core.WorkerPool;

public final class Main {

  private Main() {}

  public static void main(String[] args) {
    try (var pool = WorkerPool.named("length", String.class, Integer.class).workers(1).open()) {
      System.out.println("lengths " + pool.map(List.of("a", "bb", "ccc")));
    }
  }
}
