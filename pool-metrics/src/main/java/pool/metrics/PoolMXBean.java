package pool.metrics;

import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.core.PoolState;
import pool.core.WorkerState;

/**
 * A pool as an MBean: attributes to look at, no operations. Each attribute is read from a separate
 * {@link pool.core.PoolStats}. When the pool is gone, reading one throws {@link
 * IllegalStateException}. The accessors begin with {@code get}, as those of MBeans must.
 */
public interface PoolMXBean {

  /**
   * The pool's name.
   *
   * @return as it was registered
   */
  String getName();

  /**
   * Where the pool is in its life. Once a reader has seen {@link PoolState#CLOSED}, the MBean is
   * gone.
   *
   * @return its state
   */
  PoolState getState();

  /**
   * How many jobs wait.
   *
   * @return at least 0
   */
  long getQueued();

  /**
   * How many jobs run.
   *
   * @return at least 0
   */
  long getRunning();

  /**
   * What became of the jobs, all counted at one moment, so that the counts add up.
   *
   * @return all counts
   */
  JobCounts getJobs();

  /**
   * What each worker is doing.
   *
   * @return the slots, in order
   */
  List<WorkerNow> getWorkers();

  /**
   * What became of the jobs: {@code submitted = queued + running + succeeded + failed + cancelled +
   * notStarted}.
   *
   * @param submitted jobs that were accepted
   * @param queued jobs that wait
   * @param running jobs that run
   * @param succeeded jobs that were done
   * @param failed jobs whose worker threw
   * @param cancelled jobs that were cancelled
   * @param notStarted jobs that were not started
   * @param retried runs whose job was put off, to be run again later
   */
  record JobCounts(
      long submitted,
      long queued,
      long running,
      long succeeded,
      long failed,
      long cancelled,
      long notStarted,
      long retried) {}

  /**
   * A slot and its worker.
   *
   * @param name the worker's name
   * @param state what it is doing
   * @param job what it is running, as text of at most 200 characters; empty when it runs nothing
   * @param since when that run began; null when it runs nothing
   * @param jobs how many jobs were run in this slot, including each of a batch
   * @param failures how many of them failed
   * @param opened how many times a worker was opened in this slot
   */
  record WorkerNow(
      String name,
      WorkerState state,
      String job,
      @Nullable Date since,
      long jobs,
      long failures,
      int opened) {}
}
