package pool.cli;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import pool.api.internal.PositiveDuration;
import pool.core.WorkerPool;

/** The limits of a pool: options of {@code pool run} that correspond to the builder's. */
final class PoolLimits {

  /** The builder's names of its settings; {@code jobTimeout} is {@code job-timeout} here. */
  private static final List<String> SETTINGS =
      List.of(
          "jobTimeout",
          "openTimeout",
          "cancelGrace",
          "maxAttempts",
          "maxRetries",
          "maxBatch",
          "maxJobsPerWorker",
          "maxWorkerAge",
          "pingInterval",
          "minOpen");

  @Option(
      names = "--job-timeout",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "how long a job may run; then it fails and is stopped (default: for ever)")
  @Nullable Duration jobTimeout;

  @Option(
      names = "--open-timeout",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "how long a worker may take to open (default: 30s)")
  @Nullable Duration openTimeout;

  @Option(
      names = "--cancel-grace",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "how long a job may take to stop before its worker is given up (default: 5s)")
  @Nullable Duration cancelGrace;

  @Option(
      names = "--max-attempts",
      paramLabel = "N",
      description = "how often a job is tried whose worker breaks (default: 1)")
  @Nullable Integer maxAttempts;

  @Option(
      names = "--max-retries",
      paramLabel = "N",
      description = "how often a job is put off that asks to be run later (default: 3)")
  @Nullable Integer maxRetries;

  @Option(
      names = "--max-batch",
      paramLabel = "N",
      description = "how many jobs a worker takes together that can (default: 100)")
  @Nullable Integer maxBatch;

  @Option(
      names = "--max-jobs-per-worker",
      paramLabel = "N",
      description = "after how many jobs a worker is replaced (default: never)")
  @Nullable Long maxJobsPerWorker;

  @Option(
      names = "--max-worker-age",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "after how long a worker is replaced (default: never)")
  @Nullable Duration maxWorkerAge;

  @Option(
      names = "--ping-interval",
      paramLabel = "D",
      converter = DurationConverter.class,
      description = "how often idle workers are asked whether they are well (default: never)")
  @Nullable Duration pingInterval;

  @Option(
      names = "--min-open",
      paramLabel = "N",
      description = "how many workers must be open before the first job (default: all)")
  @Nullable Integer minOpen;

  PoolLimits() {}

  /** Applies the options that were given. */
  void apply(WorkerPool.Builder<?, ?> builder) {
    set(jobTimeout, builder::jobTimeout);
    set(openTimeout, builder::openTimeout);
    set(cancelGrace, builder::cancelGrace);
    set(maxAttempts, builder::maxAttempts);
    set(maxRetries, builder::maxRetries);
    set(maxBatch, builder::maxBatch);
    set(maxJobsPerWorker, builder::maxJobsPerWorker);
    set(maxWorkerAge, builder::maxWorkerAge);
    set(pingInterval, builder::pingInterval);
    set(minOpen, builder::minOpen);
  }

  private static <T> void set(@Nullable T given, Function<T, ?> setting) {
    if (given != null) {
      var _ = setting.apply(given);
    }
  }

  /** A message of the builder, with the names that users of the command know. */
  static String inOurWords(@Nullable String message) {
    String words = String.valueOf(message).replace("queueCapacity", "queue");
    for (String setting : SETTINGS) {
      words = words.replace(setting, withDashes(setting));
    }
    return words;
  }

  private static String withDashes(String setting) {
    return setting.replaceAll("(?=[A-Z])", "-").toLowerCase(Locale.ROOT);
  }

  /** Reads a time as the options of factories do. */
  static final class DurationConverter implements ITypeConverter<Duration> {

    DurationConverter() {}

    @Override
    public Duration convert(String text) {
      try {
        return PositiveDuration.read(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(String.valueOf(e.getMessage()));
      }
    }
  }
}
