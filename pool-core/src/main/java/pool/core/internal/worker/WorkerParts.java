package pool.core.internal.worker;

import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.core.internal.life.Base;

/**
 * What every thread of a pool's slots works with.
 *
 * @param contextClassLoader of the threads; null for the bootstrap class loader
 */
public record WorkerParts<J, R>(
    Base base,
    WorkerFactory<J, R> factory,
    @Nullable ClassLoader contextClassLoader,
    Dispatcher<J, R> dispatcher,
    JobSettler<J, R> settler,
    JobRetries<J, R> retries,
    WorkerHost<J, R> host) {}
