package pool.testkit;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.api.internal.BatchForwarder;

/**
 * Wraps a factory and records every call when it begins.
 *
 * {@snippet :
 * var recording = RecordingFactory.of(new DownloadFactory());
 * try (var pool = WorkerPool.of(recording).workers(2).open()) {
 *   program.run(pool);
 * }
 * assertEquals(2, recording.count(WorkerCall.OPEN));
 * assertEquals(List.of(first, second), recording.jobs());
 * recording.assertEveryWorkerWasClosed();
 * }
 *
 * <p>Each job of a batch is recorded as a run of its own. Safe for use by many threads. The factory
 * keeps the jobs and the threads of all calls.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class RecordingFactory<J, R> extends WrappedFactory<J, R> {

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition called = lock.newCondition();

  // Guarded by the lock:
  private final List<Call<J>> calls = new ArrayList<>();
  private final Set<Integer> failedOpenings = new HashSet<>();
  private int openings;

  private RecordingFactory(WorkerFactory<J, R> factory) {
    super(factory);
  }

  /**
   * Records the calls to a factory and to its workers.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factory opens the workers
   * @return a new factory with the same name, types and options
   */
  public static <J, R> RecordingFactory<J, R> of(WorkerFactory<J, R> factory) {
    return new RecordingFactory<>(factory);
  }

  /**
   * Records the calls to a factory that is made in place, as {@link WorkerFactory#of} makes one.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the factory's name
   * @param jobType the type of the jobs
   * @param resultType the type of the results
   * @param opener opens a worker
   * @return a new factory
   */
  public static <J, R> RecordingFactory<J, R> of(
      String name, Class<J> jobType, Class<R> resultType, WorkerFactory.Opener<J, R> opener) {
    return of(WorkerFactory.of(name, jobType, resultType, opener));
  }

  /**
   * One call.
   *
   * @param <J> the jobs
   * @param what the kind of call
   * @param opening the number of the worker, from 0 in the order of opening; a replacement has the
   *     same name as the worker before it, but another number
   * @param worker the worker's name
   * @param thread the thread that called
   * @param job the job of a run; null for all other calls
   */
  public record Call<J>(
      WorkerCall what, int opening, String worker, Thread thread, @Nullable J job) {

    @Override
    public String toString() {
      return worker + ": " + what + (job == null ? "" : " " + job);
    }
  }

  @Override
  public Worker<J, R> open(WorkerContext context) throws Exception {
    String worker = context.workerName();
    int opening;
    lock.lock();
    try {
      opening = openings++;
      record(WorkerCall.OPEN, opening, worker, null);
    } finally {
      lock.unlock();
    }
    try {
      return recorded(factory.open(context), opening, worker);
    } catch (Throwable e) {
      lock.lock();
      try {
        failedOpenings.add(opening);
      } finally {
        lock.unlock();
      }
      throw e;
    }
  }

  private Worker<J, R> recorded(Worker<J, R> worker, int opening, String name) {
    Worker<J, R> recorded = new Recorded(worker, opening, name);
    return worker instanceof BatchWorker<J, R> together
        ? new BatchForwarder<>(
            recorded,
            (jobs, results) -> {
              jobs.forEach(job -> record(WorkerCall.RUN, opening, name, job));
              together.runAll(jobs, results);
            })
        : recorded;
  }

  private void record(WorkerCall what, int opening, String worker, @Nullable J job) {
    lock.lock();
    try {
      calls.add(new Call<>(what, opening, worker, Thread.currentThread(), job));
      called.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns the calls so far, in the order in which they began.
   *
   * @param what the kinds of calls to return; if none are given, all
   * @return an unmodifiable list
   */
  public List<Call<J>> calls(WorkerCall... what) {
    Set<WorkerCall> wanted =
        what.length == 0 ? EnumSet.allOf(WorkerCall.class) : EnumSet.copyOf(Arrays.asList(what));
    lock.lock();
    try {
      return calls.stream().filter(call -> wanted.contains(call.what)).toList();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Returns how many calls of a kind have begun.
   *
   * @param what the kind
   * @return 0 or more
   */
  public int count(WorkerCall what) {
    return calls(what).size();
  }

  /**
   * Returns the jobs that were run, in the order in which the runs began. A job that was run again
   * appears again.
   *
   * @return an unmodifiable list
   */
  public List<J> jobs() {
    List<J> jobs = new ArrayList<>();
    for (Call<J> call : calls(WorkerCall.RUN)) {
      if (call.job != null) {
        jobs.add(call.job);
      }
    }
    return List.copyOf(jobs);
  }

  /**
   * Returns the calls of each worker, in the order of opening. For a worker that could not be
   * opened there is only that call.
   *
   * @return an unmodifiable list
   */
  public List<List<Call<J>>> lives() {
    SortedMap<Integer, List<Call<J>>> lives = new TreeMap<>();
    calls().forEach(call -> lives.computeIfAbsent(call.opening, _ -> new ArrayList<>()).add(call));
    return lives.values().stream().map(List::copyOf).toList();
  }

  /**
   * Waits until so many calls of a kind have begun.
   *
   * @param what the kind
   * @param count how many calls, 0 or more
   * @param limit the longest time to wait
   * @throws AssertionError when there are fewer calls after that time
   * @throws InterruptedException when the thread is interrupted
   */
  public void await(WorkerCall what, int count, Duration limit) throws InterruptedException {
    long left = limit.toNanos();
    lock.lock();
    try {
      while (count(what) < count) {
        if (left <= 0) {
          throw new AssertionError(
              "factory '%s': expected %d calls of %s within %s, but there were %d; all calls: %s"
                  .formatted(name(), count, what, limit, count(what), calls));
        }
        left = called.awaitNanos(left);
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Asserts that every worker that was opened was also closed: once, after all its other calls, and
   * on the thread that opened it. Also asserts that all calls except {@code cancel} came from that
   * thread.
   *
   * @throws AssertionError when that is not so; the message names the worker and its calls
   */
  public void assertEveryWorkerWasClosed() {
    for (List<Call<J>> life : lives()) {
      String wrong = wrongIn(life);
      if (wrong != null) {
        throw new AssertionError("factory '%s': %s; its calls: %s".formatted(name(), wrong, life));
      }
    }
  }

  private @Nullable String wrongIn(List<Call<J>> life) {
    Call<J> opening = life.getFirst();
    if (hasFailed(opening)) {
      return null;
    }
    long closes = life.stream().filter(call -> call.what == WorkerCall.CLOSE).count();
    if (closes != 1) {
      return "%s was closed %d times instead of once".formatted(opening.worker, closes);
    }
    if (life.getLast().what != WorkerCall.CLOSE) {
      return "%s after it was closed".formatted(life.getLast());
    }
    for (Call<J> call : life) {
      if (call.what != WorkerCall.CANCEL && !call.thread.equals(opening.thread)) {
        return "%s on %s, but it was opened on %s".formatted(call, call.thread, opening.thread);
      }
    }
    return null;
  }

  private boolean hasFailed(Call<J> opening) {
    lock.lock();
    try {
      return failedOpenings.contains(opening.opening);
    } finally {
      lock.unlock();
    }
  }

  @SuppressWarnings("try") // close() may be interrupted
  private final class Recorded implements Worker<J, R> {

    private final Worker<J, R> worker;
    private final int opening;
    private final String name;

    Recorded(Worker<J, R> worker, int opening, String name) {
      this.worker = Objects.requireNonNull(worker, "the factory returned null instead of a worker");
      this.opening = opening;
      this.name = name;
    }

    @Override
    public @Nullable R run(J job) throws Exception {
      record(WorkerCall.RUN, opening, name, job);
      return worker.run(job);
    }

    @Override
    public void finish() throws Exception {
      record(WorkerCall.FINISH, opening, name, null);
      worker.finish();
    }

    @Override
    public void ping() throws Exception {
      record(WorkerCall.PING, opening, name, null);
      worker.ping();
    }

    @Override
    public void cancel() {
      record(WorkerCall.CANCEL, opening, name, null);
      worker.cancel();
    }

    @Override
    public void close() throws Exception {
      record(WorkerCall.CLOSE, opening, name, null);
      worker.close();
    }
  }
}
