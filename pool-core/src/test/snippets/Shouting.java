import java.util.List;
import pool.core.WorkerPool;

public class Shouting {
  public static void main(String[] args) {
    try (var pool = WorkerPool.named("shout", String.class, String.class).workers(1).open()) {
      System.out.println(pool.map(List.of("hello")));
    }
  }
}
