package pool.core.internal;

import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;
import pool.core.JobFailedException;
import pool.core.Outcome;
import pool.core.PoolBrokenException;
import pool.core.Progress;
import pool.core.internal.bulk.BulkCall;
import pool.core.internal.bulk.BulkCalls;
import pool.core.internal.bulk.BulkOutcomes;
import pool.core.internal.job.JobFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.queue.QueueOwner;
import pool.core.internal.stream.PoolStreams;
import pool.core.internal.supervise.WorkerWaits;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.TimedWait;
import pool.core.internal.worker.JobSettler;
import pool.core.internal.worker.Slots;
import pool.core.internal.worker.WorkerThread;

/**
 * The calls that wait for their jobs: one job, a broadcast, a bulk call. When the caller is
 * interrupted, would wait for ever, or throws from its {@link Progress}, what is under way is
 * cancelled, and the call returns once that has stopped.
 */
final class BlockingCalls<J, R> {

  private final Base base;
  private final Slots<J, R> slots;
  private final JobQueue<J, R> queue;
  private final QueueOwner<J, R> owner;
  private final BulkCalls<J, R> bulkCalls;
  private final JobSettler<J, R> settler;
  private final WorkerWaits<J, R> waits;

  BlockingCalls(
      Base base,
      Slots<J, R> slots,
      JobQueue<J, R> queue,
      QueueOwner<J, R> owner,
      BulkCalls<J, R> bulkCalls,
      JobSettler<J, R> settler,
      WorkerWaits<J, R> waits) {
    this.base = base;
    this.slots = slots;
    this.queue = queue;
    this.owner = owner;
    this.bulkCalls = bulkCalls;
    this.settler = settler;
    this.waits = waits;
  }

  /** Does one job. */
  R call(J job) {
    JobFuture<J, R> future = queue.submit(job);
    try {
      future.awaitDone();
    } catch (InterruptedException e) {
      cancelAndAwait(future);
      throw Interrupts.flagKept("a job", e);
    } catch (IllegalStateException e) { // the wait could never end
      cancelAndAwait(future);
      throw e;
    }
    Outcome<J, R> outcome = future.outcome(job);
    if (outcome instanceof Outcome.NotStarted) {
      throw base.life().closedCause("the job was not started");
    }
    return outcome.orElseThrow();
  }

  private void cancelAndAwait(JobFuture<J, R> future) {
    boolean _ = future.cancel(true);
    settler.awaitReturn(work -> work.isOf(future));
  }

  /** Does a job once in each slot that has a worker; the outcomes, by slot. */
  List<Outcome<J, R>> broadcast(J job) {
    if (WorkerThread.runsFor(base.lock())) {
      throw new IllegalStateException(
          "a worker of pool '%s' cannot broadcast to it: it would wait for itself"
              .formatted(base.settings().name()));
    }
    List<@Nullable JobFuture<J, R>> futures =
        queue.broadcast(job, slot -> slots.get(slot).thread().isOpen());
    try {
      for (JobFuture<J, R> future : futures) {
        if (future != null) {
          future.awaitDone();
        }
      }
    } catch (InterruptedException e) {
      futures.forEach(future -> {
        boolean _ = future == null || future.cancel(true);
      });
      settler.awaitReturn(work -> futures.stream().anyMatch(work::isOf));
      throw Interrupts.flagKept("a broadcast", e);
    } finally {
      queue.broadcastEnded();
    }
    return futures.stream()
        .map(future -> future == null ? new Outcome.NotStarted<J, R>(job) : future.outcome(job))
        .toList();
  }

  // Bulk calls

  /** Every result in order; throws at the first failure in time. */
  @SuppressWarnings("unchecked") // all have succeeded
  List<R> map(Collection<? extends J> jobs, @Nullable Progress progress) {
    BulkCall<J, R> bulk = run(jobs, true, progress);
    BulkOutcomes<J, R> outcomes = bulk.outcomes();
    Throwable cause = outcomes.failure();
    if (cause != null) {
      int index = outcomes.failedIndex();
      throw new JobFailedException(bulk.job(index), index, cause);
    }
    if (outcomes.brokenBy() instanceof PoolBrokenException broken) {
      throw new PoolBrokenException(String.valueOf(broken.getMessage()), broken.getCause());
    }
    if (outcomes.notDone() >= 0) {
      throw base.life()
          .closedCause("job %d of the bulk call was not done".formatted(outcomes.notDone()));
    }
    return Collections.unmodifiableList((List<R>) Arrays.asList(outcomes.inOrder()));
  }

  /** Every outcome in order. */
  @SuppressWarnings("unchecked") // it keeps outcomes
  List<Outcome<J, R>> mapAll(Collection<? extends J> jobs, @Nullable Progress progress) {
    BulkOutcomes<J, R> outcomes = run(jobs, false, progress).outcomes();
    return (List<Outcome<J, R>>) (List<?>) List.of(outcomes.inOrder());
  }

  private BulkCall<J, R> run(
      Collection<? extends J> jobs, boolean stopsAtFailure, @Nullable Progress progress) {
    BulkCall<J, R> bulk = submit(BulkCalls.jobs(jobs), stopsAtFailure);
    try {
      await(bulk, progress);
      if (bulk.stopsNow()) {
        settler.awaitReturn(work -> work.isOf(bulk));
      }
      return bulk;
    } catch (RuntimeException | Error e) { // it would wait for ever, or the progress threw
      abort(bulk);
      throw e;
    } catch (InterruptedException e) {
      abort(bulk);
      throw Interrupts.flagKept("a bulk call", e);
    }
  }

  private void abort(BulkCall<J, R> bulk) {
    settler.abort(bulk);
    settler.awaitReturn(work -> work.isOf(bulk));
  }

  /** Accepts all jobs of a bulk call at once. */
  private BulkCall<J, R> submit(Object[] jobs, boolean stopsAtFailure) {
    BulkCall<J, R> bulk;
    JobContext.Scope scope = queue.capture();
    try (var _ = base.hold()) {
      queue.requireOpen();
      int first = queue.deal(jobs.length);
      bulk = bulkCalls.add(jobs, stopsAtFailure, first, base.lock().condition(), scope);
    }
    owner.failIfNobodyCan(JobQueue.ANY);
    return bulk;
  }

  private void await(BulkCall<J, R> bulk, @Nullable Progress progress) throws InterruptedException {
    if (progress == null) {
      boolean _ = await(bulk, TimedWait.NEVER);
      return;
    }
    while (!await(bulk, System.nanoTime() + PoolStreams.PROGRESS_NANOS)) {
      progress.done(settled(bulk), bulk.size()); // it may wait itself
    }
    if (!bulk.stopsNow()) {
      progress.done(bulk.size(), bulk.size());
    }
  }

  private long settled(BulkCall<J, R> bulk) {
    try (var _ = base.hold()) {
      return bulk.settled();
    }
  }

  private boolean await(BulkCall<J, R> bulk, long deadline) throws InterruptedException {
    try (var _ = base.hold()) {
      waits.begin(bulk);
      return bulk.await(deadline);
    } finally {
      waits.end();
    }
  }
}
