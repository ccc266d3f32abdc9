package pool.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.function.ToLongFunction;
import pool.process.ProcessCounts;
import pool.process.ProcessFactory;

/**
 * The meters of workers in processes: how many were started, have died, were killed. All have the
 * tag {@code factory}, its name. Needs {@code pool.process}, which this module does not bring
 * along.
 */
public final class ProcessMetrics implements MeterBinder, AutoCloseable {

  private final ProcessFactory<?, ?> factory;
  private final Tags tags;
  private final BoundMeters meters = new BoundMeters();

  /**
   * The meters of a factory's processes.
   *
   * @param factory the one whose workers a pool opens
   * @param tags more tags for all of them, such as {@code Tags.empty()}; where two factories have
   *     one name, the pool's
   */
  public ProcessMetrics(ProcessFactory<?, ?> factory, Iterable<Tag> tags) {
    this.factory = factory;
    this.tags = Tags.of(tags).and("factory", factory.name());
  }

  /**
   * Adds the meters to a registry.
   *
   * @param registry one that has none with these tags
   * @throws IllegalStateException when it has
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    if (registry.find("pool.processes.started").tags(tags).meter() != null) {
      throw new IllegalStateException(
          "the registry has the meters of processes with the tags %s already: close those first, or give one of the two another tag"
              .formatted(tags));
    }
    counter(registry, "started", "Processes started", ProcessCounts::started);
    counter(registry, "died", "Processes that ended by themselves", ProcessCounts::died);
    counter(
        registry,
        "killed",
        "Processes killed because they did not stop, or had too much memory",
        ProcessCounts::killed);
  }

  /** The registry refers weakly to what it asks, so that is the registry itself. */
  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      ToLongFunction<ProcessCounts> figure) {
    Meter meter =
        FunctionCounter.builder(
                "pool.processes." + name, registry, _ -> figure.applyAsLong(factory.counts()))
            .tags(tags)
            .description(description)
            .register(registry);
    meters.add(registry, meter);
  }

  /** Takes the meters away from every registry. To close it again does nothing. */
  @Override
  public void close() {
    meters.removeAll();
  }
}
