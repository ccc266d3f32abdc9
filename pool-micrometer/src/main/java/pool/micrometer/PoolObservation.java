package pool.micrometer;

import io.micrometer.common.docs.KeyName;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;
import io.micrometer.observation.docs.ObservationDocumentation;

/** The observations of a pool, with their names and keys. */
public enum PoolObservation implements ObservationDocumentation {

  /** One run of one job. */
  JOB {
    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>>
        getDefaultConvention() {
      return DefaultJobObservationConvention.class;
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return new KeyName[] {HighCardinalityKeyNames.WORKER};
    }
  },

  /** One run of a batch of jobs. */
  BATCH {
    @Override
    public Class<? extends ObservationConvention<? extends Observation.Context>>
        getDefaultConvention() {
      return DefaultBatchObservationConvention.class;
    }

    @Override
    public KeyName[] getHighCardinalityKeyNames() {
      return HighCardinalityKeyNames.values();
    }
  };

  @Override
  public KeyName[] getLowCardinalityKeyNames() {
    return LowCardinalityKeyNames.values();
  }

  /** Keys with few values, which are also tags of meters. */
  public enum LowCardinalityKeyNames implements KeyName {
    /** The pool's name. */
    POOL("pool"),

    /** A {@link RunOutcome}, in lower case. */
    OUTCOME("outcome");

    private final String key;

    LowCardinalityKeyNames(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }

  /** Keys with many values, which only traces have. */
  public enum HighCardinalityKeyNames implements KeyName {
    /** The worker's name, such as {@code download-3}. */
    WORKER("worker"),

    /** How many jobs a batch has. */
    BATCH_SIZE("batch.size");

    private final String key;

    HighCardinalityKeyNames(String key) {
      this.key = key;
    }

    @Override
    public String asString() {
      return key;
    }
  }
}
