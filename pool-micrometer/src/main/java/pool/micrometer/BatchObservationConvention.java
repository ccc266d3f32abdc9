package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** How the observation of a run of a batch is named, and what keys it has. */
public interface BatchObservationConvention extends ObservationConvention<BatchObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof BatchObservationContext;
  }
}
