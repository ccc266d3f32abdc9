package pool.core.internal.batch;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;

/**
 * Jobs that a worker has started and does in one run. Each settles by itself, by what the worker
 * tells of it, a cancel or a time-out; the run is for nothing more once all have settled.
 *
 * <p>It is filled under the pool's lock, before anybody sees it. After that only a job leaves it
 * that the worker has put off, since it may be run elsewhere meanwhile; each job's own state says
 * what has become of it.
 */
public final class Batch<J, R> implements Work<J, R> {

  private final List<JobFuture<J, R>> futures; // all, in the order of their submission
  private final List<J> jobs; // futures let go of theirs
  private volatile boolean isStopWanted; // set under the lock
  private Map<JobFuture<J, R>, Integer> indexes =
      Map.of(); // made when first asked for; its worker's
  private boolean isStopped; // or is about to be; under the lock
  private volatile List<JobFuture<J, R>> parts; // without those that have left; under the lock
  private final List<J> jobsShown;

  /** A batch that is to be filled with so many jobs at most; to add them then throws nothing. */
  Batch(int most) {
    this.futures = new ArrayList<>(most);
    this.jobs = new ArrayList<>(most);
    this.parts = Collections.unmodifiableList(futures);
    this.jobsShown = Collections.unmodifiableList(jobs);
  }

  /** Adds a job that its slot has started. */
  void add(JobFuture<J, R> future) {
    jobs.add(future.job());
    futures.add(future);
  }

  public int size() {
    return futures.size();
  }

  /** In the order of their submission. */
  public List<J> jobs() {
    return jobsShown;
  }

  /** One of its jobs. */
  public JobFuture<J, R> future(int index) {
    return futures.get(index);
  }

  public int indexOf(JobFuture<J, R> future) {
    if (indexes.isEmpty()) {
      Map<JobFuture<J, R>, Integer> all = new HashMap<>();
      for (int i = 0; i < futures.size(); i++) {
        all.put(futures.get(i), i);
      }
      indexes = all;
    }
    return indexes.getOrDefault(future, -1);
  }

  /** Whether one of its jobs comes before another. */
  public boolean precedes(JobFuture<J, R> one, JobFuture<J, R> other) {
    int index = indexOf(one);
    return index >= 0 && index < indexOf(other);
  }

  /** Jobs were put off: the batch is for them no more. Under the lock. */
  public void leave(Set<JobFuture<J, R>> left) {
    parts = parts.stream().filter(part -> !left.contains(part)).toList();
  }

  /** Also those that were put off: while the run is on the stack their keys are held. */
  @Override
  public List<JobFuture<J, R>> keyHolders() {
    return Collections.unmodifiableList(futures);
  }

  /** Somebody wants its run to be stopped, as far as that depends on one of its jobs. */
  public void stopIsWanted() {
    isStopWanted = true;
  }

  public boolean isStopWanted() {
    return isStopWanted;
  }

  /** Its run is stopped; false when that has begun before. Under the lock. */
  public boolean beginsStop() {
    boolean begins = !isStopped;
    isStopped = true;
    return begins;
  }

  /** The jobs that nobody has settled. */
  public List<JobFuture<J, R>> unsettled(int slot) {
    List<JobFuture<J, R>> unsettled = new ArrayList<>();
    for (JobFuture<J, R> future : parts) {
      if (future.isRunning(slot)) {
        unsettled.add(future);
      }
    }
    return unsettled;
  }

  @Override
  public Object runningJob(int slot) {
    return jobs.size() == 1 ? jobs.getFirst() : jobsShown;
  }

  @Override
  public boolean isRunning(int slot) {
    for (JobFuture<J, R> future : parts) {
      if (future.isRunning(slot)) {
        return true;
      }
    }
    return false;
  }

  @Override
  public boolean isRunningSettled(int slot) {
    return !isRunning(slot);
  }

  @Override
  public List<JobFuture<J, R>> parts() {
    return parts;
  }

  @Override
  public boolean isOf(Object other) {
    return other == this || parts.stream().anyMatch(future -> future.isOf(other));
  }

  @Override
  public void settledRunReturned(int slot, boolean isAbandoned) {
    for (JobFuture<J, R> future : parts) {
      if (future.wasStartedBy(slot) && future.isSettled()) { // else it waits again, or did
        future.dropJob();
      }
    }
  }

  @Override
  public void settledRunAbandoned(int slot) {
    // the run may only now be about to read the jobs
  }

  /** The longest wait of a job. */
  @Override
  public long waitedUntil(long now) {
    long longest = 0;
    for (JobFuture<J, R> future : futures) {
      longest = Math.max(longest, future.waitedUntil(now));
    }
    return longest;
  }
}
