package pool.testkit;

import static java.util.concurrent.TimeUnit.NANOSECONDS;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import pool.core.CloseReport;
import pool.core.Distribution;
import pool.core.OpenFailedException;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Checks what is expected of workers in pools. */
record PoolChecks<J, R>(Subject<J, R> subject) {

  private WorkerPool<J, R> open(String suffix, ThreadKind threads, int workers, String when) {
    try {
      return WorkerPool.of(subject.factory())
          .name(subject.factory().name() + suffix)
          .options(subject.options())
          .threads(threads)
          .workers(workers)
          .distribution(Distribution.EVEN)
          .openTimeout(subject.bound())
          .cancelGrace(subject.bound())
          .open();
    } catch (OpenFailedException e) {
      throw subject.failure(
          "a pool of %d workers did not open %s: %s".formatted(workers, when, e.getMessage()), e);
    }
  }

  /** Closes a pool; another test judges how that goes. */
  private CloseReport close(WorkerPool<J, R> pool) {
    return pool.shutdown(subject.bound());
  }

  void resultsAreEqualAloneAndInAPool() throws Exception {
    LifeChecks<J, R> alone = new LifeChecks<>(subject);
    List<@Nullable R> expected = alone.resultsAlone(ThreadKind.PLATFORM);
    List<@Nullable R> onVirtual = alone.resultsAlone(ThreadKind.VIRTUAL);
    for (int i = 0; i < expected.size(); i++) {
      J job = subject.samples().get(i);
      subject.assertEqual(job, expected.get(i), onVirtual.get(i), "alone on a virtual thread");
    }
    for (ThreadKind threads : ThreadKind.values()) {
      String where = "in a pool of 2 workers on %s threads".formatted(Subject.name(threads));
      WorkerPool<J, R> pool = open("", threads, 2, where);
      try {
        assertSamples(pool, expected, where);
      } finally {
        close(pool);
      }
    }
  }

  /** Runs the samples twice: jobs are dealt in turn, so that each meets both of two workers. */
  private void assertSamples(WorkerPool<J, R> pool, List<@Nullable R> expected, String where)
      throws Exception {
    List<Integer> first = new ArrayList<>();
    for (int i = 0; i < expected.size(); i++) {
      first.add(i);
    }
    List<Integer> second = new ArrayList<>(first);
    Collections.rotate(second, first.size() % 2 == 0 ? 1 : 0);
    first.addAll(second);
    List<Future<R>> results = new ArrayList<>();
    for (int i : first) {
      results.add(pool.submit(subject.samples().get(i)));
    }
    for (int i = 0; i < results.size(); i++) {
      J job = subject.samples().get(first.get(i));
      R actual = result(results.get(i), job, where);
      subject.assertEqual(job, expected.get(first.get(i)), actual, where);
    }
  }

  private R result(Future<R> future, J job, String where) throws InterruptedException {
    try {
      return future.get(subject.bound().toNanos(), NANOSECONDS);
    } catch (ExecutionException e) {
      throw subject.failure("job '%s' failed %s: %s".formatted(job, where, e.getCause()), e);
    } catch (TimeoutException e) {
      throw subject.failure(
          "job '%s' was not done within %s %s; override bound() if it takes longer"
              .formatted(job, subject.bound(), where),
          e);
    }
  }

  void twoPoolsAtOnceDoNotDisturbEachOther() throws Exception {
    List<@Nullable R> expected = new LifeChecks<>(subject).resultsAlone(ThreadKind.PLATFORM);
    WorkerPool<J, R> first = open("-first", ThreadKind.VIRTUAL, 1, "by itself");
    try {
      WorkerPool<J, R> second = open("-second", ThreadKind.PLATFORM, 1, "while another was open");
      try {
        assertSamples(first, expected, "while another pool was open");
        assertSamples(second, expected, "while another pool was open");
        close(first);
        assertSamples(second, expected, "after another pool had closed");
      } finally {
        close(second);
      }
    } finally {
      close(first);
    }
  }

  void aPoolClosesCleanly() throws Exception {
    WorkerPool<J, R> pool = open("", ThreadKind.VIRTUAL, 2, "by itself");
    CloseReport report;
    try {
      for (J job : subject.samples()) {
        R _ = result(pool.submit(job), job, "in a pool");
      }
    } finally {
      report = close(pool);
    }
    if (!report.isClean()) {
      throw subject.failure("finish and close were to be without failure, but were not: " + report);
    }
  }
}
