package pool.flink;

import java.time.Duration;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;

/** Settings of Flink without which a run is not safe. Those that the user has made are kept. */
final class SafeSettings {

  private static final Duration CHECKPOINT_INTERVAL = Duration.ofSeconds(10);
  private static final Duration CANCELLATION_TIMEOUT = Duration.ofMinutes(3);

  private final ReadableConfig given;
  private final Configuration added = new Configuration();

  private SafeSettings(ReadableConfig given) {
    this.given = given;
  }

  /**
   * Adds the settings that are missing.
   *
   * @param closeTimeout how long workers may take to close before they are stopped
   * @throws IllegalArgumentException when Flink would kill the process before that
   */
  static void addTo(StreamExecutionEnvironment env, Duration closeTimeout) {
    SafeSettings settings = new SafeSettings(env.getConfiguration());
    // Without checkpoints a restart begins the input anew, and delivers outcomes again.
    settings.add(CheckpointingOptions.CHECKPOINTING_INTERVAL, CHECKPOINT_INTERVAL);
    // With these a barrier need not wait for the jobs in the buffers before it.
    settings.add(CheckpointingOptions.ENABLE_UNALIGNED, true);
    // This spares a store that is down, and soon uses one again that was down for a moment.
    settings.add(RestartStrategyOptions.RESTART_STRATEGY, "exponential-delay");
    // A task that has not ended by then takes down its process, with all other tasks there.
    settings.add(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT, CANCELLATION_TIMEOUT);
    settings.requireTimeFor(closeTimeout);
    env.configure(settings.added);
  }

  private <T> void add(ConfigOption<T> option, T value) {
    if (given.getOptional(option).isEmpty()) {
      added.set(option, value);
    }
  }

  private void requireTimeFor(Duration closeTimeout) {
    ConfigOption<Duration> option = TaskManagerOptions.TASK_CANCELLATION_TIMEOUT;
    Duration timeout = given.getOptional(option).orElse(CANCELLATION_TIMEOUT);
    Duration grace = PoolSettings.CANCEL_GRACE;
    if (!timeout.isZero() && timeout.minus(grace).compareTo(closeTimeout) <= 0) { // zero: no limit
      throw new IllegalArgumentException(
          "%s must be more than closeTimeout, which is %d s, and %d s, but was %d s"
              .formatted(
                  option.key(), closeTimeout.toSeconds(), grace.toSeconds(), timeout.toSeconds()));
    }
  }
}
