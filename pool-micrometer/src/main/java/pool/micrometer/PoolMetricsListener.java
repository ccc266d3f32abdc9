package pool.micrometer;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import pool.core.CloseReport;
import pool.core.JobRun;
import pool.core.PoolListener;
import pool.core.ReplaceReason;

/**
 * Records what happens in a pool, in meters of a registry: timers of how long jobs waited and ran,
 * and counters of workers that broke or were replaced or abandoned. Give it to the builder of one
 * pool, as its {@code listener}, alone or {@linkplain PoolListener#of with others}.
 *
 * {@snippet :
 * PoolMetricsListener listener = PoolMetricsListener.builder(registry, "download").build();
 * WorkerPool.of(factory).listener(listener).open();
 * }
 *
 * <p>The timers have histograms whose buckets can be added up over pools and instances, so that a
 * monitoring system can compute percentiles over all of them. All meters have the tag {@code pool}.
 * The guide for applications lists them.
 *
 * <p>It costs the pool what any listener costs. It refers to no pool and to no job.
 */
public final class PoolMetricsListener implements PoolListener, AutoCloseable {

  private static final String SUCCEEDED = "succeeded";

  private final MeterRegistry registry;
  private final Tags tags;
  private final boolean percentileHistogram;
  private final Duration[] serviceLevelObjectives;
  private final BoundMeters meters;

  private final Timer waited;
  private final Counter broken;
  private final Counter abandoned;
  private final Counter openFailures;
  private final Counter queueFull;
  private final Counter eventsLost;
  private final Map<ReplaceReason, Counter> replaced = new EnumMap<>(ReplaceReason.class);
  private final Map<String, Timer> ran = new ConcurrentHashMap<>(); // by outcome

  private PoolMetricsListener(Builder builder, Tags tags, BoundMeters meters) {
    this.registry = builder.registry;
    this.tags = tags;
    this.meters = meters;
    percentileHistogram = builder.percentileHistogram;
    serviceLevelObjectives = builder.serviceLevelObjectives;
    waited = timer("pool.wait", "From the submission of a job to the start of a run", Tags.empty());
    broken = counter("pool.workers.broken", "Workers that broke", Tags.empty());
    abandoned = counter("pool.workers.abandoned", "Workers that did not come back", Tags.empty());
    openFailures =
        counter("pool.workers.open.failures", "Openings of workers that failed", Tags.empty());
    queueFull = counter("pool.queue.full", "Submits that found the queue full", Tags.empty());
    eventsLost =
        counter("pool.events.lost", "Events that came too fast to be recorded", Tags.empty());
    for (ReplaceReason reason : ReplaceReason.values()) {
      replaced.put(
          reason,
          counter(
              "pool.workers.replaced",
              "Workers that were opened in the place of others",
              Tags.of("reason", reason.name().toLowerCase(Locale.ROOT))));
    }
    Timer _ = ran(SUCCEEDED); // those of other outcomes are added when first needed
  }

  /**
   * Starts to build a listener.
   *
   * @param registry the registry to which the meters are added
   * @param poolName the name of the pool that gets the listener, for the tag {@code pool}
   * @return a builder
   */
  public static Builder builder(MeterRegistry registry, String poolName) {
    return new Builder(registry, poolName);
  }

  private Timer ran(String outcome) {
    return ran.computeIfAbsent(
        outcome, _ -> timer("pool.run", "How long runs took", Tags.of("outcome", outcome)));
  }

  private Timer timer(String name, String description, Tags more) {
    Timer timer =
        Timer.builder(name)
            .description(description)
            .tags(tags.and(more))
            .publishPercentileHistogram(percentileHistogram)
            .serviceLevelObjectives(serviceLevelObjectives)
            .register(registry);
    meters.add(registry, timer);
    return timer;
  }

  private Counter counter(String name, String description, Tags more) {
    Counter counter =
        Counter.builder(name).description(description).tags(tags.and(more)).register(registry);
    meters.add(registry, counter);
    return counter;
  }

  // The pool's listener thread

  @Override
  public void jobRan(JobRun run) {
    waited.record(run.waited());
    ran(run.dropped() ? "dropped" : run.failure().isPresent() ? "failed" : SUCCEEDED)
        .record(run.ran());
  }

  @Override
  public void workerNotOpened(String worker, Instant at, Throwable cause) {
    openFailures.increment();
  }

  @Override
  public void workerBroke(String worker, Instant at, Throwable cause) {
    broken.increment();
  }

  @Override
  public void workerAbandoned(CloseReport.Abandoned worker, Instant at) {
    abandoned.increment();
  }

  @Override
  public void workerReplaced(String worker, Instant at, ReplaceReason why) {
    Objects.requireNonNull(replaced.get(why)).increment();
  }

  @Override
  public void queueFull(Instant at) {
    queueFull.increment();
  }

  @Override
  public void eventsLost(long events) {
    eventsLost.increment((double) events);
  }

  /** Removes the meters from the registry; call it after the pool is closed. */
  @Override
  public void close() {
    meters.removeAll();
  }

  /** Builds a listener. Not thread-safe. */
  public static final class Builder {

    private final MeterRegistry registry;
    private final String poolName;
    private Tags tags = Tags.empty();
    private boolean percentileHistogram = true;
    private Duration[] serviceLevelObjectives = {};

    private Builder(MeterRegistry registry, String poolName) {
      this.registry = registry;
      this.poolName = poolName;
    }

    /**
     * Adds tags to all meters. Default: only {@code pool}.
     *
     * @param more such as {@code Tags.of("region", "north")}
     * @return this builder
     */
    public Builder tags(Iterable<Tag> more) {
      tags = tags.and(more);
      return this;
    }

    /**
     * Whether the timers have Micrometer's own buckets, some 70 each, from which a monitoring
     * system can compute any percentile. Default: yes.
     *
     * @param publish false for fewer time series
     * @return this builder
     */
    public Builder publishPercentileHistogram(boolean publish) {
      percentileHistogram = publish;
      return this;
    }

    /**
     * Gives the timers buckets that end at these times, in addition to Micrometer's own if there
     * are any. Default: none.
     *
     * @param limits how long jobs should wait or run at most
     * @return this builder
     */
    public Builder serviceLevelObjectives(Duration... limits) {
      serviceLevelObjectives = limits.clone();
      return this;
    }

    /**
     * Adds the meters to the registry.
     *
     * @return a listener for one pool
     * @throws IllegalStateException when the registry already has the timers of a pool with this
     *     name and these tags
     */
    public PoolMetricsListener build() {
      BoundMeters meters = new BoundMeters();
      Tags all = tags.and("pool", poolName);
      return meters.bind(
          registry, "timers of a pool", all, () -> new PoolMetricsListener(this, all, meters));
    }
  }
}
