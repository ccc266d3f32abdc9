package pool.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.stream.Gatherers;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Something that takes a list of jobs and gives the list of their results, in order. */
interface BatchPeer extends AutoCloseable {

  List<Integer> map(List<Integer> jobs) throws Exception;

  @Override
  default void close() {}

  /** Opens the peer that a benchmark's parameter names. */
  static BatchPeer open(String name, int workers, Work work) {
    return switch (name) {
      case "inline" -> jobs -> jobs.stream().map(work::run).toList();
      case "pool-platform" -> pool(ThreadKind.PLATFORM, workers, work);
      case "pool-virtual" -> pool(ThreadKind.VIRTUAL, workers, work);
      case "parallel-stream" -> new ParallelStream(new ForkJoinPool(workers), work);
      case "invoke-all" -> new InvokeAll(Executors.newFixedThreadPool(workers), work);
      case "map-concurrent" ->
          jobs -> jobs.stream().gather(Gatherers.mapConcurrent(workers, work::run)).toList();
      default -> throw new IllegalArgumentException("no peer is named '" + name + "'");
    };
  }

  private static BatchPeer pool(ThreadKind threads, int workers, Work work) {
    return new Pooled(
        WorkerPool.of(WorkerFactory.of("benchmark", Integer.class, Integer.class, _ -> work::run))
            .workers(workers)
            .threads(threads)
            .open());
  }

  /** The pool that all this is about. */
  record Pooled(WorkerPool<Integer, Integer> pool) implements BatchPeer {
    @Override
    public List<Integer> map(List<Integer> jobs) {
      return pool.map(jobs);
    }

    @Override
    public void close() {
      pool.close();
    }
  }

  /** A parallel stream on threads of its own, not on those that all parallel streams share. */
  record ParallelStream(ForkJoinPool threads, Work work) implements BatchPeer {
    @Override
    public List<Integer> map(List<Integer> jobs) throws Exception {
      return threads.submit(() -> jobs.parallelStream().map(work::run).toList()).get();
    }

    @Override
    public void close() {
      threads.close();
    }
  }

  /** A fixed thread pool that gets all jobs at once. */
  record InvokeAll(ExecutorService threads, Work work) implements BatchPeer {
    @Override
    public List<Integer> map(List<Integer> jobs) throws Exception {
      List<Callable<Integer>> tasks = new ArrayList<>(jobs.size());
      for (Integer job : jobs) {
        tasks.add(() -> work.run(job));
      }
      List<Integer> results = new ArrayList<>(jobs.size());
      for (Future<Integer> each : threads.invokeAll(tasks)) {
        results.add(each.get());
      }
      return results;
    }

    @Override
    public void close() {
      threads.close();
    }
  }
}
