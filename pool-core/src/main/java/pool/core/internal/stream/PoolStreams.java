package pool.core.internal.stream;

import java.time.Duration;
import java.util.stream.Gatherer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.core.Outcome;
import pool.core.Progress;
import pool.core.internal.life.Base;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.stream.JobWindow.Settled;
import pool.core.internal.supervise.WorkerWaits;
import pool.core.internal.worker.JobSettler;

/** Makes the streams and gatherers of a pool. */
public final class PoolStreams<J, R> {

  /** How often progress is told. */
  public static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();

  private final JobWindow.Pool<J, R> pool;

  public PoolStreams(
      Base base, JobQueue<J, R> queue, JobSettler<J, R> settler, WorkerWaits<J, R> waits) {
    this.pool = new JobWindow.Pool<>(base, queue, settler, waits);
  }

  /** The results in the order of the source; throws at the first job that did not succeed. */
  public Stream<R> results(Stream<? extends J> source, @Nullable Progress progress) {
    JobWindow<J, R> window = new JobWindow<>(pool, true);
    return PulledStream.over(window, source, true, progress).map(window::resultOf);
  }

  /** The outcomes in the order in which the jobs settle. */
  public Stream<Outcome<J, R>> outcomes(Stream<? extends J> source, @Nullable Progress progress) {
    JobWindow<J, R> window = new JobWindow<>(pool, false);
    return PulledStream.over(window, source, false, progress).map(Settled::outcome);
  }

  /** As {@link #results}, in the middle of a stream. */
  public Gatherer<J, ?, R> inOrder() {
    return Gathering.of(() -> new JobWindow<>(pool, true), JobWindow::resultOf);
  }

  /** As {@link #outcomes}, in the middle of a stream. */
  public Gatherer<J, ?, Outcome<J, R>> asDone() {
    return Gathering.of(() -> new JobWindow<>(pool, false), (_, settled) -> settled.outcome());
  }
}
