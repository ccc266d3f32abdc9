package pool.benchmarks;

import com.lmax.disruptor.BlockingWaitStrategy;
import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;

/**
 * An LMAX Disruptor whose handlers deal the jobs among themselves.
 *
 * <p>Its handlers each see every event; since version 4 there is no other way to share work. So a
 * long job holds up every {@code workers}-th job behind it, which is why it is a peer for trivial
 * jobs only. It waits by blocking: spinning handlers would take the processors from the submitters.
 */
final class DisruptorPeer implements Peer {

  private final Disruptor<Event> disruptor;
  private final RingBuffer<Event> ring;

  DisruptorPeer(int workers, int capacity, Work work) {
    int size = Math.max(2, Integer.highestOneBit(2 * capacity - 1));
    disruptor =
        new Disruptor<>(
            Event::new,
            size,
            Executors.defaultThreadFactory(),
            ProducerType.MULTI,
            new BlockingWaitStrategy());
    Handler[] handlers = new Handler[workers];
    for (int i = 0; i < workers; i++) {
      handlers[i] = new Handler(i, workers, work);
    }
    disruptor.handleEventsWith(handlers);
    ring = disruptor.start();
  }

  @Override
  public CompletableFuture<Integer> submit(Integer job) {
    var future = new CompletableFuture<Integer>();
    long sequence = ring.next();
    try {
      Event event = ring.get(sequence);
      event.job = job;
      event.future = future;
    } finally {
      ring.publish(sequence);
    }
    return future;
  }

  @Override
  public void close() {
    disruptor.shutdown();
  }

  private static final class Event {
    private Integer job;
    private CompletableFuture<Integer> future;
  }

  private record Handler(int index, int handlers, Work work) implements EventHandler<Event> {
    @Override
    public void onEvent(Event event, long sequence, boolean endOfBatch) {
      if (sequence % handlers == index) {
        Integer job = event.job;
        CompletableFuture<Integer> future = event.future;
        event.job = null;
        event.future = null;
        future.complete(work.run(job));
      }
    }
  }
}
