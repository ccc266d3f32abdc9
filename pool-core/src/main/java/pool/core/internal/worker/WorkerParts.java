package pool.core.internal.worker;

import pool.api.WorkerFactory;
import pool.core.internal.life.Base;

/** What every thread of a pool's slots works with. */
public record WorkerParts<J, R>(
    Base base,
    WorkerFactory<J, R> factory,
    Dispatcher<J, R> dispatcher,
    JobSettler<J, R> settler,
    WorkerHost<J, R> host) {}
