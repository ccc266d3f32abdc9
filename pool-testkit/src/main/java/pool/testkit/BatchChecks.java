package pool.testkit;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.core.ThreadKind;

/** Checks, without a pool, a worker that does several jobs in one call. */
@SuppressWarnings("try") // closing may be interrupted
record BatchChecks<J, R>(Subject<J, R> subject) {

  private static final int ROUNDS = 3; // times the samples occur in one batch

  /** The results and failures that a worker has reported for the jobs of one batch. */
  private static final class Told<R> implements BatchWorker.Results<R> {

    private final boolean[] isTold;
    private final List<@Nullable R> results = new ArrayList<>();
    private final List<@Nullable Throwable> failures = new ArrayList<>();

    Told(int size) {
      isTold = new boolean[size];
      for (int i = 0; i < size; i++) {
        results.add(null);
        failures.add(null);
      }
    }

    @Override
    public void succeeded(int index, @Nullable R result) {
      tell(index);
      results.set(index, result);
    }

    @Override
    public void failed(int index, Throwable cause) {
      Objects.requireNonNull(cause, "cause");
      tell(index);
      failures.set(index, cause);
    }

    private void tell(int index) {
      Objects.checkIndex(index, isTold.length);
      if (isTold[index]) {
        throw new IllegalStateException("job %d of the batch was told before".formatted(index));
      }
      isTold[index] = true;
    }
  }

  void aBatchWorkerTellsWhatBecameOfEachJob() throws Exception {
    try (LoneWorker<J, R> worker = LoneWorker.open(subject, ThreadKind.PLATFORM)) {
      Assumptions.assumeTrue(worker.isBatchWorker(), "its workers do one job at a time");
    }
    List<@Nullable R> expected = new LifeChecks<>(subject).resultsAlone(ThreadKind.PLATFORM);
    try (LoneWorker<J, R> worker = LoneWorker.open(subject, ThreadKind.PLATFORM)) {
      assertTold(worker, expected, null, 0);
      for (J bad : subject.contract().failing()) {
        for (int at = 0; at <= ROUNDS * expected.size(); at++) {
          assertTold(worker, expected, bad, at);
        }
      }
    }
  }

  /** Runs a batch of the samples, repeated a few times, with a job that must fail at an index. */
  private void assertTold(
      LoneWorker<J, R> worker, List<@Nullable R> expected, @Nullable J bad, int at)
      throws Exception {
    List<J> jobs = new ArrayList<>();
    for (int i = 0; i < ROUNDS; i++) {
      jobs.addAll(subject.samples());
    }
    if (bad != null) {
      jobs.add(at, bad);
    }
    Told<R> told = new Told<>(jobs.size());
    boolean isRolledBack = runAll(worker, jobs, told, bad);
    for (int i = 0; i < jobs.size(); i++) {
      boolean isBad = bad != null && i == at;
      if (told.isTold[i]) {
        assertOutcome(jobs, i, told, isBad, expected, bad != null && i > at ? i - 1 : i);
      } else if (!isRolledBack) {
        throw subject.failure(
            "runAll returned without telling what became of job '%s', number %d of %d; tell each, or throw BatchRolledBackException"
                .formatted(jobs.get(i), i, jobs.size()));
      }
    }
  }

  /** Returns whether the worker rolled the batch back. */
  private boolean runAll(LoneWorker<J, R> worker, List<J> jobs, Told<R> told, @Nullable J bad)
      throws Exception {
    try {
      worker.runAll(jobs, told);
      return false;
    } catch (BatchRolledBackException e) {
      if (bad == null) {
        throw subject.failure("a batch of samples() was rolled back: " + e.getCause(), e);
      }
      return true;
    } catch (Exception e) {
      throw subject.failure(
          "runAll threw %s for %s, which fails every job that was not told; tell results.failed, or throw BatchRolledBackException"
              .formatted(e, bad == null ? "samples()" : "job '" + bad + "' of failing()"),
          e);
    }
  }

  private void assertOutcome(
      List<J> jobs, int i, Told<R> told, boolean isBad, List<@Nullable R> expected, int sample) {
    J job = jobs.get(i);
    Throwable failure = told.failures.get(i);
    if (isBad && failure == null) {
      throw subject.failure(
          "job '%s' of failing() was told to have succeeded in a batch of %d"
              .formatted(job, jobs.size()));
    }
    if (!isBad && failure != null) {
      throw subject.failure(
          "job '%s' was told to have failed in a batch of %d: %s"
              .formatted(job, jobs.size(), failure),
          failure);
    }
    if (!isBad) {
      subject.assertEqual(
          job,
          expected.get(sample % expected.size()),
          told.results.get(i),
          "in a batch of " + jobs.size());
    }
  }
}
