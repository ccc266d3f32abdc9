package pool.core.internal.queue;

import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.PlaceFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.Bell;
import pool.core.internal.life.CloseReportBuilder;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.Settings;
import pool.core.internal.util.HelperThreads;
import pool.core.internal.util.PoolLock;

/** The owner of a queue, where a test asks nothing that needs a pool but what it overrides. */
public class NoPool implements QueueOwner<String, String> {

  /** What the parts of a pool share. */
  static Base base(
      Settings settings,
      PoolLock lock,
      Lifecycle life,
      PoolEvents events,
      BooleanSupplier supervisor) {
    return new Base(
        settings,
        lock,
        life,
        events,
        new CloseReportBuilder("echo", lock, life),
        new HelperThreads("echo", lock),
        new Bell(lock, life, supervisor));
  }

  protected static AssertionError needsAPool() {
    return new AssertionError("that needs a pool");
  }

  @Override
  public boolean settleCancelled(JobFuture<String, String> future, boolean stop) {
    throw needsAPool();
  }

  @Override
  public void beginWait(JobFuture<String, String> future) {
    throw needsAPool();
  }

  @Override
  public void endWait() {
    throw needsAPool();
  }

  @Override
  public void noteTimeOut(JobFuture<String, String> future) {
    throw needsAPool();
  }

  @Override
  public void placeSettled(
      PlaceFuture<String, String> place,
      Object bulk,
      @Nullable String result,
      @Nullable Throwable cause) {
    throw needsAPool();
  }

  @Override
  public void failIfNobodyCan(int slot) {
    throw needsAPool();
  }

  @Override
  public void beginWaitForRoom(@Nullable BooleanSupplier better) {
    throw needsAPool();
  }
}
