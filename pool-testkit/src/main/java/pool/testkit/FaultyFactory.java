package pool.testkit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.api.internal.BatchForwarder;

/**
 * A factory whose workers have {@link Faults}. Closing it releases the calls that hang, so that a
 * test leaves no thread behind.
 *
 * <p>Safe for use by many threads.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class FaultyFactory<J, R> extends WrappedFactory<J, R> implements AutoCloseable {

  private final Map<Faults.Place, Faults.Fault> faults;
  private final Map<WorkerCall, AtomicInteger> counts = new EnumMap<>(WorkerCall.class);
  private final CountDownLatch hanging = new CountDownLatch(1);
  private final CountDownLatch released = new CountDownLatch(1);

  FaultyFactory(WorkerFactory<J, R> factory, Map<Faults.Place, Faults.Fault> faults) {
    super(factory);
    this.faults = faults;
    for (WorkerCall what : WorkerCall.values()) {
      counts.put(what, new AtomicInteger());
    }
  }

  /**
   * Waits until a call hangs, or has hung.
   *
   * @param limit the longest time to wait
   * @throws AssertionError when no call has hung by then
   * @throws InterruptedException when the thread is interrupted
   */
  public void awaitHanging(Duration limit) throws InterruptedException {
    if (!hanging.await(limit.toNanos(), NANOSECONDS)) {
      throw new AssertionError(
          "factory '%s': no call hangs after %s; its faults are at %s, its calls were %s"
              .formatted(name(), limit, faults.keySet(), counts));
    }
  }

  /** Releases the calls that hang; from now on no call hangs. */
  public void release() {
    released.countDown();
  }

  /** {@linkplain #release Releases} the calls that hang. */
  @Override
  public void close() {
    release();
  }

  void hang() throws InterruptedException {
    hanging.countDown();
    released.await();
  }

  @Override
  public Worker<J, R> open(WorkerContext context) throws Exception {
    strike(WorkerCall.OPEN);
    Worker<J, R> worker = factory.open(context);
    Worker<J, R> faulty = new Faulty(worker);
    return worker instanceof BatchWorker<J, R> together
        ? new BatchForwarder<>(
            faulty,
            (jobs, results) -> {
              strike(WorkerCall.RUN);
              together.runAll(jobs, results);
            })
        : faulty;
  }

  private void strike(WorkerCall what) throws Exception {
    AtomicInteger count = Objects.requireNonNull(counts.get(what));
    Faults.Place place = new Faults.Place(what, count.incrementAndGet());
    Faults.Fault fault = faults.get(place);
    if (fault != null) {
      fault.strike(this, place);
    }
  }

  @SuppressWarnings("try") // close() may be interrupted
  private final class Faulty implements Worker<J, R> {

    private final Worker<J, R> worker;

    Faulty(Worker<J, R> worker) {
      this.worker = Objects.requireNonNull(worker, "the factory returned null instead of a worker");
    }

    @Override
    public @Nullable R run(J job) throws Exception {
      strike(WorkerCall.RUN);
      return worker.run(job);
    }

    @Override
    public void finish() throws Exception {
      strike(WorkerCall.FINISH);
      worker.finish();
    }

    @Override
    public void ping() throws Exception {
      strike(WorkerCall.PING);
      worker.ping();
    }

    @Override
    public void cancel() {
      worker.cancel();
    }

    @Override
    public void close() throws Exception {
      try (worker) {
        strike(WorkerCall.CLOSE);
      }
    }
  }
}
