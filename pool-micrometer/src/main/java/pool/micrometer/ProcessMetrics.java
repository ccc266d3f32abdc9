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
 * The meters of workers in processes: how many processes were started, died, and were killed. All
 * have the tag {@code factory}, the factory's name. Needs {@code pool.process}, which is not a
 * dependency of this module.
 */
public final class ProcessMetrics implements MeterBinder, AutoCloseable {

  private final ProcessFactory<?, ?> factory;
  private final Tags tags;
  private final BoundMeters meters = new BoundMeters();

  /**
   * Makes the meters of a factory's processes.
   *
   * @param factory the factory whose workers a pool opens
   * @param tags additional tags for all meters, such as {@code Tags.empty()}; if two factories have
   *     the same name, the pool's name
   */
  public ProcessMetrics(ProcessFactory<?, ?> factory, Iterable<Tag> tags) {
    this.factory = factory;
    this.tags = Tags.of(tags).and("factory", factory.name());
  }

  /**
   * Adds the meters to a registry.
   *
   * @param registry a registry without such meters with these tags
   * @throws IllegalStateException when the registry has them
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    meters.bind(registry, "meters of processes", tags, () -> bindCounts(registry));
  }

  private void bindCounts(MeterRegistry registry) {
    counter(registry, "started", "Processes started", ProcessCounts::started);
    counter(registry, "died", "Processes that ended by themselves", ProcessCounts::died);
    counter(
        registry,
        "killed",
        "Processes killed because they did not stop, or had too much memory",
        ProcessCounts::killed);
  }

  /** Hands over the registry as the object to measure, since the registry refers to that weakly. */
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

  /** Removes the meters from every registry. Closing it again does nothing. */
  @Override
  public void close() {
    meters.removeAll();
  }
}
