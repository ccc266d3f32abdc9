package pool.core;

import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What holds after each round of {@link Chaos}, whatever went wrong in it. */
final class ChaosChecks {

  private static final Duration SOON = Duration.ofSeconds(10);

  private final Chaos round;
  private final ChaosPlan plan;
  private final @Nullable WorkerPool<ChaosJob, Object> pool; // null when it could not be opened
  private final @Nullable CloseReport report;

  ChaosChecks(
      Chaos round, @Nullable WorkerPool<ChaosJob, Object> pool, @Nullable CloseReport report) {
    this.round = round;
    this.plan = round.plan;
    this.pool = pool;
    this.report = report;
  }

  void check() throws InterruptedException {
    Set<String> abandoned =
        report == null
            ? Set.of()
            : report.abandoned().stream()
                .map(CloseReport.Abandoned::worker)
                .collect(Collectors.toSet());
    round.counters.abandoned(abandoned.size());
    for (ChaosWorkers.Misbehaving worker : round.workers.all) {
      worker(worker, abandoned.contains(worker.context.workerName()));
    }
    abandonedBeforeReplaced();
    noThreadIsLeft();
    Map<ChaosJob.Fate, Integer> known = new EnumMap<>(ChaosJob.Fate.class);
    int unknown = 0;
    for (ChaosJob job : plan.jobs) {
      job(job);
      ChaosJob.Fate fate = job.fate;
      if (fate != null) {
        known.merge(fate, 1, Integer::sum);
      } else if (job.offer == ChaosJob.Offer.PERHAPS_ACCEPTED) {
        unknown++;
      }
    }
    if (report != null && pool != null) {
      accounts(report, pool.stats(), known, unknown);
      returned(report);
    }
  }

  // Workers

  private void worker(ChaosWorkers.Misbehaving worker, boolean wasAbandoned)
      throws InterruptedException {
    if (report != null && !wasAbandoned && worker.thread.isAlive()) {
      round.violation("%s still had a thread when the pool was closed", worker);
    }
    if (!worker.thread.join(SOON)) {
      round.violation("%s still has a thread: %s", worker, ChaosStacks.dump());
    }
    if (worker.closes.get() != (worker.isOpen ? 1 : 0)) {
      round.violation("%s was closed %d times", worker, worker.closes.get());
    }
    if (worker.ownedCloses.get() != 1) {
      round.violation("what %s owns was closed %d times", worker, worker.ownedCloses.get());
    }
    if (worker.finishes.get() > 1) {
      round.violation("%s finished %d times", worker, worker.finishes.get());
    }
    if (report != null && !wasAbandoned) {
      for (Throwable failure : worker.closeFailures) {
        if (report.closeFailures().stream().filter(f -> f.cause() == failure).count() != 1) {
          round.violation("%s is not once in %s", failure, report);
        }
      }
    }
  }

  /** Only an abandoned worker may be replaced before it has closed. */
  private void abandonedBeforeReplaced() {
    round.workers.openedBeside.forEach((worker, times) -> {
      long abandoned =
          report == null
              ? 0
              : report.abandoned().stream().filter(a -> a.worker().equals(worker)).count();
      if (times > abandoned) {
        round.violation(
            "%s opened %d times beside the one before it, and %d were abandoned",
            worker, times, abandoned);
      }
    });
  }

  private void noThreadIsLeft() throws InterruptedException {
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (thread.getName().startsWith(round.name + "-") && !thread.join(SOON)) {
        round.violation("%s is still alive at %s", thread, Arrays.toString(thread.getStackTrace()));
      }
    }
  }

  // Jobs

  private void job(ChaosJob job) throws InterruptedException {
    CompletableFuture<Object> future = job.future;
    if (future != null) {
      try {
        settled(job, future.get(SOON.toSeconds(), TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        settled(job, Objects.requireNonNull(e.getCause()));
      } catch (CancellationException e) {
        job.fate = ChaosJob.Fate.CANCELLED;
      } catch (TimeoutException e) {
        round.violation("never done: %s", job);
        return;
      }
      if (job.isCounted && job.completions.get() != 1) {
        round.violation("completed not once: %s", job);
      }
    }
    ran(job);
  }

  private void settled(ChaosJob job, @Nullable Object result) {
    if (result == ChaosJob.BY_HAND) {
      job.fate = ChaosJob.Fate.CANCELLED;
    } else {
      job.fate = ChaosJob.Fate.SUCCEEDED;
      if (!Objects.equals(result, job.result())) {
        round.violation("result %s of %s", result, job);
      }
    }
  }

  private void settled(ChaosJob job, Throwable failure) {
    boolean isOwners =
        failure instanceof ChaosSubmitter.ByHand
            || (failure instanceof TimeoutException && failure.getMessage() == null); // orTimeout
    if (isOwners) {
      job.fate = ChaosJob.Fate.CANCELLED;
    } else if (failure instanceof PoolClosedException) {
      job.fate = ChaosJob.Fate.NOT_STARTED;
    } else {
      job.fate = ChaosJob.Fate.FAILED;
      failure(job, failure);
    }
  }

  /** A job fails with what its run threw, or because no worker could be opened. */
  void failure(ChaosJob job, Throwable failure) {
    boolean isOwn = job.thrown.stream().anyMatch(thrown -> thrown == failure);
    boolean isUnserved =
        failure instanceof PoolBrokenException && (job.runs.get() == 0 || plan.mayBePutOff(job));
    boolean isLate = failure instanceof TimeoutException && plan.has("jobTimeout");
    boolean isPoison = plan.number("maxAttempts", 1) > 1 && job.runs.get() > 1;
    if (!isOwn && !isUnserved && !isLate && !isPoison) {
      round.violation("%s failed with %s", job, ChaosStacks.of(failure));
    }
  }

  private void ran(ChaosJob job) {
    int most = job.offer.compareTo(ChaosJob.Offer.PERHAPS_ACCEPTED) < 0 ? 0 : 1;
    ChaosJob.Fate fate = job.fate;
    boolean isRight =
        switch (fate) {
          case SUCCEEDED -> job.ends.get() == 1 && !job.sawInterrupt && !job.cameUnpinged;
          case FAILED -> (!job.sawInterrupt && !job.cameUnpinged) || plan.has("jobTimeout");
          case NOT_STARTED -> job.runs.get() == 0 || plan.mayBePutOff(job);
          case CANCELLED -> true;
          case null -> true;
        };
    if (job.runs.get() > most * plan.mostRuns(job) || job.ends.get() > 1 || !isRight) {
      round.violation(
          "ran more or less than it should, or met what was meant for another: %s", job);
    }
  }

  // PoolCounters

  private void accounts(
      CloseReport told, PoolStats stats, Map<ChaosJob.Fate, Integer> known, int unknown) {
    try {
      Recorder.assertAddsUp(told);
      Recorder.assertAddsUp(stats);
    } catch (AssertionError e) {
      round.violation("does not add up: %s", e.getMessage());
    }
    int all = known.values().stream().mapToInt(count -> count).sum();
    count("submitted", told.submitted(), stats.submitted(), all, unknown);
    count(
        "succeeded", told.succeeded(), stats.succeeded(), known, ChaosJob.Fate.SUCCEEDED, unknown);
    count("failed", told.failed(), stats.failed(), known, ChaosJob.Fate.FAILED, unknown);
    count(
        "cancelled", told.cancelled(), stats.cancelled(), known, ChaosJob.Fate.CANCELLED, unknown);
    count(
        "notStarted",
        told.notStarted(),
        stats.notStarted(),
        known,
        ChaosJob.Fate.NOT_STARTED,
        unknown);
  }

  private void count(
      String what,
      long told,
      long stats,
      Map<ChaosJob.Fate, Integer> known,
      ChaosJob.Fate fate,
      int unknown) {
    count(what, told, stats, known.getOrDefault(fate, 0), unknown);
  }

  private void count(String what, long told, long stats, int known, int unknown) {
    if (told != stats || told < known || told > known + unknown) {
      round.violation(
          "%s: %d in the report, %d in stats(), at least %d and at most %d as the jobs say; %s",
          what, told, stats, known, known + unknown, report);
    }
  }

  private void returned(CloseReport told) {
    Set<Object> returned = Collections.newSetFromMap(new IdentityHashMap<>());
    for (Object job : told.notStartedJobs()) {
      if (!returned.add(job)) {
        round.violation("returned twice: %s", job);
      }
      if (((ChaosJob) job).runs.get() > 0 && !plan.mayBePutOff((ChaosJob) job)) {
        round.violation("returned, but ran: %s", job);
      }
    }
    for (ChaosJob job : plan.jobs) {
      if (job.fate == ChaosJob.Fate.NOT_STARTED && !returned.remove(job)) {
        round.violation("not among the returned: %s", job);
      }
    }
    returned.removeIf(job ->
        ((ChaosJob) job).fate == null && ((ChaosJob) job).offer == ChaosJob.Offer.PERHAPS_ACCEPTED);
    if (!returned.isEmpty()) {
      round.violation("reported as returned, but settled otherwise: %s", new HashSet<>(returned));
    }
  }

  /** Counts never go back, and what was seen done is counted. */
  static void assertNotLess(PoolStats now, PoolStats before, long done) {
    for (ToLongFunction<PoolStats> count :
        Arrays.<ToLongFunction<PoolStats>>asList(
            PoolStats::submitted,
            PoolStats::succeeded,
            PoolStats::failed,
            PoolStats::cancelled,
            PoolStats::notStarted,
            PoolStats::retried)) {
      if (count.applyAsLong(now) < count.applyAsLong(before)) {
        throw new AssertionError("a count went back, from " + before + " to " + now);
      }
    }
    if (now.succeeded() + now.failed() + now.cancelled() + now.notStarted() < done) {
      throw new AssertionError(done + " were seen done before " + now);
    }
  }
}
