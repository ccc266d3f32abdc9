package pool.testkit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import pool.api.WorkerBrokenException;
import pool.core.ThreadKind;

/** Checks what is expected of one worker, mostly without a pool. */
@SuppressWarnings("try") // closing may be interrupted
record LifeChecks<J, R>(Subject<J, R> subject) {

  /** After this time a job counts as stoppable; a pool stops a job only once. */
  private static final Duration AT_WORK = Duration.ofMillis(200);

  private LoneWorker<J, R> open() throws Exception {
    return LoneWorker.open(subject, ThreadKind.PLATFORM);
  }

  /** Returns the results of the samples, from a worker that runs nothing else. */
  List<@Nullable R> resultsAlone(ThreadKind threads) throws Exception {
    List<@Nullable R> results = new ArrayList<>();
    try (LoneWorker<J, R> worker = LoneWorker.open(subject, threads)) {
      for (J job : subject.samples()) {
        results.add(worker.succeed(job, "alone"));
      }
    }
    return results;
  }

  void aWorkerGoesOnAfterAFailedJob() throws Exception {
    List<J> failing = failing();
    List<@Nullable R> expected = resultsAlone(ThreadKind.PLATFORM);
    try (LoneWorker<J, R> worker = open()) {
      for (J job : failing) {
        fail(worker, job);
        assertSamples(worker, expected, "after job '%s' had failed".formatted(job));
      }
    }
  }

  private List<J> failing() {
    List<J> failing = subject.contract().failing();
    Assumptions.assumeFalse(failing.isEmpty(), "no job is known to fail: override failing()");
    return failing;
  }

  private void fail(LoneWorker<J, R> worker, J job) throws InterruptedException {
    @Nullable R result;
    try {
      result = worker.run(job);
    } catch (WorkerBrokenException e) {
      throw subject.failure(
          "job '%s' of failing() broke the worker: %s; throw another exception when only the job failed"
              .formatted(job, e),
          e);
    } catch (Exception e) {
      return;
    }
    throw subject.failure(
        "job '%s' of failing() gave '%s' instead of failing; throw an exception"
            .formatted(job, result));
  }

  private void assertSamples(LoneWorker<J, R> worker, List<@Nullable R> expected, String when)
      throws InterruptedException {
    for (int i = 0; i < expected.size(); i++) {
      J job = subject.samples().get(i);
      subject.assertEqual(job, expected.get(i), worker.succeed(job, when), when);
    }
  }

  void aWorkerClosesAfterAFailedJob() throws Exception {
    List<J> failing = failing();
    for (J job : failing) {
      try (LoneWorker<J, R> worker = open()) {
        worker.failSomehow(job);
        closes(worker, "after job '%s' had failed".formatted(job));
      }
    }
  }

  private void closes(LoneWorker<J, R> worker, String when) throws InterruptedException {
    try {
      worker.closeWorker();
    } catch (Exception e) {
      throw subject.failure(
          "close threw %s %s; let it release what is open, whatever happened before"
              .formatted(e, when),
          e);
    }
  }

  void aWorkerFinishesBeforeItCloses() throws Exception {
    try (LoneWorker<J, R> worker = open()) {
      assertFinishes(worker);
      closes(worker, "after finish");
    }
    try (LoneWorker<J, R> worker = open()) {
      worker.succeed(subject.sample(), "alone");
      closes(worker, "without finish");
    }
    new PoolChecks<>(subject).aPoolClosesCleanly();
  }

  private void assertFinishes(LoneWorker<J, R> worker) throws InterruptedException {
    worker.succeed(subject.sample(), "alone");
    try {
      worker.finish();
    } catch (Exception e) {
      throw subject.failure("finish threw %s after a job had succeeded".formatted(e), e);
    }
  }

  void aJobThatIsStoppedComesBack(J slow, ThreadKind threads) throws Exception {
    try (BoundedThread canceller = new BoundedThread(subject, "canceller", ThreadKind.PLATFORM);
        LoneWorker<J, R> worker = LoneWorker.open(subject, threads)) {
      Future<@Nullable R> run = worker.start(slow);
      if (ends(run, AT_WORK)) {
        throw subject.failure(
            "job '%s' ended before it was stopped; let slow() give one that runs for longer than %s"
                .formatted(slow, subject.bound()));
      }
      worker.stop(canceller);
      if (!ends(run, subject.bound())) {
        throw worker.hangs(
            "job '%s', on a %s thread, cancelled and interrupted,"
                .formatted(slow, Subject.name(threads)));
      }
      if (worker.answersPing()) {
        worker.succeed(subject.sample(), "after another was stopped and a ping was answered");
      }
    }
  }

  private static boolean ends(Future<?> run, Duration limit) throws InterruptedException {
    try {
      run.get(limit.toNanos(), NANOSECONDS);
      return true;
    } catch (ExecutionException e) {
      return true;
    } catch (TimeoutException e) {
      return false;
    }
  }

  void aBrokenWorkerSaysSo() throws Exception {
    try (LoneWorker<J, R> worker = open()) {
      worker.succeed(subject.sample(), "alone");
      worker.breakResource();
      assertSaysThatItBroke(worker);
    }
  }

  private void assertSaysThatItBroke(LoneWorker<J, R> worker) throws InterruptedException {
    J job = subject.sample();
    String seen;
    @Nullable Exception cause = null;
    try {
      seen = "gave '" + worker.run(job) + "'";
    } catch (WorkerBrokenException e) {
      return;
    } catch (Exception e) {
      seen = "threw " + e;
      cause = e;
    } catch (Error e) { // an error says that the worker is broken, too
      if (worker.hangs()) {
        throw e;
      }
      return;
    }
    throw subject.failure(
        "the resource of its worker is broken, but job '%s' %s; throw WorkerBrokenException, so that a pool opens another worker"
            .formatted(job, seen),
        cause);
  }
}
