package pool.core.internal.worker;

import pool.core.internal.life.Base;

/** What every thread of a pool's slots works with. */
public record WorkerParts<J, R>(
    Base base,
    Dispatcher<J, R> dispatcher,
    JobSettler<J, R> settler,
    JobRetries<J, R> retries,
    WorkerHost<J, R> host) {}
