package pool.core.internal.life;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;
import pool.core.CloseReport;
import pool.core.CloseReport.WorkerTimes;
import pool.core.internal.util.LogLine;
import pool.core.internal.util.PoolLock;

/** What is to be said when the pool is closed, gathered from its opening on. */
public final class CloseReportBuilder {

  private final String pool;
  private final PoolLock lock;
  private final Lifecycle life;

  // Under the lock:
  private long cancelledByClose;
  private final ArrayList<Object> notStartedJobs = new ArrayList<>();
  private @Nullable OutOfMemoryError notStartedJobsLost;
  private @Nullable List<Object> cancelledJobs; // whose runs were cancelled, if kept
  private final List<CloseReport.CloseFailure> failures = new ArrayList<>();
  private final List<CloseReport.Abandoned> abandoned = new ArrayList<>();
  private final Map<Integer, WorkerTimes> times = new TreeMap<>(); // by slot

  public CloseReportBuilder(String pool, PoolLock lock, Lifecycle life) {
    this.pool = pool;
    this.lock = lock;
    this.life = life;
  }

  /** A worker's {@code finish} or {@code close} threw; late, if nobody waited for it any more. */
  public void failed(String worker, Throwable cause, boolean wasAbandoned) {
    boolean late;
    try (var _ = lock.hold()) {
      late = wasAbandoned || life.isClosed();
      if (!late) {
        failures.add(new CloseReport.CloseFailure(worker, cause));
      }
    }
    LogLine.of(Level.WARN, pool)
        .worker(worker)
        .logFailure(cause, "{} failed to close{}", worker, late ? ", late" : "");
  }

  /** How long a worker took to open. */
  public void opened(int slot, String worker, Duration took) {
    add(slot, new WorkerTimes(worker, 1, took, Duration.ZERO));
  }

  /** How long a worker took to close. */
  public void closed(int slot, String worker, Duration took) {
    add(slot, new WorkerTimes(worker, 0, Duration.ZERO, took));
  }

  private void add(int slot, WorkerTimes more) {
    try (var _ = lock.hold()) {
      WorkerTimes _ =
          times.merge(
              slot,
              more,
              (one, other) ->
                  new WorkerTimes(
                      one.worker(),
                      one.opened() + other.opened(),
                      one.opening().plus(other.opening()),
                      one.closing().plus(other.closing())));
    }
  }

  /** The jobs that the stop did not let start. */
  public List<Object> notStartedJobs() {
    try (var _ = lock.hold()) {
      return List.copyOf(notStartedJobs);
    }
  }

  /** The jobs whose runs the stop has cancelled, if they are kept; once. */
  public List<Object> takeCancelledJobs() {
    try (var _ = lock.hold()) {
      List<Object> taken = cancelledJobs;
      cancelledJobs = null;
      return taken == null ? List.of() : taken;
    }
  }

  // Under the lock:

  /** From now on the jobs whose runs the stop cancels are kept: so many, perhaps. */
  public void keepCancelledJobs(int jobs) {
    cancelledJobs = new ArrayList<>(jobs);
  }

  /** The stop does not let so many jobs start: makes room for them. Throws nothing. */
  public void expectNotStarted(long jobs) {
    try {
      notStartedJobs.ensureCapacity((int) Math.min(jobs, Integer.MAX_VALUE - 8));
    } catch (OutOfMemoryError e) {
      loseNotStartedJobs(e);
    }
  }

  /** The stop did not let a job start. Throws nothing. */
  public void notStarted(Object job) {
    try {
      if (notStartedJobsLost == null) {
        notStartedJobs.add(job);
      }
    } catch (OutOfMemoryError e) {
      loseNotStartedJobs(e);
    }
  }

  /** Their number is known all the same. */
  private void loseNotStartedJobs(OutOfMemoryError cause) {
    notStartedJobsLost = cause;
    notStartedJobs.clear();
    notStartedJobs.trimToSize();
  }

  /** The close has cancelled the run of a job. */
  public void cancelledRun(@Nullable Object job) {
    cancelledByClose++;
    if (cancelledJobs != null && job != null) {
      cancelledJobs.add(job);
    }
  }

  public void abandoned(CloseReport.Abandoned one) {
    abandoned.add(one);
  }

  /** The report, when all is over. */
  public CloseReport report(Counts counts, Duration took) {
    try {
      return make(counts, took);
    } catch (OutOfMemoryError e) { // the list is copied
      loseNotStartedJobs(e);
      return make(counts, took);
    }
  }

  private CloseReport make(Counts counts, Duration took) {
    List<CloseReport.CloseFailure> all = new ArrayList<>(failures);
    if (notStartedJobsLost != null) {
      all.add(new CloseReport.CloseFailure(pool + " (jobs not started)", notStartedJobsLost));
    }
    return new CloseReport(
        pool,
        counts.submitted(),
        counts.succeeded(),
        counts.failed(),
        counts.cancelled(),
        cancelledByClose,
        counts.notStarted(),
        notStartedJobs,
        all,
        abandoned,
        List.copyOf(times.values()),
        took);
  }
}
