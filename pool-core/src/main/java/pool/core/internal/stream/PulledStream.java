package pool.core.internal.stream;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Queue;
import java.util.Set;
import java.util.Spliterator;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import pool.core.JobFailedException;
import pool.core.Outcome;
import pool.core.PoolClosedException;
import pool.core.Progress;
import pool.core.internal.job.JobFuture;
import pool.core.internal.life.Base;
import pool.core.internal.queue.JobQueue;
import pool.core.internal.util.Interrupts;
import pool.core.internal.worker.JobSettler;

/**
 * Outcomes of jobs that are pulled from a source as the consumer pulls outcomes.
 *
 * <p>All of it happens on the consumer's thread, but any thread may close it. Before it delivers an
 * outcome, it pulls at least one job, and more until an outcome is ready or the bound of workers +
 * capacity, but at most workers + 1,024, is reached; so a fast consumer keeps every worker busy,
 * and a source without end is never more than the bound ahead. When the queue is full it waits for
 * room or for an outcome, whichever comes first.
 *
 * <p>Whatever passes through it ends it: when the source, the consumer or the pool throws, what is
 * under way is cancelled, and its runs have returned (or had the grace time to) before the
 * exception goes on.
 */
public final class PulledStream<J, R> implements Spliterator<PulledStream.Settled<J, R>> {

  /** An outcome and its job's index in the source. */
  public record Settled<J, R>(long index, Outcome<J, R> outcome) {}

  private record Pulled<J, R>(long index, J job, JobFuture<J, R> future) {}

  /** How often progress is told. */
  public static final long PROGRESS_NANOS = Duration.ofMillis(200).toNanos();

  private static final int MOST_AHEAD_OF_WORKERS = 1_024;

  private final Maker<J, R> pool;
  private final Iterator<? extends J> source;
  private final boolean ordered;
  private final int bound;
  private final @Nullable Progress progress;
  private final Set<JobFuture<J, R>> underWay = ConcurrentHashMap.newKeySet();
  private final Queue<Pulled<J, R>> inOrder = new ArrayDeque<>();
  private final BlockingQueue<Pulled<J, R>> done = new LinkedBlockingQueue<>();

  private @Nullable J refused; // pulled, but an outcome was ready before the queue had room
  private long pulled;
  private long delivered;
  private long nextTold = System.nanoTime() + PROGRESS_NANOS;
  private boolean sourceHasEnded;
  private volatile boolean ended;
  private volatile @Nullable Thread closer;
  private volatile boolean waitsForRoom;

  private PulledStream(
      Maker<J, R> pool,
      Iterator<? extends J> source,
      boolean ordered,
      @Nullable Progress progress) {
    this.pool = pool;
    this.progress = progress;
    this.source = source;
    this.ordered = ordered;
    this.bound =
        pool.base.settings().workers()
            + Math.min(pool.base.settings().queueCapacity(), MOST_AHEAD_OF_WORKERS);
  }

  /** Makes the streams of a pool. */
  public record Maker<J, R>(Base base, JobQueue<J, R> queue, JobSettler<J, R> settler) {

    /** The results in the order of the source; throws at the first job that did not succeed. */
    public Stream<R> results(Stream<? extends J> source, @Nullable Progress progress) {
      return stream(source, true, progress).map(this::resultOf);
    }

    /** The outcomes in the order in which the jobs settle. */
    public Stream<Outcome<J, R>> outcomes(Stream<? extends J> source, @Nullable Progress progress) {
      return stream(source, false, progress).map(Settled::outcome);
    }

    @SuppressWarnings("NullAway") // a result may be null
    private R resultOf(Settled<J, R> settled) {
      return switch (settled.outcome()) {
        case Outcome.Succeeded<J, R> succeeded -> succeeded.result();
        case Outcome.Failed<J, R>(J job, Throwable cause) ->
            throw new JobFailedException(job, settled.index(), cause);
        case Outcome.Cancelled<J, R> _, Outcome.NotStarted<J, R> _ ->
            throw base.life()
                .closedCause("job %d of the stream was not done".formatted(settled.index()));
      };
    }

    private Stream<Settled<J, R>> stream(
        Stream<? extends J> source, boolean ordered, @Nullable Progress progress) {
      var pulled = new PulledStream<J, R>(this, source.iterator(), ordered, progress);
      return StreamSupport.stream(pulled, false).onClose(pulled::close).onClose(source::close);
    }
  }

  @Override
  public boolean tryAdvance(Consumer<? super Settled<J, R>> consumer) {
    try {
      pull();
      Pulled<J, R> next = takeNext();
      requireNotClosedElsewhere();
      tellProgress(next == null);
      if (next == null) {
        return false;
      }
      delivered++;
      consumer.accept(new Settled<>(next.index(), next.future().outcome(next.job())));
      return true;
    } catch (InterruptedException e) {
      cancel();
      throw Interrupts.flagKept("the next outcome of a stream", e);
    } catch (Throwable e) {
      cancel();
      throw e;
    }
  }

  private void tellProgress(boolean isEnd) {
    if (progress != null) {
      long now = System.nanoTime();
      if (isEnd || now - nextTold >= 0) {
        nextTold = now + PROGRESS_NANOS;
        progress.done(delivered, Progress.UNKNOWN);
      }
    }
  }

  private void pull() throws InterruptedException {
    do {
      if (ended || underWay.size() >= bound || (refused == null && !sourceHasNext())) {
        return;
      }
      J job = refused != null ? refused : requireJob(source.next());
      JobFuture<J, R> future = submit(job);
      refused = future == null ? job : null;
      if (future == null) {
        return;
      }
      Pulled<J, R> next = new Pulled<>(pulled++, job, future);
      underWay.add(future);
      if (ended) { // whoever closes may not have met it
        future.cancel(true);
      }
      if (ordered) {
        inOrder.add(next);
      }
      CompletableFuture<?> _ = future.whenComplete((_, _) -> isDone(next));
    } while (!isReady());
  }

  /** A source that has said that it has ended may wait for ever when it is asked again. */
  private boolean sourceHasNext() {
    sourceHasEnded = sourceHasEnded || !source.hasNext();
    return !sourceHasEnded;
  }

  /** On the worker, or whoever settled the job. */
  private void isDone(Pulled<J, R> next) {
    if (!ordered) {
      done.add(next);
    }
    if (waitsForRoom) { // set before it looks whether an outcome is ready, read after one is
      pool.queue.wakeSubmitters();
    }
  }

  private J requireJob(@Nullable J job) {
    if (job == null) {
      throw new NullPointerException("job %d of the stream is null".formatted(pulled));
    }
    return job;
  }

  /** Null when an outcome is ready before the queue has room. */
  private @Nullable JobFuture<J, R> submit(J job) throws InterruptedException {
    waitsForRoom = true;
    try {
      return pool.queue.submitUnless(() -> ended || isReady(), job);
    } catch (PoolClosedException e) {
      if (underWay.isEmpty()) {
        throw e;
      }
      return null; // it is thrown once all that was accepted has been delivered
    } finally {
      waitsForRoom = false;
    }
  }

  private boolean isReady() {
    Pulled<J, R> head = inOrder.peek();
    return head != null ? head.future().isDone() : !done.isEmpty();
  }

  private @Nullable Pulled<J, R> takeNext() throws InterruptedException {
    if (underWay.isEmpty()) {
      return null;
    }
    Pulled<J, R> next = ordered ? inOrder.remove() : done.take();
    awaitDone(next.future());
    underWay.remove(next.future());
    return next;
  }

  private void awaitDone(JobFuture<J, R> future) throws InterruptedException {
    try {
      Object _ = future.isDone() ? null : future.get();
    } catch (ExecutionException | CancellationException e) {
      // how it ended is the outcome's to say
    }
  }

  private void requireNotClosedElsewhere() {
    Thread by = closer;
    if (by != null && by != Thread.currentThread()) {
      throw new IllegalStateException(
          "the stream of pool '%s' was closed by thread '%s' while it was consumed"
              .formatted(pool.base.settings().name(), by.getName()));
    }
  }

  /** Any thread. */
  private void close() {
    if (!ended) {
      closer = Thread.currentThread();
    }
    cancel();
    pool.queue.wakeSubmitters(); // the consumer may wait for room
  }

  /** Cancels what is under way and waits until it has stopped. */
  private void cancel() {
    ended = true;
    Set<JobFuture<J, R>> futures = Set.copyOf(underWay);
    if (!futures.isEmpty()) {
      futures.forEach(future -> future.cancel(true));
      underWay.removeAll(futures);
      pool.settler.awaitReturn(futures::contains);
    }
  }

  @Override
  public @Nullable Spliterator<Settled<J, R>> trySplit() {
    return null;
  }

  @Override
  public long estimateSize() {
    return Long.MAX_VALUE;
  }

  @Override
  public int characteristics() {
    return ordered ? ORDERED | NONNULL : NONNULL;
  }
}
