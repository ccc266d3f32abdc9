package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import java.util.List;

/** What is known about an observed run of a batch. */
public final class BatchObservationContext extends Observation.Context {

  private final String poolName;
  private final String workerName;
  private final int jobs;
  private final List<ObservationView> submitters;
  private boolean hasReturned;

  /**
   * Makes the context of a run that begins.
   *
   * @param poolName the pool's name
   * @param workerName the worker's name, such as {@code download-3}
   * @param jobs the number of jobs in the batch
   * @param submitters the observations in which the jobs were submitted, each once; copied
   */
  public BatchObservationContext(
      String poolName, String workerName, int jobs, List<? extends ObservationView> submitters) {
    this.poolName = poolName;
    this.workerName = workerName;
    this.jobs = jobs;
    this.submitters = List.copyOf(submitters);
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
   * The number of jobs in the batch.
   *
   * @return at least 1
   */
  public int jobs() {
    return jobs;
  }

  /**
   * The observations in which the jobs were submitted, to which a tracing handler may link.
   *
   * @return each observation once; a job that was submitted outside any observation adds none
   */
  public List<ObservationView> submitters() {
    return submitters;
  }

  /**
   * How {@code runAll} ended, whatever it passed to {@code failed}.
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
