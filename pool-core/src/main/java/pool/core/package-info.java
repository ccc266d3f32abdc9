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
// For those who change it: start at the package page of pool.core.internal.
package pool.core;
