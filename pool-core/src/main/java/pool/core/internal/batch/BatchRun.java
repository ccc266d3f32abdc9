package pool.core.internal.batch;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;

/**
 * One run of a batch: takes what the worker tells of its jobs, and settles, when the run has
 * returned, those of which it has told nothing. Used by the worker's thread, and by no other.
 */
public final class BatchRun<J, R> implements BatchWorker.Results<R> {

  /** What runs the batch. */
  public interface Host<J, R> {

    /** The worker's name. */
    String name();

    /** Settles a job as its run has ended; false when it had been settled. */
    boolean settle(JobFuture<J, R> future, @Nullable R result, @Nullable Throwable failure);

    /** Whether the run is being stopped, or was: it is interrupted, or will be. */
    boolean isStopped();

    /** Whether it was interrupted for that. */
    boolean wasInterrupted();

    /** A job was told. */
    void told(Batch<J, R> batch);

    /**
     * Lets jobs of the batch wait again, in order, if that failure has broken the worker; returns
     * those that may not.
     */
    List<JobFuture<J, R>> requeue(Batch<J, R> batch, List<JobFuture<J, R>> jobs, Throwable cause);

    /** Lets jobs wait again, to be run at once, in order, each alone. */
    void rollBack(List<JobFuture<J, R>> jobs);

    /** Whether a job that has failed so is to be run again later. Calls foreign code. */
    boolean isLater(Throwable failure);

    /** Lets jobs of the batch be run again later; returns those that may not. */
    List<JobFuture<J, R>> putOff(Batch<J, R> batch, List<JobFuture<J, R>> jobs, Throwable cause);

    /** Lets jobs of the batch wait again, behind those of their keys that were put off, if any. */
    void waitBehind(Batch<J, R> batch, List<KeyedFuture<J, R>> jobs);
  }

  private final Thread worker = Thread.currentThread();
  private final Batch<J, R> batch;
  private final int slot;
  private final Host<J, R> host;
  private final boolean[] isTold;
  // By key, the first job of which later was told, and the first that was put off:
  private Map<Integer, Integer> firstsLater = Map.of();
  private Map<Integer, Integer> firstsPutOff = Map.of();
  private boolean isOver;
  private @Nullable Throwable failure;
  private boolean isLater; // what it threw says so
  private int waitAgain; // jobs, for which the run was not

  public BatchRun(Batch<J, R> batch, int slot, Host<J, R> host) {
    this.batch = batch;
    this.slot = slot;
    this.host = host;
    this.isTold = new boolean[batch.size()];
  }

  @Override
  public void succeeded(int index, @Nullable R result) {
    tell(index, result, null);
  }

  @Override
  public void failed(int index, Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    tell(index, null, cause);
  }

  private void tell(int index, @Nullable R result, @Nullable Throwable failure) {
    Objects.checkIndex(index, isTold.length);
    if (Thread.currentThread() != worker) {
      throw misuse(index, "on another thread");
    }
    if (isOver) {
      throw misuse(index, "after runAll had returned");
    }
    if (isTold[index]) {
      throw misuse(index, "before");
    }
    isTold[index] = true;
    boolean wasInterrupted = host.wasInterrupted(); // then it has seen that
    boolean isInterrupted = Thread.interrupted(); // whatever is chained to the job finds no flag
    if (failure == null || !isPutOff(index, failure)) {
      boolean _ = host.settle(batch.future(index), result, failure);
    }
    host.told(batch);
    boolean _ = Thread.interrupted(); // nor is one for the run that something chained has left
    if (isInterrupted || (host.isStopped() && !wasInterrupted)) {
      worker.interrupt();
    }
  }

  /**
   * Puts a job off if that failure says so; false if it does not, or the job may not be put off: it
   * has settled, or has no retries left. The worker cannot know that, and may leave later jobs of
   * the key untold all the same.
   */
  private boolean isPutOff(int index, Throwable failure) {
    if (!host.isLater(failure)) {
      return false;
    }
    JobFuture<J, R> future = batch.future(index);
    firstsLater = withFirst(firstsLater, future, index);
    boolean isPutOff = host.putOff(batch, List.of(future), failure).isEmpty();
    if (isPutOff) {
      firstsPutOff = withFirst(firstsPutOff, future, index);
    }
    return isPutOff;
  }

  /** Notes a job, if it has a key; most batches have nothing to note. */
  private static <J, R> Map<Integer, Integer> withFirst(
      Map<Integer, Integer> firsts, JobFuture<J, R> future, int index) {
    if (!(future instanceof KeyedFuture<J, R> keyed)) {
      return firsts;
    }
    Map<Integer, Integer> noted = firsts.isEmpty() ? new HashMap<>() : firsts;
    int _ = noted.merge(keyed.key(), index, Math::min);
    return noted;
  }

  private IllegalStateException misuse(int index, String how) {
    return new IllegalStateException(
        "job %d of the batch of %d was told %s; %s tells each once, in runAll, on its own thread"
            .formatted(index, isTold.length, how, host.name()));
  }

  /** The run throws that, and is not yet over: to judge it may be foreign code. */
  public void threw(Throwable thrown) {
    failure = thrown;
    isLater = !isRolledBack() && host.isLater(cause(thrown));
  }

  private boolean isRolledBack() {
    return failure instanceof BatchRolledBackException && batch.size() > 1;
  }

  /** For how many jobs it was: the others wait again. */
  public int ran() {
    return isTold.length - waitAgain;
  }

  /** The run has returned, or thrown: settles what was not told. */
  public void returned() {
    isOver = true;
    List<JobFuture<J, R>> untold = batch.unsettled(slot);
    if (failure == null) { // else it may have begun any of them
      untold = waitBehind(firstsLater, untold);
    }
    if (isRolledBack()) {
      untold = waitBehind(firstsPutOff, untold);
      waitAgain += untold.size();
      host.rollBack(untold);
      return;
    }
    Throwable cause = failure == null ? null : cause(failure);
    if (cause != null && isLater) {
      untold = host.putOff(batch, untold, cause);
    }
    if (failure != null) {
      int before = untold.size();
      untold = host.requeue(batch, untold, failure);
      waitAgain += before - untold.size();
    }
    for (JobFuture<J, R> future : untold) {
      boolean _ = host.settle(future, null, cause == null ? untold(future) : cause);
    }
  }

  /** Jobs that come after those of their keys wait behind them; returns the others. */
  private List<JobFuture<J, R>> waitBehind(
      Map<Integer, Integer> firsts, List<JobFuture<J, R>> untold) {
    if (firsts.isEmpty()) {
      return untold;
    }
    List<KeyedFuture<J, R>> behind = new ArrayList<>();
    List<JobFuture<J, R>> others = new ArrayList<>();
    for (JobFuture<J, R> future : untold) {
      if (future instanceof KeyedFuture<J, R> keyed
          && firsts.getOrDefault(keyed.key(), isTold.length) < batch.indexOf(keyed)) {
        behind.add(keyed);
      } else {
        others.add(future);
      }
    }
    waitAgain += behind.size();
    host.waitBehind(batch, behind);
    return others;
  }

  private static Throwable cause(Throwable failure) {
    return failure instanceof BatchRolledBackException rolledBack
        ? Objects.requireNonNull(rolledBack.getCause())
        : failure;
  }

  private IllegalStateException untold(JobFuture<J, R> future) {
    return new IllegalStateException(
        "%s returned from runAll without telling what became of job %d of the batch of %d"
            .formatted(host.name(), batch.indexOf(future), isTold.length));
  }
}
