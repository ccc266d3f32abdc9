/**
 * The worker pool. Read {@link pool.core.WorkerPool} first, then {@code PoolCore}, which holds the
 * parts:
 *
 * <ul>
 *   <li>In: {@code Admission} accepts a job ({@code JobFuture}) into a {@code Ring} of the {@code
 *       Rings}, or the long way into the {@code SlotQueues}; a {@code BulkCall} is a map.
 *   <li>Through: {@code WorkerThread} is one worker's life on its thread; {@code Dispatcher} finds
 *       it work; {@code ClaimedJobs} holds the jobs that it took together, {@code ClaimSize} says how many;
 *       {@code JobRunner} runs them; {@code IdleWorkers} are the workers that found none; {@code
 *       WorkerCounters} and {@code PoolCounters} count, {@code CompletionSignals} wakes those who wait for the counts.
 *   <li>Out: {@code Canceller} settles jobs that are cancelled or time out, {@code CompletionExecutor}
 *       completes their futures, {@code CancelExecutor} interrupts their runs; {@code WorkerReplacement} fills the
 *       slots and replaces broken workers; {@code Supervisor} has the clock; {@code WorkerAbandonment}
 *       gives up workers that do not come back; {@code Attempts} has a job run again; {@code
 *       Closing} ends it all with a report ({@code CloseReportBuilder}), {@code StallWarning} warns when that
 *       does not get on.
 *   <li>Looking on: {@code PoolEvents} tells what happens to the {@link pool.core.PoolListener}, by
 *       {@code ListenerThread}, and to the flight recorder, by {@code JfrEvents}; {@code NamedThread}
 *       puts a job that runs for long into its thread's name.
 *   <li>Beside: {@code Deadlocks} judges workers that wait on their own pool; {@code LeakDetector}
 *       closes a pool that nobody can close any more.
 *   <li>{@link pool.core.WorkerFactories} finds plugins, {@code Plugin} is one of a directory;
 *       {@code TaskExecutor} is a pool of callables as the JDK's executor, its jobs {@code Task}s
 *       and its futures {@code TaskFuture}s.
 * </ul>
 *
 * <p><b>Who may change what.</b> One lock guards the life of a pool, of its workers and of what
 * waits aside. Without it, a job goes by four words that any thread may change, each by
 * compare-and-set: the ring's gate and head, the state of the job, and the part of a batch; and by
 * what one worker alone writes: its hand and its tally. Whoever holds the lock sees their current
 * values, but another thread may change them at any moment: so under the lock, too, they are
 * changed by compare-and-set only.
 *
 * <p><b>Memory.</b> What happens before a submit happens before the job's run: through the turn of
 * its place in the ring, and its hand, which are written with release and read with acquire, or
 * through the lock. What happens in a run happens before whoever sees its future done, through the
 * future, or its batch over, through the lock. What happens in {@code open} happens before {@code
 * WorkerPool.Builder.open} returns; what happens in any worker's {@code close}, unless it was
 * abandoned, happens before the pool's {@code close} returns.
 */
package pool.core;
