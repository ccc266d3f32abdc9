package pool.core.internal.worker;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.api.RetryLaterException;
import pool.core.internal.batch.Batch;
import pool.core.internal.job.Attempts;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.DelayedJobs;
import pool.core.internal.queue.IdleWorkers;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.Nanos;

/**
 * Lets jobs that were started wait again, to be run once more: since they broke their worker, since
 * their batch was rolled back, since they are to be run later, or behind one of their key that is.
 * The opposite of {@link JobSettler}: each job that a run has not ended goes through one of the
 * two.
 *
 * <p>A job waits again by one compare-and-set, from running to waiting, which a cancel or a
 * time-out may win; then it has settled. It is put where it waits before, since that may need
 * memory; what throws after it loses no job. That is done under the lock.
 */
public final class JobRetries<J, R> {

  /** What is to be told of a job that was put off. */
  private record Told<J>(J job, long delay) {}

  private final Base base;
  private final String pool;
  private final JobQueue<J, R> queue;
  private final DelayedJobs<J, R> delayed;
  private final IdleWorkers idleWorkers;
  private final Attempts attempts;
  private final RetryPolicy policy;

  public JobRetries(
      Base base,
      JobQueue<J, R> queue,
      DelayedJobs<J, R> delayed,
      IdleWorkers idleWorkers,
      Attempts attempts) {
    this.base = base;
    this.pool = base.settings().name();
    this.queue = queue;
    this.delayed = delayed;
    this.idleWorkers = idleWorkers;
    this.attempts = attempts;
    this.policy = new RetryPolicy(base.settings());
  }

  // The worker, when a run has thrown

  /**
   * Lets a job be run again after that failure, unless it may not or has settled.
   *
   * @param isLater what {@link #isLater} has said of the failure
   */
  boolean runsAgain(
      RunSite<J, R> site, JobFuture<J, R> future, Throwable failure, boolean isLater) {
    boolean waits = isLater && putOff(site, null, List.of(future), failure).isEmpty();
    if (!waits && breaksAgain(failure)) {
      waits = requeue(site, null, List.of(future), failure).isEmpty();
    }
    if (waits) {
      site.claimed().done();
    }
    return waits;
  }

  private boolean breaksAgain(Throwable failure) {
    return attempts.mayBreakWorkers() && RetryPolicy.breaksWorker(failure);
  }

  // It broke its worker

  /**
   * Lets jobs that broke their worker wait again, in order, unless they have done so as often as
   * they may; returns the others.
   *
   * @param batch to which they belong; null when they belong to none
   */
  List<JobFuture<J, R>> requeue(
      RunSite<J, R> site,
      @Nullable Batch<J, R> batch,
      List<JobFuture<J, R>> jobs,
      Throwable cause) {
    if (!breaksAgain(cause)) {
      return jobs;
    }
    int slot = site.slot();
    Deque<JobFuture<J, R>> over = new ArrayDeque<>();
    try (var _ = base.hold()) {
      for (JobFuture<J, R> future : jobs.reversed()) { // each goes in front
        Predicate<JobFuture<J, R>> precede = preceding(batch, future);
        if (requeue(future, cause, () -> queue.addAgain(future, slot, precede))) {
          waitsAgain(site);
          idleWorkers.wake(1); // what is for the slot alone waits for its next worker
        } else {
          over.addFirst(future);
        }
      }
    }
    return List.copyOf(over);
  }

  /** Notes the attempt; after the last, forgets them. */
  private boolean requeue(JobFuture<J, R> job, Throwable cause, BooleanSupplier waitAgain) {
    boolean waits =
        attempts.noteBroken(job, cause) && !base.life().isStopped() && waitAgain.getAsBoolean();
    if (!waits) {
      Throwable _ = attempts.remove(job);
    }
    return waits;
  }

  private void waitsAgain(RunSite<J, R> site) {
    site.counters().jobWaitsAgain();
    queue.started(site.counters().takeNewlyStarted());
  }

  // Its batch was rolled back

  /**
   * Lets jobs of a batch wait again, which the same worker is to run next, each alone. A stop has
   * cancelled them before, or meets them where they wait.
   */
  void rollBack(RunSite<J, R> site, List<JobFuture<J, R>> jobs) {
    try (var _ = base.hold()) {
      for (JobFuture<J, R> future : jobs.reversed()) {
        if (queue.addSolo(future, site.slot())) {
          waitsAgain(site);
        }
      }
    }
  }

  // It is to be run later

  /**
   * Whether a job that has failed so is to be run again later; pauses the pool if that is asked
   * for. Within the run, since it calls foreign code; throws nothing.
   */
  boolean isLater(Throwable failure) {
    if (failure instanceof RetryLaterException later && later.isPausingPool()) {
      pause(later);
    }
    return policy.isLater(failure);
  }

  private void pause(RetryLaterException later) {
    boolean begins;
    try (var _ = base.hold()) {
      begins = delayed.pauseUntil(System.nanoTime() + Nanos.of(later.delay()));
    }
    try {
      if (begins) {
        LogLine.of(Level.INFO, pool).log("pool '{}' is paused for {}", pool, later.delay());
      }
    } catch (OutOfMemoryError e) {
      // then nobody is told
    }
  }

  /**
   * Puts jobs off, in order, unless they were put off as often as they may be; returns the others.
   *
   * @param batch to which they belong; null when they belong to none
   */
  List<JobFuture<J, R>> putOff(
      RunSite<J, R> site,
      @Nullable Batch<J, R> batch,
      List<JobFuture<J, R>> jobs,
      Throwable cause) {
    int slot = site.slot();
    double jitter = RetryPolicy.jitter(); // the same for all, so that they come back in order
    Deque<JobFuture<J, R>> over = new ArrayDeque<>();
    List<Told<J>> told = new ArrayList<>(jobs.size());
    Set<JobFuture<J, R>> left = new HashSet<>();
    try (var _ = base.hold()) {
      long now = System.nanoTime();
      for (JobFuture<J, R> future : jobs.reversed()) { // each comes before those of its key
        long delay = policy.delay(cause, attempts.retries(future), jitter);
        long until = now + delay;
        BooleanSupplier delays = () -> future.delay(slot);
        Predicate<JobFuture<J, R>> precede = preceding(batch, future);
        if (mayBePutOff(future)
            && putOff(site, future, () -> delayed.add(future, slot, until, precede, delays))) {
          waitsAgain(site);
          told.add(new Told<>(future.job(), delay));
          left.add(future);
        } else {
          over.addFirst(future);
        }
      }
      if (batch != null) {
        batch.leave(left);
      }
    }
    told.reversed().forEach(one -> tell(site, one, cause));
    return List.copyOf(over);
  }

  /** Notes the retry. */
  private boolean mayBePutOff(JobFuture<J, R> job) {
    return !base.life().isStopped() && attempts.noteRetry(job);
  }

  private boolean putOff(RunSite<J, R> site, JobFuture<J, R> future, BooleanSupplier delay) {
    boolean waits = false;
    try {
      waits = delay.getAsBoolean();
    } finally {
      if (waits) {
        site.counters().jobPutOff();
      } else { // it has settled
        Throwable _ = attempts.remove(future);
      }
    }
    return waits;
  }

  private void tell(RunSite<J, R> site, Told<J> told, Throwable cause) {
    base.events().putOff(site.worker(), told.job(), Duration.ofNanos(told.delay()), cause);
  }

  /** Lets jobs of a batch wait again, in order, behind those of their keys that were put off. */
  void waitBehind(RunSite<J, R> site, Batch<J, R> batch, List<KeyedFuture<J, R>> jobs) {
    int slot = site.slot();
    try (var _ = base.hold()) {
      for (KeyedFuture<J, R> future : jobs.reversed()) {
        if (queue.setAside(future, slot, preceding(batch, future))) {
          waitsAgain(site);
        }
      }
    }
  }

  /** Which jobs come before one that is put back: those of its batch that did. */
  private static <J, R> Predicate<JobFuture<J, R>> preceding(
      @Nullable Batch<J, R> batch, JobFuture<J, R> future) {
    return other -> batch != null && batch.precedes(other, future);
  }
}
