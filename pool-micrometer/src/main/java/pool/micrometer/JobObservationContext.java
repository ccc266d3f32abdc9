package pool.micrometer;

import io.micrometer.observation.Observation;

/** What is known of an observed run of one job. */
public final class JobObservationContext extends Observation.Context {

  private final String poolName;
  private final String workerName;
  private boolean hasReturned;

  /**
   * A run that begins.
   *
   * @param poolName the pool's name
   * @param workerName the worker's name, such as {@code download-3}
   */
  public JobObservationContext(String poolName, String workerName) {
    this.poolName = poolName;
    this.workerName = workerName;
  }

  /**
   * Which pool.
   *
   * @return its name
   */
  public String poolName() {
    return poolName;
  }

  /**
   * Which worker.
   *
   * @return its name
   */
  public String workerName() {
    return workerName;
  }

  /**
   * How the run has ended.
   *
   * @return unknown until then
   */
  public RunOutcome outcome() {
    return RunOutcome.of(getError(), hasReturned);
  }

  void hasReturned() {
    hasReturned = true;
  }
}
