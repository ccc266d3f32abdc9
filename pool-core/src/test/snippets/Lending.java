import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import pool.core.WorkerPool;

public class Lending {
  public static void main(String[] args) {
    // @start region="lend"
    try (WorkerPool<Callable<?>, Object> pool = WorkerPool.tasks().workers(8).open()) {
      ExecutorService executor = WorkerPool.asExecutorService(pool);
      CompletableFuture.supplyAsync(() -> 6 * 7, executor).thenAccept(System.out::println);
    }
    // @end
  }
}
