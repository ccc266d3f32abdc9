package consumer.libraries;

import com.github.benmanes.caffeine.cache.AsyncLoadingCache;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/** Caffeine. */
final class Caches {

  private Caches() {}

  /** The pool loads the values. */
  static int loads(ExecutorService lent, int tasks, Runnable go) {
    AsyncLoadingCache<Integer, Integer> cache =
        Caffeine.newBuilder().executor(lent).maximumSize(tasks / 2).buildAsync(key -> -key);
    List<CompletableFuture<Integer>> values =
        IntStream.range(0, tasks).mapToObj(cache::get).toList();
    go.run();
    return (int) values.stream().filter(value -> value.join() <= 0).count();
  }

  /**
   * The pool tells what was removed, and keeps the cache small. While too much waits for that,
   * whoever computes does it: under the lock that the pool's task needs, it then gives the pool
   * further ones.
   */
  static int removals(ExecutorService lent, int tasks, Runnable go) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(tasks);
    Cache<Integer, Integer> cache =
        Caffeine.newBuilder()
            .executor(lent)
            .maximumSize(10)
            .removalListener((_, _, _) -> left.countDown())
            .build();
    for (int i = 0; i < tasks; i++) {
      cache.asMap().compute(i, (key, _) -> -key);
    }
    go.run();
    cache.invalidateAll();
    left.await();
    return tasks;
  }
}
