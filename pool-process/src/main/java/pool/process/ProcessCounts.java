package pool.process;

/**
 * How many processes a factory has had. Processes that closed normally, or were replaced between
 * jobs because they had grown too large, count only as started.
 *
 * @param started all processes that were started
 * @param died processes that ended by themselves or were ended from outside: by a crash, an exit, a
 *     signal, or because they could not start
 * @param killed processes that the parent killed, because they did not stop or close in time, used
 *     too much memory, or sent nonsense
 */
public record ProcessCounts(long started, long died, long killed) {

  /**
   * Adds these counts and others.
   *
   * @param others the others
   * @return the sums
   */
  public ProcessCounts plus(ProcessCounts others) {
    return new ProcessCounts(started + others.started, died + others.died, killed + others.killed);
  }
}
