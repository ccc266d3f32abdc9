package pool.core;

import java.time.Instant;
import java.util.Optional;
import pool.api.internal.SafeText;

/**
 * A snapshot of a slot and its worker.
 *
 * @param name the name of the worker
 * @param state what the worker is doing
 * @param jobs how many jobs were run in this slot, including each of a batch
 * @param failures how many of them failed
 * @param currentJob the job that the worker is running; empty if there is none
 * @param currentJobSince when that run began; empty if there is none
 * @param opened how many times a worker was opened in this slot
 */
public record WorkerStats(
    String name,
    WorkerState state,
    long jobs,
    long failures,
    Optional<Object> currentJob,
    Optional<Instant> currentJobSince,
    int opened) {

  /**
   * Returns what the running job's {@code toString} returns, cut after 200 characters and with
   * credentials in URLs hidden; the name of the job's class if {@code toString} fails.
   *
   * @return the text, or empty if the worker runs nothing
   */
  public Optional<String> currentJobText() {
    return currentJob.map(SafeText::cut);
  }
}
