/**
 * The pool. To read it as a story: {@link pool.core.WorkerPool} is the face; {@code PoolCore} holds
 * the parts behind it.
 *
 * <ul>
 *   <li>In: {@code Intake} accepts a job ({@code JobFuture}) into a {@code Ring} of the {@code
 *       Rings}, or the long way into the {@code JobQueue}; a {@code Batch} is a map.
 *   <li>Through: {@code WorkerThread} is one worker's life on its thread; {@code Dispatcher} finds
 *       it work, of which it holds a {@code Hand}, at its {@code Pace}; {@code JobRunner} runs it;
 *       {@code Sleepers} are those who found none; {@code Tally} and {@code Accounts} count, {@code
 *       Attention} tells those who wait for the counts.
 *   <li>Out: {@code Canceller} settles what does not end by itself, {@code Settled} tells its
 *       owners, {@code Stopper} interrupts it; {@code Crew} fills the slots and replaces what
 *       broke; {@code Abandonment} gives up what does not come back, on the word of the {@code
 *       Supervisor}, which has the clock; {@code Retries} lets a job try again; {@code Closing}
 *       ends it all with a report ({@code ReportDraft}), {@code Stall} says when it does not get
 *       on.
 *   <li>Looking on: {@code Moments} tells what happens to the {@link pool.core.PoolListener}, by
 *       {@code Listening}, and to the flight recorder, by {@code Flight}; a {@link
 *       pool.core.PoolMeter} is a listener that measures; {@code NamedThread} has the job that runs
 *       for long.
 *   <li>Beside: {@code Deadlocks} judges workers that wait on their own pool; {@code Forgotten}
 *       closes a pool that nobody can close any more.
 *   <li>{@link pool.core.WorkerFactories} finds plugins, {@code Plugin} is one of a directory;
 *       {@code TaskExecutor} is a pool of callables as the JDK's executor, its jobs {@code Task}s
 *       and its futures {@code TaskFuture}s.
 * </ul>
 *
 * <p><b>Who may change what.</b> One lock guards the life of a pool, of its workers and of what
 * waits aside. Without it, a job goes by four words that any thread may change, each by
 * compare-and-set: the ring's gate and head, the state of the job, and the part of a batch; and by
 * what one worker alone writes: its hand and its tally. Whoever holds the lock sees each of them as
 * it is, and may be outrun by any of them: so under the lock, too, they are changed by
 * compare-and-set only.
 *
 * <p><b>Memory.</b> What happens before a submit happens before the job's run: through the turn of
 * its place in the ring, and its hand, which are written with release and read with acquire, or
 * through the lock. What happens in a run happens before whoever sees its future done, through the
 * future, or its batch over, through the lock. What happens in {@code open} happens before {@code
 * WorkerPool.Builder.open} returns; what happens in any worker's {@code close}, unless it was
 * abandoned, happens before the pool's {@code close} returns.
 */
package pool.core;
