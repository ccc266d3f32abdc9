package pool.spring;

import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName.Form;
import pool.core.Distribution;
import pool.core.ThreadKind;
import pool.core.WhenFull;
import pool.core.WorkerPool;

/**
 * The settings of one pool in the properties. A setting that is absent has the builder's default.
 *
 * @param factory What opens the workers: the name of a bean, or the name that a bean or a plugin
 *     gives its factory. Default: the name of the pool.
 * @param plugins A directory of plugins in which factories are looked for as well.
 * @param workers How many workers the pool has. Default: as many as there are processors.
 * @param threads The kind of threads that the workers run on. Default: virtual threads.
 * @param queueCapacity How many jobs may wait. Default: 1,024.
 * @param whenFull What a submit does when that many jobs wait. Default: it waits.
 * @param distribution Which worker takes an unkeyed job. Default: the first that is free.
 * @param jobTimeout How long a job may run. Default: no limit.
 * @param openTimeout How long opening may take, and how long jobs wait for a worker when none can
 *     be opened. Default: 30 s.
 * @param closeTimeout How long closing may take before unfinished jobs are stopped; never longer
 *     than the context's shutdown. Default: the time of the context's shutdown.
 * @param cancelGrace How long a stopped worker has to come back before it is abandoned. Default: 5
 *     s.
 * @param maxJobsPerWorker How many jobs a worker does before it is replaced. Default: no limit.
 * @param maxWorkerAge How old a worker gets before it is replaced. Default: no limit.
 * @param pingInterval How long a worker waits for a job before it is pinged. Default: never.
 * @param maxAttempts How often a job may be run when its worker breaks. Default: 1.
 * @param maxRetries How often a job is retried that asks to be run again later. Default: 3.
 * @param minOpen How many workers must be open before the application starts; with 0 it starts
 *     before its database. Default: all.
 * @param maxBatch How many jobs a batch worker does together at most. Default: 100.
 * @param options The options of the factory, by name.
 */
record PoolSettings(
    @Nullable String factory,
    @Nullable String plugins,
    @Nullable Integer workers,
    @Nullable ThreadKind threads,
    @Nullable Integer queueCapacity,
    @Nullable WhenFull whenFull,
    @Nullable Distribution distribution,
    @Nullable Duration jobTimeout,
    @Nullable Duration openTimeout,
    @Nullable Duration closeTimeout,
    @Nullable Duration cancelGrace,
    @Nullable Long maxJobsPerWorker,
    @Nullable Duration maxWorkerAge,
    @Nullable Duration pingInterval,
    @Nullable Integer maxAttempts,
    @Nullable Integer maxRetries,
    @Nullable Integer minOpen,
    @Nullable Integer maxBatch,
    @DefaultValue Map<String, String> options) {

  /** The prefix of the properties of all pools. */
  static final String PREFIX = "pool.pools";

  static String property(String pool) {
    return PREFIX + "." + pool;
  }

  static String property(String pool, String name) {
    return property(pool) + "." + name;
  }

  /** The names of a pool's properties, for a message to somebody who has mistyped one. */
  static String names() {
    return named().sorted().collect(Collectors.joining(", "));
  }

  /** Whether it is a property of a pool, {@code pool.pools.NAME.SETTING}. */
  static boolean isSetting(ConfigurationPropertyName property) {
    return named().anyMatch(property.getLastElement(Form.DASHED)::equals);
  }

  private static Stream<String> named() {
    return Arrays.stream(PoolSettings.class.getRecordComponents())
        .map(component -> ConfigurationPropertyName.adapt(dashed(component.getName()), '.'))
        .map(ConfigurationPropertyName::toString);
  }

  private static String dashed(String camelCase) {
    return camelCase.replaceAll("([A-Z])", "-$1");
  }

  /** Applies the settings to the builder of the pool with this name. */
  void applyTo(String pool, WorkerPool.Builder<?, ?> builder) {
    builder.name(pool);
    set(pool, "workers", workers, builder::workers);
    set(pool, "threads", threads, builder::threads);
    set(pool, "queue-capacity", queueCapacity, builder::queueCapacity);
    set(pool, "when-full", whenFull, builder::whenFull);
    set(pool, "distribution", distribution, builder::distribution);
    set(pool, "job-timeout", jobTimeout, builder::jobTimeout);
    set(pool, "open-timeout", openTimeout, builder::openTimeout);
    set(pool, "close-timeout", closeTimeout, builder::closeTimeout);
    set(pool, "cancel-grace", cancelGrace, builder::cancelGrace);
    set(pool, "max-jobs-per-worker", maxJobsPerWorker, builder::maxJobsPerWorker);
    set(pool, "max-worker-age", maxWorkerAge, builder::maxWorkerAge);
    set(pool, "ping-interval", pingInterval, builder::pingInterval);
    set(pool, "max-attempts", maxAttempts, builder::maxAttempts);
    set(pool, "max-retries", maxRetries, builder::maxRetries);
    set(pool, "min-open", minOpen, builder::minOpen);
    set(pool, "max-batch", maxBatch, builder::maxBatch);
    builder.options(options);
  }

  private static <T> void set(
      String pool, String name, @Nullable T value, Consumer<? super T> setter) {
    if (value == null) {
      return;
    }
    try {
      setter.accept(value);
    } catch (IllegalArgumentException refused) {
      throw new PoolConfigurationException(
          property(pool, name),
          value,
          String.valueOf(refused.getMessage()),
          "Give the property another value.",
          refused);
    }
  }
}
