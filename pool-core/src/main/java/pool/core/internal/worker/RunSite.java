package pool.core.internal.worker;

import pool.core.internal.queue.ClaimedJobs;
import pool.core.internal.queue.SlotQueue;

/**
 * Where a job was run: what of its worker matters to whoever lets it wait again.
 *
 * @param slot the worker's slot
 * @param worker the worker's name
 * @param queue what waits for the slot alone
 */
record RunSite<J, R>(
    int slot,
    String worker,
    SlotQueue<J, R> queue,
    WorkerCounters counters,
    ClaimedJobs<J, R> claimed) {}
