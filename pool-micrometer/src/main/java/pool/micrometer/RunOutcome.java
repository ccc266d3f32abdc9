package pool.micrometer;

import io.micrometer.common.KeyValue;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How an observed run ended. */
public enum RunOutcome {
  /** It has not ended yet. */
  UNKNOWN,

  /** It returned. */
  SUCCEEDED,

  /** It threw; its job may nevertheless be run again. */
  FAILED;

  static RunOutcome of(@Nullable Throwable error, boolean hasReturned) {
    return error != null ? FAILED : hasReturned ? SUCCEEDED : UNKNOWN;
  }

  KeyValue keyValue() {
    return KeyValue.of(
        PoolObservation.LowCardinalityKeyNames.OUTCOME, name().toLowerCase(Locale.ROOT));
  }
}
