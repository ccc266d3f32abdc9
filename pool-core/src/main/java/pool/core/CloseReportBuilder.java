package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** What is to be said when the pool is closed, gathered from its opening on. */
final class CloseReportBuilder<J, R> {

  private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

  private final PoolCore<J, R> core;
  private final ReentrantLock lock;

  // Under the lock:
  private long cancelledByClose;
  private final List<Object> notStartedJobs = new ArrayList<>();
  private @Nullable List<Object> cancelledJobs; // submitted jobs whose runs were cancelled, if kept
  private final List<CloseReport.CloseFailure> failures = new ArrayList<>();
  private final List<CloseReport.Abandoned> abandoned = new ArrayList<>();
  private final Map<Integer, Times> times = new TreeMap<>(); // by slot

  CloseReportBuilder(PoolCore<J, R> core) {
    this.core = core;
    this.lock = core.lock;
  }

  /** A worker's {@code finish} or {@code close} threw. On its thread. */
  void failed(WorkerThread<J, R> worker, Throwable cause) {
    boolean late;
    lock.lock();
    try {
      late = core.life.isClosed() || worker.isGone();
      if (!late) {
        failures.add(new CloseReport.CloseFailure(worker.name(), cause));
      }
    } finally {
      lock.unlock();
    }
    LogLine.of(LOG, Level.WARN, worker)
        .log("{} failed to close{}: {}", worker.name(), late ? ", late" : "", SafeText.of(cause));
  }

  /** How long a worker took to close. On its thread. */
  void closed(WorkerThread<J, R> worker, Duration took) {
    lock.lock();
    try {
      timesOf(worker).closing += took.toNanos();
    } finally {
      lock.unlock();
    }
  }

  /** The jobs that the stop has returned. Any thread, as is the next. */
  List<Object> notStartedJobs() {
    lock.lock();
    try {
      return List.copyOf(notStartedJobs);
    } finally {
      lock.unlock();
    }
  }

  /** The jobs whose runs the stop has cancelled, if they are kept; once. */
  List<Object> takeCancelledJobs() {
    lock.lock();
    try {
      List<Object> taken = cancelledJobs;
      cancelledJobs = null;
      return taken == null ? List.of() : taken;
    } finally {
      lock.unlock();
    }
  }

  // Under the lock:

  /** How long a worker took to open. */
  void opened(WorkerThread<J, R> worker, Duration took) {
    Times ofSlot = timesOf(worker);
    ofSlot.opened++;
    ofSlot.opening += took.toNanos();
  }

  private Times timesOf(WorkerThread<J, R> worker) {
    return times.computeIfAbsent(worker.slot(), _ -> new Times(worker.name()));
  }

  /** From now on the submitted jobs whose runs the stop cancels are kept. */
  void keepCancelledJobs() {
    cancelledJobs = new ArrayList<>();
  }

  /** The stop has returned a job. */
  void notStarted(Object job) {
    notStartedJobs.add(job);
  }

  /** The close has cancelled the run of a submitted job. */
  void cancelledRun(J job) {
    cancelledByClose++;
    if (cancelledJobs != null) {
      cancelledJobs.add(job);
    }
  }

  /** The close has cancelled the run of a place of a bulk call. */
  void cancelledPlace() {
    cancelledByClose++;
  }

  void abandoned(CloseReport.Abandoned one) {
    abandoned.add(one);
  }

  /** The report, when all is over. */
  CloseReport report(Duration took) {
    PoolCounters.Snapshot counters = core.counters.snapshot();
    return new CloseReport(
        core.settings.name(),
        counters.submitted(),
        counters.succeeded(),
        counters.failed(),
        counters.cancelled(),
        cancelledByClose,
        counters.notStarted(),
        notStartedJobs,
        failures,
        abandoned,
        times.values().stream().map(Times::reported).toList(),
        took);
  }

  /** What opening and closing took in one slot. */
  private static final class Times {
    private final String worker;
    private int opened;
    private long opening;
    private long closing;

    Times(String worker) {
      this.worker = worker;
    }

    CloseReport.WorkerTimes reported() {
      return new CloseReport.WorkerTimes(
          worker, opened, Duration.ofNanos(opening), Duration.ofNanos(closing));
    }
  }
}
