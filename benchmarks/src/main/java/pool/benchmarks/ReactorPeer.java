package pool.benchmarks;

import java.util.concurrent.CompletableFuture;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Reactor's scheduler for what may block, with a {@code Mono} for each job. */
final class ReactorPeer implements Peer {

  private final Scheduler scheduler;
  private final Work work;

  ReactorPeer(int workers, int capacity, Work work) {
    scheduler = Schedulers.newBoundedElastic(workers, capacity, "benchmark");
    this.work = work;
  }

  @Override
  public CompletableFuture<Integer> submit(Integer job) {
    return Mono.fromCallable(() -> work.run(job)).subscribeOn(scheduler).toFuture();
  }

  @Override
  public void close() {
    scheduler.dispose();
  }
}
