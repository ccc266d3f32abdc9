package pool.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.micrometer.Figures.Reading;

/**
 * The meters of what a pool counts by itself: jobs by outcome, jobs that wait or run, workers by
 * state. What only a listener can measure, such as how long jobs run, is in a {@link
 * PoolMetricsListener}. All meters have the tag {@code pool}, the pool's name. The guide for
 * applications lists them.
 *
 * <p>A pool with meters can still be detected as forgotten. When the pool is gone, its counters
 * keep the values that a registry last read, and its gauges have no value. The figures are at most
 * a tenth of a second old.
 */
public final class PoolMetrics implements MeterBinder, AutoCloseable {

  private final Figures figures;
  private final Tags tags;
  private final BoundMeters meters = new BoundMeters();

  /**
   * Makes the meters of a pool.
   *
   * @param pool what to show
   * @param tags additional tags for all meters, such as {@code Tags.empty()}
   */
  public PoolMetrics(WorkerPool<?, ?> pool, Iterable<Tag> tags) {
    this.figures = new Figures(pool);
    this.tags = Tags.of(tags).and("pool", pool.name());
  }

  /**
   * Adds the meters to a registry.
   *
   * @param registry a registry without a pool of this name and these tags
   * @throws IllegalStateException when the registry has such a pool
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    meters.bind(
        registry,
        "meters of a pool",
        tags,
        () -> {
          bindJobs(registry);
          bindWorkers(registry);
        });
  }

  private void bindJobs(MeterRegistry registry) {
    counter(
        registry, "pool.jobs.submitted", "Jobs accepted", Tags.empty(), r -> r.jobs().submitted());
    outcome(registry, "succeeded", r -> r.jobs().succeeded());
    outcome(registry, "failed", r -> r.jobs().failed());
    outcome(registry, "cancelled", r -> r.jobs().cancelled());
    outcome(registry, "not_started", r -> r.jobs().notStarted());
    counter(
        registry,
        "pool.jobs.retried",
        "Runs whose job was put off, to be run again later",
        Tags.empty(),
        r -> r.jobs().retried());
    gauge(registry, "pool.jobs.queued", "Jobs that wait", Tags.empty(), r -> r.jobs().queued());
    gauge(registry, "pool.jobs.running", "Jobs that run", Tags.empty(), r -> r.jobs().running());
  }

  private void outcome(MeterRegistry registry, String outcome, ToDoubleFunction<Reading> figure) {
    counter(
        registry, "pool.jobs.settled", "Jobs that settled", Tags.of("outcome", outcome), figure);
  }

  private void bindWorkers(MeterRegistry registry) {
    for (WorkerState state : WorkerState.values()) {
      gauge(
          registry,
          "pool.workers",
          "Workers by what they do",
          Tags.of("state", state.name().toLowerCase(Locale.ROOT)),
          r -> r.workers().states().getOrDefault(state, 0));
    }
    counter(
        registry,
        "pool.workers.opened",
        "Workers opened, replacements included",
        Tags.empty(),
        r -> r.workers().opened());
    gauge(
        registry,
        "pool.degraded",
        "1 while fewer workers are open than there are slots",
        Tags.empty(),
        r -> r.degraded() ? 1 : 0);
  }

  // A registry refers weakly to what counters read. Gauges can ask for a strong reference.

  private void counter(
      MeterRegistry registry,
      String name,
      String description,
      Tags more,
      ToDoubleFunction<Reading> figure) {
    meters.add(
        registry,
        FunctionCounter.builder(name, figures, f -> f.counter(figure))
            .tags(tags.and(more))
            .description(description)
            .register(registry));
  }

  private void gauge(
      MeterRegistry registry,
      String name,
      String description,
      Tags more,
      ToDoubleFunction<Reading> figure) {
    meters.add(
        registry,
        Gauge.builder(name, figures, f -> f.gauge(figure))
            .tags(tags.and(more))
            .description(description)
            .strongReference(true)
            .register(registry));
  }

  /** Removes the meters from every registry. Closing it again does nothing. */
  @Override
  public void close() {
    meters.removeAll();
  }
}
