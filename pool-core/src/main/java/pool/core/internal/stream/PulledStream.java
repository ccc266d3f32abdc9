package pool.core.internal.stream;

import java.util.Iterator;
import java.util.Spliterator;
import java.util.Spliterators;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import pool.core.Progress;
import pool.core.internal.stream.JobWindow.Settled;
import pool.core.internal.util.Interrupts;

/**
 * Outcomes of jobs that are pulled from a source as the consumer pulls outcomes.
 *
 * <p>All of it happens on the consumer's thread, but any thread may close it. Before it delivers an
 * outcome, it pulls at least one job, and more until an outcome is ready or the {@link JobWindow}
 * is full.
 *
 * <p>Whatever passes through it ends it: when the source, the consumer or the pool throws, what is
 * under way is cancelled, and its runs, and those of what was delivered, have returned (or had the
 * grace time to) before the exception goes on.
 */
final class PulledStream<J, R> extends Spliterators.AbstractSpliterator<Settled<J, R>> {

  private final JobWindow<J, R> window;
  private final Iterator<? extends J> source;
  private final @Nullable Progress progress;

  private @Nullable J refused; // pulled, but an outcome was ready before the queue had room
  private long delivered;
  private long nextTold = System.nanoTime() + PoolStreams.PROGRESS_NANOS;
  private boolean sourceHasEnded;
  private volatile @Nullable Thread closer;

  private PulledStream(
      JobWindow<J, R> window,
      Iterator<? extends J> source,
      boolean ordered,
      @Nullable Progress progress) {
    super(Long.MAX_VALUE, ordered ? ORDERED | NONNULL : NONNULL);
    this.window = window;
    this.source = source;
    this.progress = progress;
  }

  /** The outcomes of a source, which is closed with the stream. */
  static <J, R> Stream<Settled<J, R>> over(
      JobWindow<J, R> window,
      Stream<? extends J> source,
      boolean ordered,
      @Nullable Progress progress) {
    var pulled = new PulledStream<J, R>(window, source.iterator(), ordered, progress);
    return StreamSupport.stream(pulled, false).onClose(pulled::close).onClose(source::close);
  }

  @Override
  public boolean tryAdvance(Consumer<? super Settled<J, R>> consumer) {
    try {
      pull();
      Settled<J, R> next = window.next();
      requireNotClosedElsewhere();
      tellProgress(next == null);
      if (next == null) {
        return false;
      }
      delivered++;
      consumer.accept(next);
      return true;
    } catch (InterruptedException e) {
      window.cancel();
      throw Interrupts.flagKept("the next outcome of a stream", e);
    } catch (Throwable e) {
      window.cancel();
      throw e;
    }
  }

  private void tellProgress(boolean isEnd) {
    if (progress != null) {
      long now = System.nanoTime();
      if (isEnd || now - nextTold >= 0) {
        nextTold = now + PoolStreams.PROGRESS_NANOS;
        progress.done(delivered, Progress.UNKNOWN);
      }
    }
  }

  private void pull() throws InterruptedException {
    do {
      if (window.hasEnded() || window.isFull() || (refused == null && !sourceHasNext())) {
        return;
      }
      J job = refused != null ? refused : source.next();
      boolean isTaken = window.take(job);
      refused = isTaken ? null : job;
      if (!isTaken) {
        return;
      }
    } while (!window.isReady());
  }

  /** A source that has said that it has ended may wait for ever when it is asked again. */
  private boolean sourceHasNext() {
    sourceHasEnded = sourceHasEnded || !source.hasNext();
    return !sourceHasEnded;
  }

  private void requireNotClosedElsewhere() {
    Thread by = closer;
    if (by != null && by != Thread.currentThread()) {
      throw new IllegalStateException(
          "the stream of pool '%s' was closed by thread '%s' while it was consumed"
              .formatted(window.poolName(), by.getName()));
    }
  }

  /** Any thread. */
  private void close() {
    if (!window.hasEnded()) {
      closer = Thread.currentThread();
    }
    window.cancel();
  }

  /** Never splits: the superclass would read the source ahead, in batches. */
  @Override
  public @Nullable Spliterator<Settled<J, R>> trySplit() {
    return null;
  }
}
