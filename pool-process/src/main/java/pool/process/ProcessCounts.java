package pool.process;

/**
 * How many processes a factory has had. One that was closed, or whose opening threw, is in the
 * first figure only.
 *
 * @param started all that were started
 * @param died those that ended by themselves or were ended by somebody else: by a crash, an exit, a
 *     signal
 * @param killed those that were killed because they did not stop or close in time, had too much
 *     memory, or sent nonsense
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
