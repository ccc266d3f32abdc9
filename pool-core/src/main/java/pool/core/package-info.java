/**
 * The pool. To read it as a story: {@link pool.core.WorkerPool} is the face; {@code PoolCore} holds
 * the parts behind it; {@code Dispatcher} takes jobs in and hands them out ({@code JobQueue},
 * {@code Batch}, {@code JobFuture}, {@code Accounts}); {@code WorkerThread} is one worker on its
 * thread; {@code Crew} fills the slots and replaces what broke; {@code Closing} ends it all; {@link
 * pool.core.WorkerFactories} finds plugins.
 *
 * <p><b>Memory.</b> One lock guards the state of a pool. What happens before a submit happens
 * before the job's run, and what happens in a run happens before whoever sees its future done or
 * its place of a batch filled: the first through the lock, the second through the future. What
 * happens in {@code open} happens before {@code WorkerPool.Builder.open} returns; what happens in
 * any worker's {@code close}, unless it was abandoned, happens before the pool's {@code close}
 * returns.
 */
package pool.core;
