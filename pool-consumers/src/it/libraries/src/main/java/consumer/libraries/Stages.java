package consumer.libraries;

import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.ListeningExecutorService;
import com.google.common.util.concurrent.MoreExecutors;
import dev.failsafe.Failsafe;
import dev.failsafe.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.stream.IntStream;

/** The JDK's futures, Guava's, and Failsafe's. */
final class Stages {

  private Stages() {}

  /** Each first stage gives the pool the second one from a worker, while the others wait. */
  static int jdk(ExecutorService lent, int tasks, Runnable go) {
    CompletableFuture<Integer> start = new CompletableFuture<>();
    List<CompletableFuture<Integer>> ends =
        IntStream.range(0, tasks)
            .mapToObj(_ ->
                start
                    .thenApplyAsync(number -> number + 1, lent)
                    .thenApplyAsync(number -> number * 2, lent))
            .toList();
    start.complete(20);
    go.run();
    return (int) ends.stream().filter(end -> end.join() == 42).count();
  }

  /** The tasks need the lock that whoever gives them holds. */
  static int lock(ExecutorService lent, int tasks, Runnable go) throws InterruptedException {
    CountDownLatch left = new CountDownLatch(tasks);
    Object lock = new Object();
    synchronized (lock) {
      go.run();
      for (int i = 0; i < tasks; i++) {
        lent.execute(() -> {
          synchronized (lock) {
            left.countDown();
          }
        });
      }
    }
    left.await();
    return tasks;
  }

  /** As {@link #jdk}. */
  static int guava(ExecutorService lent, int tasks, Runnable go) throws Exception {
    ListeningExecutorService listening = MoreExecutors.listeningDecorator(lent);
    List<ListenableFuture<Integer>> ends = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      ListenableFuture<Integer> start =
          Futures.submitAsync(() -> listening.submit(() -> 20), listening);
      ends.add(Futures.transform(start, number -> number + 22, listening));
    }
    go.run();
    return Futures.allAsList(ends).get().size();
  }

  /** Each fails once and is tried again, on a worker. */
  static int failsafe(ExecutorService lent, int tasks, Runnable go) {
    var retries = Failsafe.with(RetryPolicy.<Integer>ofDefaults()).with(lent);
    List<CompletableFuture<Integer>> ends =
        IntStream.range(0, tasks)
            .mapToObj(_ -> retries.getAsync(run -> 42 / run.getAttemptCount()))
            .toList();
    go.run();
    return (int) ends.stream().filter(end -> end.join() == 42).count();
  }
}
