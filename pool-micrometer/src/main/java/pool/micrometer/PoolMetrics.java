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
 * The meters of what a pool counts by itself: jobs by outcome, what waits and runs, workers by
 * state. What takes a listener, such as how long jobs run, is in a {@link PoolMetricsListener}. All
 * have the tag {@code pool}, the pool's name. The guide for applications lists them.
 *
 * <p>They do not keep a forgotten pool from being noticed. When the pool is gone, its counters stay
 * where they are and its gauges have no value. They are at most a tenth of a second old.
 */
public final class PoolMetrics implements MeterBinder, AutoCloseable {

  private final Figures figures;
  private final Tags tags;
  private final BoundMeters meters = new BoundMeters();

  /**
   * The meters of a pool.
   *
   * @param pool what to show
   * @param tags more tags for all of them, such as {@code Tags.empty()}
   */
  public PoolMetrics(WorkerPool<?, ?> pool, Iterable<Tag> tags) {
    this.figures = new Figures(pool);
    this.tags = Tags.of(tags).and("pool", pool.name());
  }

  /**
   * Adds the meters to a registry.
   *
   * @param registry one that has no pool of this name and these tags
   * @throws IllegalStateException when it has
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    if (registry.find("pool.jobs.submitted").tags(tags).meter() != null) {
      throw new IllegalStateException(
          "the registry has the meters of a pool with the tags %s already: close those first, or give one of the two another name or another tag"
              .formatted(tags));
    }
    bindJobs(registry);
    bindWorkers(registry);
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

  // A registry refers weakly to what counters read, and to what gauges read as strongly as one
  // asks.

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

  /** Takes the meters away from every registry. To close it again does nothing. */
  @Override
  public void close() {
    meters.removeAll();
  }
}
