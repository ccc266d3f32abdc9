package pool.process;

/**
 * How many processes a factory has had. Those that were closed in order, or replaced since they had
 * grown too large between jobs, are in the first figure only.
 *
 * @param started all that were started
 * @param died those that ended by themselves or were ended by somebody else: by a crash, an exit, a
 *     signal, or because they could not start
 * @param killed those that were killed: they did not stop or close in time, had too much memory, or
 *     sent nonsense
 */
public record ProcessCounts(long started, long died, long killed) {

  /**
   * These and others.
   *
   * @param others the others
   * @return the sums
   */
  public ProcessCounts plus(ProcessCounts others) {
    return new ProcessCounts(started + others.started, died + others.died, killed + others.killed);
  }
}
