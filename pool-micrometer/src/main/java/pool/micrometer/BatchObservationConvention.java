package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** The name and the keys of the observation of a batch's run. */
public interface BatchObservationConvention extends ObservationConvention<BatchObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof BatchObservationContext;
  }
}
