package pool.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.IntConsumer;

/** Several threads that submit at the same time, of which the caller's is one; made once. */
final class Submitters implements AutoCloseable {

  private final int count;
  private final ExecutorService others;

  Submitters(int count) {
    this.count = count;
    this.others = Executors.newFixedThreadPool(Math.max(1, count - 1));
  }

  /** Runs the action once on each thread, with 0, 1, 2 ...; returns when all are done. */
  void run(IntConsumer action) throws InterruptedException, ExecutionException {
    List<Future<?>> running = new ArrayList<>();
    for (int i = 1; i < count; i++) {
      int index = i;
      running.add(others.submit(() -> action.accept(index)));
    }
    action.accept(0);
    for (Future<?> each : running) {
      each.get();
    }
  }

  @Override
  public void close() {
    others.close();
  }
}
