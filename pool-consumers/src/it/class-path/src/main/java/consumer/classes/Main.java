package consumer.classes;

import java.util.List;
import pool.core.WorkerPool;

public final class Main {

  private Main() {}

  public static void main(String[] args) {
    System.out.println("pool in a module: " + WorkerPool.class.getModule().isNamed());
    try (var pool = WorkerPool.named("upper", String.class, String.class).workers(2).open()) {
      System.out.println("upper " + pool.map(List.of("a", "bb", "ccc")));
    }
  }
}
