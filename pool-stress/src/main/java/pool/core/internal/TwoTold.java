package pool.core.internal;

import java.util.List;
import java.util.function.ToLongFunction;
import org.openjdk.jcstress.infra.results.LLL_Result;
import pool.api.BatchWorker;
import pool.core.PoolStats;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.worker.WorkerRuns;
import pool.core.internal.worker.WorkerThread;

/** A batch of two jobs whose worker tells of them while another thread ends its run. */
final class TwoTold {

  final PoolCore<String, String> core = Threadless.openFor(this::runAll);
  final WorkerThread<String, String> worker = core.slots.getFirst().thread();
  final long number; // of the run

  private final Aim aim;
  private final JobFuture<String, String> first = core.queue.submit("one");
  private final JobFuture<String, String> second = core.queue.submit("two");
  private final Work<String, String> work = core.dispatcher.next(worker);

  TwoTold(Aim aim) {
    this.aim = aim;
    this.number = worker.counters().sequence() + 1;
  }

  private void runAll(List<String> jobs, BatchWorker.Results<String> results) {
    if (jobs.size() > 1) {
      aim.delay(); // the other has more to do
      aim.wasLate(first.isSettled());
    }
    for (int i = 0; i < jobs.size(); i++) {
      results.succeeded(i, jobs.get(i));
    }
  }

  void run() {
    BatchWorker<String, String> batches = this::runAll;
    Throwable _ = WorkerRuns.run(worker, batches, work);
  }

  void awaitRun() {
    Waits.until(() -> worker.counters().sequence() >= number);
  }

  /** How the two have ended, and whether the counts say the same. */
  void counts(LLL_Result r, ToLongFunction<PoolStats> lost) {
    Waits.until(() -> first.isDone() && second.isDone()); // a thread may be about to tell
    core.helperExecutor.close();
    PoolStats stats = core.stats();
    r.r1 = first.state().toString();
    r.r2 = second.state().toString();
    r.r3 =
        stats.queued() + stats.running() == 0
                && stats.submitted() == stats.succeeded() + lost.applyAsLong(stats)
            ? "adds up"
            : stats.toString();
  }
}
