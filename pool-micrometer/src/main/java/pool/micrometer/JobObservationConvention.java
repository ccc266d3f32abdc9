package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** How the observation of a run of a job is named, and what keys it has. */
public interface JobObservationConvention extends ObservationConvention<JobObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof JobObservationContext;
  }
}
