/**
 * Pools of workers that each own a resource. Five types matter:
 *
 * <ul>
 *   <li>{@link pool.core.WorkerPool} runs jobs: {@code map}, {@code submit}, {@code call}, streams.
 *   <li>{@link pool.core.WorkerPool.Builder} says how many workers there are, on which threads, and
 *       what limits hold.
 *   <li>{@link pool.core.Outcome} tells how one job ended.
 *   <li>{@link pool.core.CloseReport} tells how the whole pool ended, and what was lost.
 *   <li>{@link pool.core.WorkerFactories} finds the factories that plugins provide.
 * </ul>
 *
 * {@snippet file="Digests.java" region="digests"}
 *
 * <p>{@link pool.core.PoolStats}, {@link pool.core.PoolListener} and events of the flight recorder
 * show what a pool does. Every exception of this package is unchecked, and its message names the
 * way out.
 *
 * <p><b>Memory.</b> What a thread does before it submits a job happens before the job's run. What a
 * run does happens before a thread sees the job's future done, or its bulk call return. What {@code
 * open} does happens before {@code WorkerPool.Builder.open} returns; what a worker's {@code close}
 * does, unless the worker was abandoned, happens before the pool's {@code close} returns.
 */
// For those who change it. A job's way: Admission accepts it (JobFuture) into a Ring of the Rings
// or, on the slow path, into the SlotQueues; WorkerThread is a worker's life on its thread;
// Dispatcher finds it work, of which ClaimedJobs holds what it took together and ClaimSize says how
// many; JobRunner runs it. BulkCall is a map or mapAll. IdleWorkers are parked. Canceller settles
// what is cancelled, times out or meets a close; CompletionExecutor completes the futures.
// WorkerReplacement and WorkerAbandonment fill the slots, Supervisor has the clock, Closing ends it
// all. PoolCore wires them. One lock guards the life of the pool, of its workers and of what waits
// on the slow path; the fast path changes four words by compare-and-set: the ring's gate and head,
// the state of the job, and the range of a bulk call. Under the lock, too, these are changed by
// compare-and-set only.
package pool.core;
