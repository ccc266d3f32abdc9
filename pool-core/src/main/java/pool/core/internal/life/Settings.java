package pool.core.internal.life;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.JobContext;
import pool.core.PoolListener;
import pool.core.ThreadKind;
import pool.core.WhenFull;

/**
 * What a pool was told by its builder, checked.
 *
 * @param name the pool's name
 * @param workers the number of slots, 1 to 1,000,000
 * @param threads what the workers live on
 * @param queueCapacity how many submitted jobs may wait, at least 1
 * @param whenFull what a submit does when they do
 * @param distribution which worker takes an unkeyed job
 * @param maxAttempts how often a job may be run, when its workers break
 * @param maxRetries how often a job may be put off, to be run again later
 * @param retryOn after which failures that is done beside those that say so; null after none
 * @param maxBatch how many jobs a worker does together, if it is one that does
 * @param maxJobsPerWorker how many jobs a worker does
 * @param maxWorkerAge how old a worker gets
 * @param pingInterval how long a worker waits for a job before it is pinged
 * @param jobTimeout how long a job may run
 * @param minOpen how many workers must be open before the pool is, at most {@code workers}
 * @param openTimeout how long the opening of a worker may take
 * @param closeTimeout how long {@code close} may take before it stops what runs; empty for ever
 * @param cancelGrace how long a stopped worker has to come back
 * @param closeOnExit how long the JVM's exit waits for the pool to close; empty when somebody else
 *     closes it
 * @param contexts what is carried from submitters to workers, the first outermost
 * @param listener who is told what happens
 * @param stallAfter how long nothing moves while it closes until that is told
 */
public record Settings(
    String name,
    int workers,
    ThreadKind threads,
    int queueCapacity,
    WhenFull whenFull,
    Distribution distribution,
    int maxAttempts,
    int maxRetries,
    @Nullable RetryOn retryOn,
    int maxBatch,
    long maxJobsPerWorker,
    Optional<Duration> maxWorkerAge,
    Optional<Duration> pingInterval,
    Optional<Duration> jobTimeout,
    int minOpen,
    Duration openTimeout,
    Optional<Duration> closeTimeout,
    Duration cancelGrace,
    Optional<Duration> closeOnExit,
    List<JobContext> contexts,
    @Nullable PoolListener listener,
    Duration stallAfter) {

  /**
   * Which failures the application wants retried, and when.
   *
   * @param failures called on workers, by several at a time
   * @param first the wait before the first retry; it doubles with each
   * @param longest the longest wait
   */
  public record RetryOn(Predicate<? super Throwable> failures, Duration first, Duration longest) {}

  private static final int MOST_WORKERS = 1_000_000;
  private static final int MOST_CLAIMING_SEVERAL = 64;

  /** The builder has checked each value alone. */
  public Settings {
    if (workers > MOST_WORKERS) {
      throw new IllegalArgumentException(
          "workers must be at most " + MOST_WORKERS + ", but was " + workers);
    }
    if (minOpen > workers) {
      throw new IllegalArgumentException(
          "minOpen must be at most workers, %d, but was %d".formatted(workers, minOpen));
    }
  }

  /** Whether workers take several jobs at a time: only so few that each can look at all others. */
  public boolean claimsSeveral() {
    return workers <= MOST_CLAIMING_SEVERAL;
  }

  /** What {@link #toString} would print may be secret. */
  @Override
  public String toString() {
    return "Settings[" + name + "]";
  }

  public static int atLeastOne(String what, int value) {
    return (int) atLeastOne(what, (long) value);
  }

  public static long atLeastOne(String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + " must be at least 1, but was " + value);
    }
    return value;
  }

  public static int notNegative(String what, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(what + " must not be negative, but was " + value);
    }
    return value;
  }

  public static Duration positive(String what, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(what + " must be more than 0, but was " + value);
    }
    return value;
  }

  public static Duration notNegative(String what, Duration value) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(what + " must not be negative, but was " + value);
    }
    return value;
  }
}
