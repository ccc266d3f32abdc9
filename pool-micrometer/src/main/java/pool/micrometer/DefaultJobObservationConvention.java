package pool.micrometer;

import io.micrometer.common.KeyValues;
import pool.micrometer.PoolObservation.HighCardinalityKeyNames;
import pool.micrometer.PoolObservation.LowCardinalityKeyNames;

/**
 * The default convention for jobs: the observation {@code pool.job}, with a span such as {@code job
 * ask}.
 */
public final class DefaultJobObservationConvention implements JobObservationConvention {

  /** Makes the convention, which serves all pools. */
  public DefaultJobObservationConvention() {}

  @Override
  public String getName() {
    return "pool.job";
  }

  @Override
  public String getContextualName(JobObservationContext context) {
    return "job " + context.poolName();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(JobObservationContext context) {
    return KeyValues.of(
        LowCardinalityKeyNames.POOL.withValue(context.poolName()), context.outcome().keyValue());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(JobObservationContext context) {
    return KeyValues.of(HighCardinalityKeyNames.WORKER.withValue(context.workerName()));
  }
}
