package pool.cli;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;
import pool.core.WorkerPool;

/** What a pool may and may not: options of {@code pool run}, as the builder has them. */
final class PoolLimits {

  /** What the builder calls its settings, for messages. */
  private static final Map<String, String> NAMES =
      Map.ofEntries(
          Map.entry("queueCapacity", "queue"),
          Map.entry("jobTimeout", "job-timeout"),
          Map.entry("openTimeout", "open-timeout"),
          Map.entry("cancelGrace", "cancel-grace"),
          Map.entry("maxAttempts", "max-attempts"),
          Map.entry("maxRetries", "max-retries"),
          Map.entry("maxBatch", "max-batch"),
          Map.entry("maxJobsPerWorker", "max-jobs-per-worker"),
          Map.entry("maxWorkerAge", "max-worker-age"),
          Map.entry("pingInterval", "ping-interval"),
          Map.entry("minOpen", "min-open"));

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

  /** Sets what was given. */
  void apply(WorkerPool.Builder<?, ?> builder) {
    if (jobTimeout != null) {
      var _ = builder.jobTimeout(jobTimeout);
    }
    if (openTimeout != null) {
      var _ = builder.openTimeout(openTimeout);
    }
    if (cancelGrace != null) {
      var _ = builder.cancelGrace(cancelGrace);
    }
    if (maxAttempts != null) {
      var _ = builder.maxAttempts(maxAttempts);
    }
    if (maxRetries != null) {
      var _ = builder.maxRetries(maxRetries);
    }
    if (maxBatch != null) {
      var _ = builder.maxBatch(maxBatch);
    }
    if (maxJobsPerWorker != null) {
      var _ = builder.maxJobsPerWorker(maxJobsPerWorker);
    }
    if (maxWorkerAge != null) {
      var _ = builder.maxWorkerAge(maxWorkerAge);
    }
    if (pingInterval != null) {
      var _ = builder.pingInterval(pingInterval);
    }
    if (minOpen != null) {
      var _ = builder.minOpen(minOpen);
    }
  }

  /** A message of the builder, with the names that users of the command know. */
  static String inOurWords(@Nullable String message) {
    String words = String.valueOf(message);
    for (Map.Entry<String, String> name : NAMES.entrySet()) {
      words = words.replace(name.getKey(), name.getValue());
    }
    return words;
  }

  /** Reads a time as the options of factories do. */
  static final class DurationConverter implements ITypeConverter<Duration> {

    private static final pool.api.Option<Duration> OPTION =
        pool.api.Option.duration("time", "").requiring(Duration::isPositive, "must be more than 0");

    DurationConverter() {}

    @Override
    public Duration convert(String text) {
      try {
        return OPTION.valueIn(Map.of(OPTION.name(), text));
      } catch (IllegalArgumentException e) {
        String prefix = "option '%s' ".formatted(OPTION.name());
        throw new TypeConversionException(String.valueOf(e.getMessage()).replace(prefix, ""));
      }
    }
  }
}
