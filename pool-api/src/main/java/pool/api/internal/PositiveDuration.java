package pool.api.internal;

import java.time.Duration;
import java.util.Map;
import pool.api.Option;

/** Durations on command lines, written as those of options are: {@code 30s} or {@code PT30S}. */
public final class PositiveDuration {

  private static final Option<Duration> OPTION =
      Option.duration("time", "").requiring(Duration::isPositive, "must be more than 0");

  private PositiveDuration() {}

  /**
   * Reads a duration.
   *
   * @param text what somebody has written
   * @return the duration
   * @throws IllegalArgumentException if it is none, or not positive; the message is the end of a
   *     sentence that names what it was for
   */
  public static Duration read(String text) {
    try {
      return OPTION.valueIn(Map.of(OPTION.name(), text));
    } catch (IllegalArgumentException e) {
      String named = "option '%s' ".formatted(OPTION.name());
      throw new IllegalArgumentException(String.valueOf(e.getMessage()).replace(named, ""), e);
    }
  }
}
