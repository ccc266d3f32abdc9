package pool.core.internal.worker;

import pool.core.internal.queue.ClaimedJobs;

/**
 * Where a job was run: what of its worker matters to whoever lets it wait again.
 *
 * @param slot the worker's slot
 * @param worker the worker's name
 */
record RunSite<J, R>(int slot, String worker, WorkerCounters counters, ClaimedJobs<J, R> claimed) {}
