package pool.micrometer;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.FunctionTimer;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.TimeGauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import pool.core.WorkerPool;
import pool.core.WorkerState;
import pool.metrics.Histogram;
import pool.metrics.MeterSnapshot;
import pool.metrics.PoolMeter;
import pool.micrometer.Figures.Reading;

/**
 * The meters of a pool: jobs by outcome, what waits and runs, workers by state; and, with a {@link
 * PoolMeter}, how long jobs waited and ran, and how busy the workers were. All have the tag {@code
 * pool}, the pool's name. The guide for applications lists them.
 *
 * <p>They do not keep a forgotten pool from being noticed. When the pool is gone, its counters stay
 * where they are and its gauges have no value. They are at most a tenth of a second old.
 */
public final class PoolMetrics implements MeterBinder, AutoCloseable {

  private static final double[] PERCENTILES = {0.5, 0.95, 0.99, 0.999};

  private final Figures figures;
  private final boolean measured;
  private final Tags tags;
  private final BoundMeters meters = new BoundMeters();

  /**
   * The meters of what the pool itself counts.
   *
   * @param pool what to show
   * @param tags more tags for all of them, such as {@code Tags.empty()}
   */
  public PoolMetrics(WorkerPool<?, ?> pool, Iterable<Tag> tags) {
    this(pool, tags, null);
  }

  /**
   * The meters of what the pool itself counts and of what its meter measures.
   *
   * @param pool what to show
   * @param meter the one that was given to that pool as its listener, alone or with others
   * @param tags more tags for all of them, such as {@code Tags.empty()}
   */
  public PoolMetrics(WorkerPool<?, ?> pool, PoolMeter meter, Iterable<Tag> tags) {
    this(pool, tags, meter);
  }

  private PoolMetrics(WorkerPool<?, ?> pool, Iterable<Tag> tags, @Nullable PoolMeter meter) {
    this.figures = new Figures(pool, meter);
    this.measured = meter != null;
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
    if (measured) {
      bindTimes(
          registry, "pool.wait", "From submission to the start of a run", MeterSnapshot::waited);
      bindTimes(registry, "pool.run", "What runs took", MeterSnapshot::ran);
      bindMeasured(registry);
    }
  }

  private void bindJobs(MeterRegistry registry) {
    counter(
        registry, "pool.jobs.submitted", "Jobs accepted", Tags.empty(), r -> r.jobs().submitted());
    outcome(registry, "succeeded", r -> r.jobs().succeeded());
    outcome(registry, "failed", r -> r.jobs().failed());
    outcome(registry, "cancelled", r -> r.jobs().cancelled());
    outcome(registry, "notStarted", r -> r.jobs().notStarted());
    counter(
        registry,
        "pool.jobs.retried",
        "Runs whose job was put off, to be run again later",
        Tags.empty(),
        r -> r.jobs().retried());
    gauge(registry, "pool.queue.size", "Jobs that wait", Tags.empty(), r -> r.jobs().queued());
    gauge(registry, "pool.jobs.running", "Jobs that run", Tags.empty(), r -> r.jobs().running());
  }

  private void outcome(MeterRegistry registry, String outcome, ToDoubleFunction<Reading> figure) {
    counter(registry, "pool.jobs", "Jobs that settled", Tags.of("outcome", outcome), figure);
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

  private void bindTimes(
      MeterRegistry registry,
      String name,
      String description,
      Function<MeterSnapshot, Histogram> which) {
    meters.add(
        registry,
        FunctionTimer.builder(
                name,
                figures,
                f -> (long) f.counter(r -> which.apply(r.meter()).count()),
                f -> f.counter(r -> which.apply(r.meter()).total().toNanos()),
                TimeUnit.NANOSECONDS)
            .tags(tags)
            .description(description)
            .register(registry));
    time(
        registry,
        name + ".max",
        description + ", the longest",
        Tags.empty(),
        m -> which.apply(m).longest().toNanos());
    for (double phi : PERCENTILES) {
      time(
          registry,
          name + ".percentile",
          description + ", since the pool was opened",
          Tags.of("phi", Double.toString(phi)),
          m -> which.apply(m).percentile(100 * phi).toNanos());
    }
  }

  private void bindMeasured(MeterRegistry registry) {
    gauge(
        registry,
        "pool.utilization",
        "How much of the last minute the workers ran jobs, on average",
        Tags.empty(),
        r -> r.meter().utilization());
    counted(registry, "pool.workers.broken", "Workers that broke", MeterSnapshot.Counts::broke);
    counted(
        registry,
        "pool.workers.abandoned",
        "Workers that did not come back",
        MeterSnapshot.Counts::abandoned);
    counted(
        registry,
        "pool.queue.full",
        "Submits that found the queue full",
        MeterSnapshot.Counts::queueFull);
    counted(
        registry,
        "pool.events.lost",
        "Events that came too fast to be measured",
        MeterSnapshot.Counts::lost);
  }

  private void counted(
      MeterRegistry registry,
      String name,
      String description,
      ToDoubleFunction<MeterSnapshot.Counts> figure) {
    counter(
        registry, name, description, Tags.empty(), r -> figure.applyAsDouble(r.meter().counts()));
  }

  // A registry refers weakly to what counters and timers read, but to what gauges do as it is told.

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

  private void time(
      MeterRegistry registry,
      String name,
      String description,
      Tags more,
      ToDoubleFunction<MeterSnapshot> nanos) {
    meters.add(
        registry,
        TimeGauge.builder(
                name,
                figures,
                TimeUnit.NANOSECONDS,
                f -> f.gauge(r -> nanos.applyAsDouble(r.meter())))
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
