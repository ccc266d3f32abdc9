package pool.plugins.example.download;

import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.JobFailedException;
import pool.core.OpenFailedException;
import pool.core.PoolInterruptedException;
import pool.core.PoolState;
import pool.core.ReplaceReport;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/**
 * The stores that fetching workers write to, one for each database.
 *
 * <p>A commit costs a sync of the disk, and a database has only one writer at a time, or one log.
 * So the workers that fetch do not write. Behind them is a pool with one {@link StoreWorker}, which
 * takes in batches what they have fetched, and each of them waits until its document is committed.
 * The first worker that opens also opens that pool, and the last that closes closes it.
 */
final class SharedStores {

  private static final Duration LONGEST_WRITE = Patience.TO_WORK.plusMinutes(1);
  private static final Duration CANCEL_GRACE = Duration.ofSeconds(2); // less than a pool's default

  private final Map<String, SharedStore> stores = new HashMap<>(); // by URL; guards itself

  /**
   * Opens the store behind a URL. It stays open until all who opened it have closed it.
   *
   * @param name the name of the pool that fetches
   * @param isFirst whether it is the worker of its first slot
   * @param lastStep what this worker does if it is the last to leave, and the batch is complete
   */
  Writes open(String url, String name, boolean isFirst, LastStep lastStep)
      throws SQLException, InterruptedException {
    SharedStore store;
    synchronized (stores) {
      store = stores.computeIfAbsent(url, SharedStore::new);
      store.references++;
    }
    boolean joined = false;
    try {
      Writes writes = new Writes(this, store, store.join(name, isFirst), lastStep);
      joined = true;
      return writes;
    } finally {
      if (!joined) {
        release(store);
      }
    }
  }

  private void release(SharedStore store) {
    synchronized (stores) {
      if (--store.references == 0) {
        stores.remove(store.url);
      }
    }
  }

  /** The factory of the store's pool, whose results are the sizes of its transactions. */
  static WorkerFactory<Change, Integer> factory(String url) {
    return WorkerFactory.of(
        "store", Change.class, Integer.class, context -> new StoreWorker(context, url));
  }

  /** What is to be done once nobody writes. */
  interface LastStep {
    void run() throws SQLException, IOException, WorkerBrokenException;
  }

  /** One worker's access to a store. */
  static final class Writes implements AutoCloseable {

    private final SharedStores stores;
    private final SharedStore store;
    private final WorkerPool<Change, Integer> pool;
    private final LastStep lastStep;

    private Writes(
        SharedStores stores,
        SharedStore store,
        WorkerPool<Change, Integer> pool,
        LastStep lastStep) {
      this.stores = stores;
      this.store = store;
      this.pool = pool;
      this.lastStep = lastStep;
    }

    /** Returns when the change is committed; an interrupt withdraws the change, if possible. */
    void write(Change change) throws SQLException, WorkerBrokenException, InterruptedException {
      try {
        int _ = pool.call(change);
      } catch (JobFailedException e) {
        throw reason(e);
      } catch (PoolInterruptedException e) {
        throw interrupted();
      }
    }

    /** Converts a failure for a fetching worker, which breaks if the store cannot be written. */
    private static SQLException reason(JobFailedException failure) throws WorkerBrokenException {
      Throwable cause = failure.getCause() == null ? failure : failure.getCause();
      if (cause instanceof SQLException e) {
        return e;
      }
      throw new WorkerBrokenException("the store cannot be written: " + cause.getMessage(), cause);
    }

    /** The batch is complete, unless another worker opens the store yet. */
    void complete() {
      store.complete();
    }

    @Override
    public void close() throws SQLException, IOException, WorkerBrokenException {
      boolean isLast;
      try {
        isLast = store.leave();
      } finally {
        stores.release(store);
      }
      if (isLast) {
        lastStep.run();
      }
    }
  }

  private static InterruptedException interrupted() {
    boolean _ = Thread.interrupted(); // the exception replaces the flag
    return new InterruptedException("interrupted while the store was written");
  }

  /**
   * A pool that is open while somebody uses it. Its lock is held while it opens and closes. So
   * there is never a second pool, and workers that join or leave meanwhile wait.
   */
  private static final class SharedStore {

    private final ReentrantLock lock = new ReentrantLock();
    private final String url;
    private @Nullable WorkerPool<Change, Integer> pool; // under the lock; null when nobody uses it
    private int users; // under the lock
    private boolean hadFirst; // since the pool is open; under the lock
    private boolean isComplete; // what is written; under the lock
    private int references; // users, and those about to be; under the lock of stores

    SharedStore(String url) {
      this.url = url;
    }

    WorkerPool<Change, Integer> join(String name, boolean isFirst)
        throws SQLException, InterruptedException {
      lock.lockInterruptibly();
      try {
        if (pool == null) {
          pool = openPool(name);
        } else if (pool.stats().state() == PoolState.DEGRADED) {
          openAgain(pool);
        }
        users++;
        hadFirst |= isFirst;
        isComplete = false;
        return pool;
      } finally {
        lock.unlock();
      }
    }

    private WorkerPool<Change, Integer> openPool(String name)
        throws SQLException, InterruptedException {
      try {
        return WorkerPool.of(factory(url))
            .name(name + "-store")
            .workers(1)
            .threads(ThreadKind.PLATFORM) // the driver of SQLite would hold a carrier
            .jobTimeout(LONGEST_WRITE)
            .cancelGrace(CANCEL_GRACE)
            .leaveOpenOnExit() // the fetching workers close it
            .open();
      } catch (OpenFailedException e) {
        if (e.getCause() instanceof SQLException cause) {
          throw cause;
        }
        throw e;
      } catch (PoolInterruptedException e) {
        throw interrupted();
      }
    }

    /** Does not wait for the pool's next try, since the caller has just reached the database. */
    private static void openAgain(WorkerPool<Change, Integer> pool)
        throws SQLException, InterruptedException {
      ReplaceReport report = pool.replaceWorkers();
      if (report.isComplete()) {
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        throw interrupted();
      }
      Throwable cause = report.cause().orElse(null);
      throw cause instanceof SQLException e
          ? e
          : new SQLException("the store cannot be opened again", cause);
    }

    void complete() {
      lock.lock();
      try {
        isComplete = true;
      } finally {
        lock.unlock();
      }
    }

    /**
     * Leaves the store; whether the last step is to be done: nobody uses it any more, the batch is
     * complete, and the first worker was here, since each worker may have a process of its own. A
     * worker that opens it next waits until it is closed.
     */
    boolean leave() {
      lock.lock();
      try {
        WorkerPool<Change, Integer> open = pool;
        if (--users > 0 || open == null) {
          return false;
        }
        pool = null;
        boolean isLast = hadFirst && isComplete;
        hadFirst = false;
        open.close();
        return isLast;
      } finally {
        lock.unlock();
      }
    }
  }
}
