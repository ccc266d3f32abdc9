package pool.micrometer;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The meters that were added to registries, from which they are taken away together. */
final class BoundMeters {

  private final Queue<Runnable> removals = new ConcurrentLinkedQueue<>();

  void add(MeterRegistry registry, Meter meter) {
    removals.add(() -> registry.remove(meter));
  }

  /** From every registry; nothing the second time. */
  void removeAll() {
    Runnable removal;
    while ((removal = removals.poll()) != null) {
      removal.run();
    }
  }
}
