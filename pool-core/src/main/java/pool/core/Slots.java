package pool.core;

import java.util.AbstractList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.IntFunction;

/**
 * The workers by slot. A slot gets another thread only when its own was abandoned, under the pool's
 * lock; any thread may read.
 */
final class Slots<J, R> extends AbstractList<WorkerThread<J, R>> {

  private final AtomicReferenceArray<WorkerThread<J, R>> workers;
  private final List<WorkerThread<J, R>> replaced = new CopyOnWriteArrayList<>();

  Slots(int slots) {
    this.workers = new AtomicReferenceArray<>(slots);
  }

  /** Before others see it. */
  void fill(IntFunction<WorkerThread<J, R>> worker) {
    for (int slot = 0; slot < workers.length(); slot++) {
      workers.setPlain(slot, worker.apply(slot));
    }
  }

  @Override
  public WorkerThread<J, R> get(int slot) {
    return workers.get(slot);
  }

  @Override
  public int size() {
    return workers.length();
  }

  /** Those that were abandoned and whose slot has another: what they counted still counts. */
  List<WorkerThread<J, R>> replaced() {
    return replaced;
  }

  // Under the lock:

  void replace(WorkerThread<J, R> abandoned, WorkerThread<J, R> successor) {
    replaced.add(abandoned);
    workers.set(abandoned.slot(), successor);
  }
}
