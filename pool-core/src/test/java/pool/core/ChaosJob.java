package pool.core;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A job of a round of {@link Chaos}: what is planned for it, and what became of it. */
final class ChaosJob {

  /** What its run does. */
  enum Kind {
    SUCCEED,
    RETURN_NULL,
    FAIL,
    BREAK,
    ERROR,
    STACK_OVERFLOW,
    OUT_OF_MEMORY,
    SLEEP,
    LEAVE_FLAG,
    SUBMIT_MORE,
    CLOSE,
    /** Is put off, some times or too often. */
    RETRY_LATER,
    /** Is put off once, and pauses the pool. */
    PAUSE_POOL,
    /** Until it is interrupted. */
    HANG,
    /** Until its worker is told to cancel; an interrupt does not help. */
    HANG_TO_CANCEL,
    /** Until the round releases it. */
    DEAF;

    boolean hangs() {
      return this == HANG || this == HANG_TO_CANCEL || this == DEAF;
    }

    boolean isFault() {
      return this != SUCCEED && this != RETURN_NULL && this != SLEEP && this != SUBMIT_MORE;
    }
  }

  /** What its owner does to its future. */
  enum Owner {
    NOTHING,
    CANCEL,
    CANCEL_AND_STOP,
    COMPLETE,
    COMPLETE_EXCEPTIONALLY,
    TIME_OUT
  }

  /** What is chained to its future. */
  enum Chained {
    NOTHING,
    THROW,
    BLOCK,
    SUBMIT,
    LEAVE_FLAG,
    CLOSE
  }

  /** What the pool said when it was offered the job. */
  enum Offer {
    NOT_OFFERED,
    REFUSED,
    /** Part of a bulk call or a stream that ended early. */
    PERHAPS_ACCEPTED,
    ACCEPTED
  }

  enum Fate {
    SUCCEEDED,
    FAILED,
    CANCELLED,
    NOT_STARTED
  }

  /** What the owner completes a future with. */
  static final Object BY_HAND = "by hand";

  // The plan:
  final int id;
  final int submitter;
  final int key; // -1 for none
  final Kind kind;
  final Owner owner;
  final int ownerWaits; // for so many more submits
  final Chained chained;
  final boolean isCounted; // whether something is chained that counts completions
  final List<ChaosJob> more;

  // What became of it:
  final AtomicBoolean isOffered = new AtomicBoolean(); // by a job or a callback, each perhaps twice
  final AtomicInteger runs = new AtomicInteger();
  final AtomicInteger putOffs = new AtomicInteger(); // with its batch
  final AtomicInteger ends = new AtomicInteger();
  final AtomicInteger completions = new AtomicInteger();
  volatile Offer offer = Offer.NOT_OFFERED;
  volatile @Nullable CompletableFuture<Object> future; // of one that was submitted alone
  volatile @Nullable Fate fate; // of one in a bulk call or a stream, when that told
  final Queue<Throwable> thrown = new ConcurrentLinkedQueue<>(); // in each of its runs
  volatile boolean mayBeOvertaken; // it was told to have failed, and is perhaps run again
  volatile boolean sawInterrupt;
  volatile boolean cameUnpinged; // its worker was told to cancel before, for this job or another

  ChaosJob(
      int id,
      int submitter,
      int key,
      Kind kind,
      Owner owner,
      int ownerWaits,
      Chained chained,
      boolean isCounted,
      List<ChaosJob> more) {
    this.id = id;
    this.submitter = submitter;
    this.key = key;
    this.kind = kind;
    this.owner = owner;
    this.ownerWaits = ownerWaits;
    this.chained = chained;
    this.isCounted = isCounted;
    this.more = List.copyOf(more);
  }

  /** What its run returns when it comes to its end. */
  @Nullable Object result() {
    return kind == Kind.RETURN_NULL ? null : Integer.valueOf(id);
  }

  void settled(Outcome<ChaosJob, Object> outcome) {
    offer = Offer.ACCEPTED;
    fate =
        switch (outcome) {
          case Outcome.Succeeded<ChaosJob, Object> _ -> Fate.SUCCEEDED;
          case Outcome.Failed<ChaosJob, Object> _ -> Fate.FAILED;
          case Outcome.Cancelled<ChaosJob, Object> _ -> Fate.CANCELLED;
          case Outcome.NotStarted<ChaosJob, Object> _ -> Fate.NOT_STARTED;
        };
  }

  @Override
  public String toString() {
    return "job %d (%s, owner: %s, chained: %s, key %d): %s, ran %d, ended %d, completed %d, fate %s, saw interrupt %s, unpinged %s, future %s, threw %s"
        .formatted(
            id,
            kind,
            owner,
            chained,
            key,
            offer,
            runs.get(),
            ends.get(),
            completions.get(),
            fate,
            sawInterrupt,
            cameUnpinged,
            future,
            thrown);
  }
}
