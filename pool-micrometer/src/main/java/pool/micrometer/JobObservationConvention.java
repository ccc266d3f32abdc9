package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/** The name and the keys of the observation of a job's run. */
public interface JobObservationConvention extends ObservationConvention<JobObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof JobObservationContext;
  }
}
