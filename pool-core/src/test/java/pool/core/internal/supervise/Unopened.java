package pool.core.internal.supervise;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.core.PoolState;
import pool.core.WorkerPool;
import pool.core.internal.discovery.OptionValues;
import pool.core.internal.worker.Threadless;
import pool.core.internal.worker.WorkerHost;
import pool.core.internal.worker.WorkerPhase.Phase;
import pool.core.internal.worker.WorkerSource;
import pool.core.internal.worker.WorkerThread;

/**
 * The slots of a pool that is named {@code echo}, and who fills them. The test does what the
 * threads of the slots would do: one that is started all the same opens nothing, and ends.
 */
final class Unopened extends Threadless {

  static final Worker<String, String> WORKER = job -> job;

  final AtomicInteger rings = new AtomicInteger(); // for the supervisor
  final AtomicInteger ended = new AtomicInteger();
  final WorkerSource<String, String> first;
  final RollingReplacement<String, String> roll;
  final SlotFiller<String, String> filler;

  Unopened(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    super(set, source(), new Idle(source()));
    onRing = rings::incrementAndGet;
    first = slots.getFirst().source();
    roll = new RollingReplacement<>(base, slots, idleWorkers, first);
    filler = new SlotFiller<>(base, slots, watch, roll, ended::incrementAndGet);
  }

  /** One whose workers only a test opens. */
  static WorkerSource<String, String> source() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "echo",
            String.class,
            String.class,
            _ -> {
              throw new IllegalStateException("nobody opens one");
            });
    return WorkerSource.of(factory, OptionValues.NONE);
  }

  PoolState state() {
    return base.life().state();
  }

  void becomes(int slot, Phase phase) {
    thread(slot).phase().becomes(phase);
  }

  /** The thread of a slot opens a worker. */
  void open(int slot) {
    WorkerSource<String, String> source = filler.opens(thread(slot));
    assertTrue(filler.opened(thread(slot), WORKER, source));
  }

  void openAll() {
    underLock(() -> base.life().beginOpening());
    for (int slot = 0; slot < slots.size(); slot++) {
      open(slot);
    }
  }

  void fail(int slot, Throwable cause) {
    WorkerSource<String, String> source = filler.opens(thread(slot));
    filler.openFailed(thread(slot), source, cause);
  }

  void abandon(int slot) {
    underLock(() -> {
      thread(slot).left();
      thread(slot).abandon();
    });
  }

  void close() {
    underLock(() -> {
      boolean _ = base.life().beginClosing();
    });
  }

  void stop() {
    underLock(() -> {
      boolean _ = base.life().beginClosing();
      boolean _ = base.life().stop();
    });
  }

  /** Whom threads ask that are started though nobody needs them. */
  private record Idle(WorkerSource<String, String> source) implements WorkerHost<String, String> {

    @Override
    public WorkerSource<String, String> opens(WorkerThread<String, String> thread) {
      return source;
    }

    @Override
    public boolean wantsPing(
        WorkerThread<String, String> thread, WorkerSource<String, String> from) {
      return false;
    }

    @Override
    public boolean opened(
        WorkerThread<String, String> thread,
        Worker<String, String> worker,
        WorkerSource<String, String> from) {
      return false;
    }

    @Override
    public void openFailed(
        WorkerThread<String, String> thread, WorkerSource<String, String> from, Throwable cause) {
      // as it is to
    }

    @Override
    public boolean awaitRetry(WorkerThread<String, String> thread) {
      return false;
    }

    @Override
    public void left(WorkerThread<String, String> thread) {
      // it had none
    }

    @Override
    public boolean wantsAnother(WorkerThread<String, String> thread) {
      return false;
    }

    @Override
    public void ended(WorkerThread<String, String> thread) {
      // nobody counts on it
    }
  }
}
