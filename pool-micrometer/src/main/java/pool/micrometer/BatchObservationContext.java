package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import java.util.List;

/** What is known of an observed run of a batch. */
public final class BatchObservationContext extends Observation.Context {

  private final String poolName;
  private final String workerName;
  private final int jobs;
  private final List<ObservationView> submitters;
  private boolean hasReturned;

  /**
   * A run that begins.
   *
   * @param poolName the pool's name
   * @param workerName the worker's name, such as {@code download-3}
   * @param jobs how many jobs it is for
   * @param submitters the observations in which they were submitted, each once; copied
   */
  public BatchObservationContext(
      String poolName, String workerName, int jobs, List<? extends ObservationView> submitters) {
    this.poolName = poolName;
    this.workerName = workerName;
    this.jobs = jobs;
    this.submitters = List.copyOf(submitters);
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
   * How many jobs the batch has.
   *
   * @return at least 1
   */
  public int jobs() {
    return jobs;
  }

  /**
   * The observations in which the jobs were submitted, to which a tracing handler may link.
   *
   * @return each once; none for a job that was submitted outside of any
   */
  public List<ObservationView> submitters() {
    return submitters;
  }

  /**
   * How {@code runAll} has ended, whatever it gave to {@code failed}.
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
