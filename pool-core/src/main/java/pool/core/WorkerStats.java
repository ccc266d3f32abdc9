package pool.core;

import java.time.Instant;
import java.util.Optional;
import pool.api.internal.SafeText;

/**
 * A slot and its worker at one moment.
 *
 * @param name the worker's name
 * @param state what it is doing
 * @param jobs how many jobs were run in this slot, each of a batch
 * @param failures how many of them failed
 * @param currentJob what it is running
 * @param currentJobSince when that run began
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
   * What it is running, as the job says itself, cut after 200 characters; its class if that fails.
   *
   * @return empty when it runs nothing
   */
  public Optional<String> currentJobText() {
    return currentJob.map(SafeText::cut);
  }
}
