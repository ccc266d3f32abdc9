package pool.core.internal.worker;

import java.util.AbstractList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import pool.core.internal.queue.SlotQueue;

/** The slots of a pool, in order. */
public final class Slots<J, R> extends AbstractList<Slot<J, R>> {

  private final List<Slot<J, R>> slots;
  private final List<SlotQueue<J, R>> queues;

  /** So many slots, whose first workers come from that source. */
  public Slots(String pool, int count, WorkerSource<J, R> source) {
    this.queues = Stream.generate(SlotQueue<J, R>::new).limit(count).toList();
    this.slots =
        IntStream.range(0, count)
            .mapToObj(index -> new Slot<>(index, pool + "-" + index, queues.get(index), source))
            .toList();
  }

  @Override
  public Slot<J, R> get(int index) {
    return slots.get(index);
  }

  @Override
  public int size() {
    return slots.size();
  }

  public List<SlotQueue<J, R>> queues() {
    return queues;
  }

  public Stream<WorkerThread<J, R>> threads() {
    return slots.stream().map(Slot::thread);
  }

  /** How many more submitted jobs were started than when this was last asked. Under the lock. */
  public long takeNewlyStarted() {
    long sum = 0;
    for (Slot<J, R> slot : slots) {
      sum += slot.takeNewlyStarted();
    }
    return sum;
  }
}
