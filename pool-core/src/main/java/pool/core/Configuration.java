package pool.core;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerFactory;

/**
 * What a builder was told so far; the methods of {@link WorkerPool.Builder} but {@code open}.
 *
 * @param <B> the builder
 */
abstract sealed class Configuration<J, R, B extends Configuration<J, R, B>>
    permits WorkerPool.Builder {

  final WorkerFactory<J, R> factory;
  private final Map<String, String> optionTexts = new HashMap<>();
  private final Map<String, OptionValues.Given> optionValues = new HashMap<>();
  private @Nullable String name;
  private int workers = Runtime.getRuntime().availableProcessors();
  private ThreadKind threads = ThreadKind.VIRTUAL;
  private int queueCapacity = 1_024;
  private WhenFull whenFull = WhenFull.WAIT;
  private Distribution distribution = Distribution.SHARED;
  private int attempts = 1;
  private long maxJobsPerWorker = Long.MAX_VALUE;
  private @Nullable Duration maxWorkerAge;
  private @Nullable Duration pingInterval;
  private @Nullable Duration jobTimeout;
  private Duration openTimeout = Duration.ofSeconds(30);
  private @Nullable Duration closeTimeout;
  private Duration cancelGrace = Duration.ofSeconds(5);
  private Duration closeOnExit = Duration.ofSeconds(30);
  private @Nullable PoolListener listener;
  private Duration stallAfter = Duration.ofSeconds(30);

  Configuration(WorkerFactory<J, R> factory) {
    this.factory = Objects.requireNonNull(factory, "factory");
  }

  abstract B self();

  /** For tests, which do not wait half a minute. */
  B stallAfter(Duration time) {
    this.stallAfter = Settings.positive("stallAfter", time);
    return self();
  }

  Settings settings() {
    return new Settings(
        name == null ? factory.name() : name,
        workers,
        threads,
        Map.copyOf(optionTexts),
        OptionValues.read(factory, optionTexts, optionValues),
        queueCapacity,
        whenFull,
        distribution,
        attempts,
        maxJobsPerWorker,
        Optional.ofNullable(maxWorkerAge),
        Optional.ofNullable(pingInterval),
        Optional.ofNullable(jobTimeout),
        openTimeout,
        Optional.ofNullable(closeTimeout),
        cancelGrace,
        closeOnExit,
        listener,
        stallAfter);
  }

  /**
   * The pool's name, not blank; names its workers and threads too: {@code download-3}. Default: the
   * factory's.
   *
   * @param name the name
   * @return this builder
   * @throws IllegalArgumentException when it is blank
   */
  public B name(String name) {
    if (name.isBlank()) {
      throw new IllegalArgumentException("the pool's name must not be blank");
    }
    this.name = name;
    return self();
  }

  /**
   * How many workers, at least 1. Default: as many as there are processors.
   *
   * @param workers how many
   * @return this builder
   * @throws IllegalArgumentException when it is less than 1
   */
  public B workers(int workers) {
    this.workers = Settings.atLeastOne("workers", workers);
    return self();
  }

  /**
   * What the workers live on. Default: {@link ThreadKind#VIRTUAL}.
   *
   * @param threads the kind
   * @return this builder
   */
  public B threads(ThreadKind threads) {
    this.threads = Objects.requireNonNull(threads, "threads");
    return self();
  }

  /**
   * Gives an option as text; the last of a name counts.
   *
   * @param name what users write
   * @param value its text
   * @return this builder
   */
  public B option(String name, String value) {
    Objects.requireNonNull(value, () -> "the value of option '" + name + "'");
    optionValues.remove(name);
    optionTexts.put(name, value);
    return self();
  }

  /**
   * Gives an option as a value; the last of a name counts.
   *
   * @param <T> the type of the value
   * @param option which one
   * @param value its value
   * @return this builder
   */
  public <T> B option(Option<T> option, T value) {
    Objects.requireNonNull(value, () -> "the value of option '" + option.name() + "'");
    optionTexts.remove(option.name());
    optionValues.put(option.name(), new OptionValues.Given(option, value));
    return self();
  }

  /**
   * Gives options as texts, by name.
   *
   * @param options from name to text
   * @return this builder
   */
  public B options(Map<String, String> options) {
    options.forEach(this::option);
    return self();
  }

  /**
   * How many submitted jobs may wait, over all workers and keys, at least 1. Default: 1,024.
   *
   * @param queueCapacity how many
   * @return this builder
   * @throws IllegalArgumentException when it is less than 1
   */
  public B queueCapacity(int queueCapacity) {
    this.queueCapacity = Settings.atLeastOne("queueCapacity", queueCapacity);
    return self();
  }

  /**
   * What {@code submit} does when that many wait. Default: {@link WhenFull#WAIT}.
   *
   * @param whenFull wait or reject
   * @return this builder
   */
  public B whenFull(WhenFull whenFull) {
    this.whenFull = Objects.requireNonNull(whenFull, "whenFull");
    return self();
  }

  /**
   * Which worker takes an unkeyed job. Default: {@link Distribution#SHARED}.
   *
   * @param distribution how jobs are given out
   * @return this builder
   */
  public B distribution(Distribution distribution) {
    this.distribution = Objects.requireNonNull(distribution, "distribution");
    return self();
  }

  /**
   * How often a job may be run, at least 1: it is run again, by another worker, only when its
   * worker broke; never after a time-out. When the last attempt breaks a worker, too, the job fails
   * with what that threw, and what the others threw is suppressed in it. Default: 1.
   *
   * @param attempts how often
   * @return this builder
   * @throws IllegalArgumentException when it is less than 1
   */
  public B maxAttempts(int attempts) {
    this.attempts = Settings.atLeastOne("attempts", attempts);
    return self();
  }

  /**
   * How many jobs a worker does before another takes its slot, at least 1. Default: no limit.
   *
   * @param maxJobsPerWorker how many
   * @return this builder
   * @throws IllegalArgumentException when it is less than 1
   */
  public B maxJobsPerWorker(long maxJobsPerWorker) {
    this.maxJobsPerWorker = Settings.atLeastOne("maxJobsPerWorker", maxJobsPerWorker);
    return self();
  }

  /**
   * How old a worker gets before another takes its slot, between two jobs; up to 2.5 % less, by
   * chance, so that not all end at once. Default: no limit.
   *
   * @param maxWorkerAge the age
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B maxWorkerAge(Duration maxWorkerAge) {
    this.maxWorkerAge = Settings.positive("maxWorkerAge", maxWorkerAge);
    return self();
  }

  /**
   * How long a worker waits for a job before it is pinged, and again. Default: never.
   *
   * @param pingInterval the wait
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B pingInterval(Duration pingInterval) {
    this.pingInterval = Settings.positive("pingInterval", pingInterval);
    return self();
  }

  /**
   * How long a job may run, from its start, until its future fails with a {@code TimeoutException}:
   * never less, and at most 10 ms or 5 % more. Then the run is stopped; a worker that does not come
   * back within {@code cancelGrace} is abandoned and replaced. Default: no limit.
   *
   * @param jobTimeout the limit
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B jobTimeout(Duration jobTimeout) {
    this.jobTimeout = Settings.positive("jobTimeout", jobTimeout);
    return self();
  }

  /**
   * How long {@code open} may take until it gives up, and how long jobs wait for a worker when none
   * can be opened again. Default: 30 s.
   *
   * @param openTimeout the limit
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B openTimeout(Duration openTimeout) {
    this.openTimeout = Settings.positive("openTimeout", openTimeout);
    return self();
  }

  /**
   * How long {@code close} may take until it stops what is not done. Default: for ever.
   *
   * @param closeTimeout the limit
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B closeTimeout(Duration closeTimeout) {
    this.closeTimeout = Settings.positive("closeTimeout", closeTimeout);
    return self();
  }

  /**
   * How long a stopped worker has to come back before it is abandoned. Default: 5 s.
   *
   * @param cancelGrace the time, or zero for none
   * @return this builder
   * @throws IllegalArgumentException when it is negative
   */
  public B cancelGrace(Duration cancelGrace) {
    this.cancelGrace = Settings.notNegative("cancelGrace", cancelGrace);
    return self();
  }

  /**
   * How long the exit of the JVM waits for an open pool to close. Default: 30 s.
   *
   * @param closeOnExit the limit
   * @return this builder
   * @throws IllegalArgumentException when it is not positive
   */
  public B closeOnExit(Duration closeOnExit) {
    this.closeOnExit = Settings.positive("closeOnExit", closeOnExit);
    return self();
  }

  /**
   * Who is told what happens to the pool, its workers and its jobs; by default nobody.
   *
   * @param listener called on a thread of its own
   * @return this
   */
  public B listener(PoolListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
    return self();
  }
}
