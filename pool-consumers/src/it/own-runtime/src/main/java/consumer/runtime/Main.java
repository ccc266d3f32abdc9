package consumer.runtime;

import java.util.List;
import pool.core.WorkerPool;

public final class Main {

  private Main() {}

  public static void main(String[] words) {
    System.out.println("java in " + System.getProperty("java.home"));
    try (var lengths = WorkerPool.named("length", String.class, Integer.class).workers(1).open();
        var reverses = WorkerPool.named("reverse", String.class, String.class).workers(1).open()) {
      System.out.println("lengths " + lengths.map(List.of(words)));
      System.out.println("reverses " + reverses.map(List.of(words)));
    }
  }
}
