package pool.micrometer;

import io.micrometer.observation.Observation;

/** What is known about an observed run of one job. */
public final class JobObservationContext extends Observation.Context {

  private final String poolName;
  private final String workerName;
  private boolean hasReturned;

  /**
   * Makes the context of a run that begins.
   *
   * @param poolName the pool's name
   * @param workerName the worker's name, such as {@code download-3}
   */
  public JobObservationContext(String poolName, String workerName) {
    this.poolName = poolName;
    this.workerName = workerName;
  }

  /**
   * The name of the pool.
   *
   * @return its name
   */
  public String poolName() {
    return poolName;
  }

  /**
   * The name of the worker.
   *
   * @return its name
   */
  public String workerName() {
    return workerName;
  }

  /**
   * How the run ended.
   *
   * @return unknown until the run has ended
   */
  public RunOutcome outcome() {
    return RunOutcome.of(getError(), hasReturned);
  }

  void hasReturned() {
    hasReturned = true;
  }
}
