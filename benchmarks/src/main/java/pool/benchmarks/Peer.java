package pool.benchmarks;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/**
 * Something that takes one job and gives a future of its result: the pool, or what else one would
 * use.
 */
sealed interface Peer extends AutoCloseable
    permits Peer.Pooled,
        Peer.OnExecutor,
        Peer.Inline,
        DisruptorPeer,
        DrainPeer,
        KotlinPeer,
        ReactorPeer {

  CompletableFuture<Integer> submit(Integer job);

  @Override
  void close();

  /**
   * Opens the peer that a benchmark's parameter names.
   *
   * @param capacity how many jobs may wait; peers without a bound ignore it
   */
  static Peer open(String name, int workers, int capacity, Work work) {
    return switch (name) {
      case "inline" -> new Inline(work);
      case "pool-platform" -> pool(ThreadKind.PLATFORM, workers, capacity, _ -> work::run);
      case "pool-virtual" -> pool(ThreadKind.VIRTUAL, workers, capacity, _ -> work::run);
      case "reactor-bounded-elastic" -> new ReactorPeer(workers, capacity, work);
      case "kotlin-io" -> new KotlinPeer(workers, work);
      case "disruptor" -> new DisruptorPeer(workers, capacity, work);
      case "virtual-per-task-limited" -> limitedVirtualThreads(workers, work);
      default -> new OnExecutor(executor(name, workers, capacity), work);
    };
  }

  static Peer pool(
      ThreadKind threads,
      int workers,
      int capacity,
      WorkerFactory.Opener<Integer, Integer> opener) {
    return new Pooled(
        WorkerPool.of(WorkerFactory.of("benchmark", Integer.class, Integer.class, opener))
            .workers(workers)
            .threads(threads)
            .queueCapacity(capacity)
            .open());
  }

  static ExecutorService executor(String name, int workers, int capacity) {
    ThreadFactory platform = Executors.defaultThreadFactory();
    return switch (name) {
      case "thread-pool-linked" -> threadPool(workers, new LinkedBlockingQueue<>(), platform);
      case "thread-pool-array" -> threadPool(workers, new ArrayBlockingQueue<>(capacity), platform);
      case "thread-pool-of-virtual" ->
          threadPool(workers, new LinkedBlockingQueue<>(), Thread.ofVirtual().factory());
      case "fork-join-async" ->
          new ForkJoinPool(workers, ForkJoinPool.defaultForkJoinWorkerThreadFactory, null, true);
      case "virtual-per-task" -> Executors.newVirtualThreadPerTaskExecutor();
      default -> throw new IllegalArgumentException("no peer is named '" + name + "'");
    };
  }

  private static ExecutorService threadPool(
      int workers, BlockingQueue<Runnable> queue, ThreadFactory threads) {
    var pool = new ThreadPoolExecutor(workers, workers, 0, TimeUnit.SECONDS, queue, threads);
    pool.prestartAllCoreThreads();
    return pool;
  }

  /** A virtual thread for each job, of which only so many work at a time. */
  private static Peer limitedVirtualThreads(int workers, Work work) {
    var permits = new Semaphore(workers);
    return new OnExecutor(
        Executors.newVirtualThreadPerTaskExecutor(),
        job -> {
          permits.acquireUninterruptibly();
          try {
            return work.run(job);
          } finally {
            permits.release();
          }
        });
  }

  /** The pool that all this is about. */
  record Pooled(WorkerPool<Integer, Integer> pool) implements Peer {
    @Override
    public CompletableFuture<Integer> submit(Integer job) {
      return pool.submit(job);
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  /** An executor, asked for futures in the way that everybody does. */
  record OnExecutor(ExecutorService executor, Work work) implements Peer {
    @Override
    public CompletableFuture<Integer> submit(Integer job) {
      return CompletableFuture.supplyAsync(() -> work.run(job), executor);
    }

    @Override
    public void close() {
      executor.close();
    }
  }

  /** The floor: the same future, completed in place by the caller. */
  record Inline(Work work) implements Peer {
    @Override
    public CompletableFuture<Integer> submit(Integer job) {
      var future = new CompletableFuture<Integer>();
      future.complete(work.run(job));
      return future;
    }

    @Override
    public void close() {}
  }
}
