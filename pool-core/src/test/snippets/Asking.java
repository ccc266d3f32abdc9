import java.util.List;
import pool.core.WorkerPool;

public class Asking {
  public static void main(String[] args) {
    // @start region="named"
    try (WorkerPool<String, String> pool =
        WorkerPool.named("ask", String.class, String.class)
            .workers(2)
            .option("port", args[0])
            .open()) {
      System.out.println(pool.map(List.of("hello", "world")));
    }
    // @end
  }
}
