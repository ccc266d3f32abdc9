package pool.micrometer;

import io.micrometer.common.KeyValues;
import pool.micrometer.PoolObservation.HighCardinalityKeyNames;
import pool.micrometer.PoolObservation.LowCardinalityKeyNames;

/**
 * The default convention for batches: the observation {@code pool.batch}, with a span such as
 * {@code batch ask}.
 */
public final class DefaultBatchObservationConvention implements BatchObservationConvention {

  /** Makes the convention, which serves all pools. */
  public DefaultBatchObservationConvention() {}

  @Override
  public String getName() {
    return "pool.batch";
  }

  @Override
  public String getContextualName(BatchObservationContext context) {
    return "batch " + context.poolName();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(BatchObservationContext context) {
    return KeyValues.of(
        LowCardinalityKeyNames.POOL.withValue(context.poolName()), context.outcome().keyValue());
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(BatchObservationContext context) {
    return KeyValues.of(
        HighCardinalityKeyNames.WORKER.withValue(context.workerName()),
        HighCardinalityKeyNames.BATCH_SIZE.withValue(Integer.toString(context.jobs())));
  }
}
