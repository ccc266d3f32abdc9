/**
 * The kernel of the pool, for its developers. {@link pool.core.internal.PoolCore} makes the parts,
 * and is all that the public face knows of them, but for settings and discovery; {@code
 * BlockingCalls} are those of its calls that wait for their jobs.
 *
 * <p>A submitted job goes from top to bottom. Keyed and dealt jobs wait in a SlotQueue instead of
 * the Ring; a job that breaks its worker may wait again:
 *
 * <pre>
 *   WorkerPool.submit                                             the submitter's thread
 *      │
 *   PoolCore ──▶ JobQueue      puts a JobFuture into the Ring, for a permit
 *                   │
 *                IdleWorkers   wakes one worker, unless one is searching
 *   ────────────────┼───────────────────────────────────────────────────────────────
 *                WorkerThread  serves: asks for work, runs it, again   the worker's thread
 *                   │
 *                   ├─▶ Dispatcher    finds the job: in ClaimedJobs, the Ring, ...
 *                   │   ClaimedJobs   jobs taken together; JobFuture: WAITING to RUNNING
 *                   │
 *                   └─▶ JobRunner     runs the job with the plugin's worker
 *                   │
 *                JobSettler    JobFuture: RUNNING to SUCCEEDED or FAILED; counts the job
 *                   │
 *                JobFuture     completes, and its callbacks run
 * </pre>
 *
 * <p>The packages, each of which may use those before it:
 *
 * <ul>
 *   <li>{@code util}: waiting, threads, the log; {@code discovery}: how plugins are found; {@code
 *       events}: the listener and the flight recorder
 *   <li>{@code life}: the state of the pool, and the report at its end
 *   <li>{@code job}: a job's future and its states, its attempts, and its completion
 *   <li>{@code queue}: where jobs wait, and where workers sleep
 *   <li>{@code bulk}: {@code map} and {@code mapAll}; {@code batch}: jobs that run together
 *   <li>{@code worker}: a slot, its thread, and everything that the thread does; how jobs settle
 *   <li>{@code supervise}: fills the slots, keeps time, and abandons workers that do not come back
 *   <li>{@code close}: how a pool ends
 *   <li>{@code stream}, {@code executor}: two more faces of a pool
 * </ul>
 *
 * <p>One lock guards the lifecycle of the pool and its workers, and everything that happens rarely.
 * The fast path changes five words by compare-and-set: the ring's gate, the ring's head, the word
 * of the job, the share of a bulk call, and the word that counts sleeping workers. Where the code
 * simply sets such a word, no other thread can change it at that moment; a comment there says why.
 * {@code docs/lifecycle.md} draws the lifecycles.
 */
package pool.core.internal;
