/**
 * What dispatch costs, side by side with what one would use instead. One question for each class:
 *
 * <ul>
 *   <li>{@link pool.benchmarks.SubmitBenchmark}: what does a submitted trivial job cost, in time
 *       and in bytes, by submitters and by workers?
 *   <li>{@link pool.benchmarks.RoundTripBenchmark}: how long until one job's result is there?
 *   <li>{@link pool.benchmarks.MapBenchmark}: how long does a whole list take, even and skewed?
 *   <li>{@link pool.benchmarks.ManyWorkersBenchmark}: what do up to 100,000 virtual workers reach,
 *       and what do they hold?
 *   <li>{@link pool.benchmarks.ResourceBenchmark}: what does it cost to come by an open resource?
 *   <li>{@link pool.benchmarks.GroupCommitBenchmark}: how many durable rows does one worker write,
 *       with a commit for each and with one for what has gathered?
 *   <li>{@link pool.benchmarks.SyncBenchmark} and {@link pool.benchmarks.CacheLineBenchmark}: what
 *       bounds that, a sync of the disk and a cache line's way to another processor?
 *   <li>{@link pool.benchmarks.ProcessBenchmark} and {@link
 *       pool.benchmarks.ProcessPerJobBenchmark}: what does a job cost that another process does?
 *   <li>{@link pool.benchmarks.IdleBenchmark}: what does a pool cost that has nothing to do?
 * </ul>
 *
 * <p>The peers are {@code Peer} (one job, one future), {@code BatchPeer} (a list, a list) and
 * {@code Access} (a job, its resource). {@code benchmarks/run} runs them all, and {@link
 * pool.benchmarks.Report} writes {@code docs/benchmarks.md}. They report; none asserts a time.
 */
package pool.benchmarks;
