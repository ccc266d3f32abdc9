/**
 * The kernel of the pool, for those who change it. {@link pool.core.internal.PoolCore} makes the
 * parts and is all that the public face knows.
 *
 * <p>The way of a submitted job, from top to bottom. Keyed and dealt jobs wait in a SlotQueue
 * instead of the Ring; a job that breaks its worker may wait again:
 *
 * <pre>
 *   WorkerPool.submit                                             the submitter's thread
 *      │
 *   PoolCore ──▶ JobQueue      a JobFuture, for a permit, into the Ring
 *                   │
 *                IdleWorkers   wakes one worker, unless one searches
 *   ────────────────┼───────────────────────────────────────────────────────────────
 *                WorkerThread  serves: asks for work, runs it, again   the worker's thread
 *                   │
 *                   ├─▶ Dispatcher    finds it: in ClaimedJobs, the Ring, ...
 *                   │   ClaimedJobs   what it took together; JobFuture: WAITING to RUNNING
 *                   │
 *                   └─▶ JobRunner     runs it with the plugin's worker
 *                   │
 *                JobSettler    JobFuture: RUNNING to SUCCEEDED or FAILED; counts it
 *                   │
 *                JobFuture     is completed; what is chained to it runs
 * </pre>
 *
 * <p>The packages, each of which may use those before it:
 *
 * <ul>
 *   <li>{@code util}: waiting, threads, the log; {@code discovery}: how plugins are found; {@code
 *       events}: the listener and the flight recorder
 *   <li>{@code life}: the state of the pool, and what is told at its end
 *   <li>{@code job}: a job's future and its states, its attempts, who completes it
 *   <li>{@code queue}: where jobs wait, and where workers sleep
 *   <li>{@code bulk}: {@code map} and {@code mapAll}
 *   <li>{@code worker}: a slot, its thread, and all that this does; who settles jobs
 *   <li>{@code supervise}: who fills the slots, keeps time, and gives up what does not come back
 *   <li>{@code close}: how a pool ends
 *   <li>{@code stream}, {@code executor}: two more faces of a pool
 * </ul>
 *
 * <p>One lock guards the life of the pool, of its workers and of all that is rare. The fast path
 * changes five words by compare-and-set: the ring's gate and head, the word of the job, the share
 * of a bulk call, and who sleeps. Where a word is simply set, nobody else can change it at that
 * moment; the place says why. {@code docs/lifecycle.md} draws the lives.
 */
package pool.core.internal;
