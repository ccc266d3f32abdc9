package pool.core.internal.worker;

import java.util.concurrent.atomic.AtomicInteger;
import pool.api.Worker;

/** A worker that is seen to be stopped. */
final class Stoppable implements Worker<String, String> {

  final AtomicInteger cancelled = new AtomicInteger();

  @Override
  public String run(String job) {
    return job;
  }

  @Override
  public void cancel() {
    cancelled.incrementAndGet();
  }

  @Override
  public void close() {}
}
