package pool.core.internal.worker;

import java.util.concurrent.locks.ReentrantLock;
import pool.api.WorkerFactory;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.life.Bell;
import pool.core.internal.life.CloseReportBuilder;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.Settings;

/** What every thread of a pool's slots works with. */
public record WorkerParts<J, R>(
    WorkerFactory<J, R> factory,
    Settings settings,
    ReentrantLock lock,
    Lifecycle life,
    Bell bell,
    PoolEvents events,
    CloseReportBuilder report,
    Dispatcher<J, R> dispatcher,
    JobSettler<J, R> settler,
    WorkerHost<J, R> host) {}
