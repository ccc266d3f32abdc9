package pool.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import kotlinx.coroutines.Dispatchers;
import kotlinx.coroutines.ExecutorsKt;

/** Kotlin's dispatcher for what may block, of which so many jobs run at a time, as an executor. */
final class KotlinPeer implements Peer {

  private final Executor executor;
  private final Work work;

  KotlinPeer(int workers, Work work) {
    executor = ExecutorsKt.asExecutor(Dispatchers.getIO().limitedParallelism(workers, "benchmark"));
    this.work = work;
  }

  @Override
  public CompletableFuture<Integer> submit(Integer job) {
    return CompletableFuture.supplyAsync(() -> work.run(job), executor);
  }

  @Override
  public void close() {} // its threads belong to Kotlin
}
