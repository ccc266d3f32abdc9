package pool.core.internal.queue;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.IntPredicate;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import pool.core.Distribution;
import pool.core.JobContext;
import pool.core.QueueFullException;
import pool.core.WhenFull;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.job.BroadcastFuture;
import pool.core.internal.job.ContextFuture;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.KeyedFuture;
import pool.core.internal.life.Base;
import pool.core.internal.life.Lifecycle;
import pool.core.internal.life.NestedContexts;
import pool.core.internal.life.Settings;
import pool.core.internal.util.Deques;
import pool.core.internal.util.Interrupts;
import pool.core.internal.util.Nanos;
import pool.core.internal.util.PoolCondition;
import pool.core.internal.util.PoolLock;
import pool.core.internal.util.TimedWait;

/**
 * The jobs that wait, bulk calls aside, and the way in for them: never more than may wait.
 *
 * <p>A job that any worker may do goes into the {@link Ring}, for a permit: that is the fast path.
 * A job for one slot goes into its {@link SlotQueue}. What finds no place in the ring
 * <em>overflows</em> into a list, from which a worker that finds the ring empty fills the ring
 * again.
 *
 * <p><b>The bound.</b> At every moment, jobs that wait + permits ≤ capacity. A submit turns a
 * permit into a waiting job; permits are added only under the lock, only when there are none, and
 * then nobody else can submit, so that the number of waiting jobs can only fall while it is
 * counted. Only what was started and waits again, as a job that broke its worker does, comes back
 * without a permit, since it was accepted.
 *
 * <p><b>Order.</b> Jobs of one submitter are taken in the order of its submits: while there is an
 * overflow no permits are granted, so later jobs queue behind it.
 *
 * <p><b>Room.</b> A worker tells that there is room only while somebody waits for it. A submitter
 * announces itself, looks for room, then waits; a worker starts a job, counts it, then reads
 * whether somebody waits. Both announcements are volatile, but the count is not, since a fence
 * between it and the question would cost more than the rest of what a worker does for a job. So a
 * submitter may be missed whose question meets a count within nanoseconds. The worker asks again
 * when it starts its next job, and, under the lock, before it sleeps; and so as not to depend on
 * how long its job takes, the submitter looks a second time after a millisecond.
 *
 * <p>Refused: a ring that grows with what waits (the old ring and the new are both to be looked at
 * until the old is empty, by everybody); the overflow alone (a lock for each job, and 25 ns).
 */
public final class JobQueue<J, R> {

  /** No slot: any worker may do the job. */
  public static final int ANY = -1;

  private static final int LARGEST_RING = 1 << 17;
  private static final int RING_WITHOUT_BOUND = 1 << 12;
  private static final int SWEEP_AT_LEAST = 64;

  private final QueueOwner<J, R> owner;
  private final Settings settings;
  private final Lifecycle life;
  private final PoolEvents events;
  private final IdleWorkers idleWorkers;
  private final LongSupplier takeNewlyStarted; // by all workers since they were last asked
  private final PoolLock lock;
  private final PoolCondition hasRoom;
  private final Ring<JobFuture<J, R>> ring;
  private final List<SlotQueue<J, R>> slots;
  private final boolean even;
  private final @Nullable JobContext context;

  private volatile int overflowing; // how many jobs; changed under the lock
  private volatile int waitingSubmitters; // likewise
  private volatile boolean holdsSettled; // perhaps; likewise

  // Under the lock:
  private final Deque<JobFuture<J, R>> overflow = new ArrayDeque<>();
  private long submitted;
  private long started; // as far as is known
  private long settledWaiting; // jobs that settled while they waited, perhaps for another run
  private int settledSinceSweep;
  private int nextSlot; // where the next job is dealt
  private int broadcasts; // that are under way
  private final RoomWarning warning;

  public JobQueue(
      Base base,
      QueueOwner<J, R> owner,
      IdleWorkers idleWorkers,
      List<SlotQueue<J, R>> slots,
      LongSupplier takeNewlyStarted) {
    this.owner = owner;
    this.settings = base.settings();
    this.life = base.life();
    this.events = base.events();
    this.idleWorkers = idleWorkers;
    this.slots = slots;
    this.takeNewlyStarted = takeNewlyStarted;
    this.lock = base.lock();
    this.hasRoom = base.lock().condition();
    this.ring = new Ring<>(Ring.sizeFor(ringFor(base.settings().queueCapacity())));
    this.even = base.settings().distribution() == Distribution.EVEN;
    this.context = NestedContexts.of(base.settings().contexts());
    this.warning = new RoomWarning(base);
  }

  /** A queue without a bound has a small one: as a rule few wait, and more overflow. */
  private static int ringFor(int capacity) {
    return capacity == Integer.MAX_VALUE ? RING_WITHOUT_BOUND : Math.min(capacity, LARGEST_RING);
  }

  // Submitters

  /** Accepts a job for any worker; when the queue is full, waits or refuses. */
  public JobFuture<J, R> submit(J job) {
    return submit(future(job), ANY);
  }

  /** The same for a job with a key, of which this is the hash code: one slot does all of a key. */
  public JobFuture<J, R> submit(J job, int key) {
    return submit(keyed(job, key), slotOf(key, slots.size()));
  }

  private JobFuture<J, R> submit(JobFuture<J, R> future, int slot) {
    if (offer(future, slot)) {
      return future;
    }
    boolean waits = settings.whenFull() == WhenFull.WAIT;
    if (!awaitRoomOrThrow(future, slot, waits ? TimedWait.NEVER : 0)) {
      throw new QueueFullException(
          "the queue of pool '%s' is full: %d jobs wait; raise queueCapacity, or wait with WhenFull.WAIT"
              .formatted(settings.name(), settings.queueCapacity()));
    }
    return future;
  }

  /** As {@link #submit(Object)}; null when the queue is full for so long. */
  public @Nullable JobFuture<J, R> trySubmit(J job, Duration limit) {
    return trySubmit(future(job), ANY, limit);
  }

  /** As {@link #submit(Object, int)}; null when the queue is full for so long. */
  public @Nullable JobFuture<J, R> trySubmit(J job, int key, Duration limit) {
    return trySubmit(keyed(job, key), slotOf(key, slots.size()), limit);
  }

  private @Nullable JobFuture<J, R> trySubmit(JobFuture<J, R> future, int slot, Duration limit) {
    return offer(future, slot) || awaitRoomOrThrow(future, slot, Nanos.of(limit)) ? future : null;
  }

  /**
   * The slot of a key: the same for equal keys. The finalizer of MurmurHash3 (Appleby, 2011) mixes
   * the hash code, so that regular keys, such as multiples of 64, spread over all slots; a
   * multiplication scales it to their number (Lemire, 2019), which needs its high bits only.
   */
  public static int slotOf(int key, int slots) {
    int hash = (key ^ (key >>> 16)) * 0x85ebca6b;
    hash = (hash ^ (hash >>> 13)) * 0xc2b2ae35;
    hash ^= hash >>> 16;
    return (int) ((Integer.toUnsignedLong(hash) * slots) >>> 32);
  }

  /**
   * Accepts a job for any worker, and waits for room; false when meanwhile the submitter has
   * something better to do, of which {@link #wakeSubmitters} tells it, or when the queue is full
   * for so many nanoseconds. It may be offered again.
   *
   * @param future of {@link #future}
   * @param limit or {@link TimedWait#NEVER}
   */
  public boolean submitUnless(BooleanSupplier better, JobFuture<J, R> future, long limit)
      throws InterruptedException {
    return offer(future, ANY) || awaitRoom(future, ANY, limit, better);
  }

  /** What surrounds the submitter; null when nothing of that is wanted. Foreign code. */
  @SuppressWarnings("ReferenceEquality") // it is about that very scope
  public JobContext.@Nullable Scope capture() {
    JobContext.Scope scope = context == null ? null : NestedContexts.captured(context);
    return scope == JobContext.Scope.NONE ? null : scope;
  }

  /** The future of a job that is to be submitted, in the submitter's context. */
  public JobFuture<J, R> future(J job) {
    JobContext.Scope scope = capture();
    return scope != null || events.timesJobs()
        ? new ContextFuture<>(owner, job, System.nanoTime(), scope)
        : new JobFuture<>(owner, job);
  }

  private JobFuture<J, R> keyed(J job, int key) {
    return new KeyedFuture<>(
        owner, job, key, events.timesJobs() ? System.nanoTime() : 0, capture());
  }

  /** The fast path. */
  private boolean offer(JobFuture<J, R> future, int slot) {
    if (slot != ANY || even || !ring.offer(future)) {
      return false;
    }
    idleWorkers.signal();
    return true;
  }

  private boolean awaitRoomOrThrow(JobFuture<J, R> future, int slot, long limit) {
    try {
      return awaitRoom(future, slot, limit, null);
    } catch (InterruptedException e) {
      throw Interrupts.flagKept("room in the queue", e);
    }
  }

  /** The slow path. */
  private boolean awaitRoom(
      JobFuture<J, R> future, int slot, long limit, @Nullable BooleanSupplier better)
      throws InterruptedException {
    boolean accepted;
    try (var _ = lock.hold()) {
      accepted = accept(future, slot);
      if (!accepted) {
        if (better == null) { // a stream or an executor waits as a matter of course
          events.queueIsFull();
        }
        accepted = limit > 0 && awaitAccepted(future, slot, limit, better);
      }
    }
    if (accepted) {
      owner.failIfNobodyCan(slot);
    }
    return accepted;
  }

  public void wakeSubmitters() {
    try (var _ = lock.hold()) {
      hasRoom.signalAll();
    }
  }

  // Under the lock:

  @SuppressWarnings("NonAtomicVolatileUpdate") // changed under the lock
  private boolean awaitAccepted(
      JobFuture<J, R> future, int slot, long limit, @Nullable BooleanSupplier better)
      throws InterruptedException {
    long began = System.nanoTime();
    long deadline = limit == TimedWait.NEVER ? limit : began + limit;
    long lookAgain = TimedWait.secondLook(deadline);
    waitingSubmitters++;
    try {
      while (!accept(future, slot)) {
        if (better != null && better.getAsBoolean()) {
          hasRoom.signal(); // it may have been woken for room that it leaves to others
          return false;
        }
        if (TimedWait.left(deadline) <= 0) {
          return false;
        }
        long nextLook = deadline;
        if (deadline == TimedWait.NEVER) {
          owner.beginWaitForRoom(better);
          nextLook = warning.warnIfDue(began, started + settledWaiting);
        }
        hasRoom.await(TimedWait.left(lookAgain) > 0 ? lookAgain : nextLook);
      }
      return true;
    } finally {
      waitingSubmitters--;
      owner.endWait();
    }
  }

  private boolean accept(JobFuture<J, R> future, int slot) {
    requireOpen();
    boolean isBroken = life.broken() != null; // then it needs no room: it is failed at once
    if (slot == ANY && !even) {
      return acceptForAny(future, isBroken);
    }
    if (!isBroken && !ring.spend()) {
      long room = remainingCapacity();
      if (room <= 0) {
        return false;
      }
      grant(room - 1);
    }
    SlotQueue<J, R> queue = slots.get(slot == ANY ? deal() : slot);
    queue.add(future);
    submitted++;
    queue.wake(idleWorkers);
    return true;
  }

  private boolean acceptForAny(JobFuture<J, R> future, boolean isBroken) {
    while (isBroken || overflowing > 0 || !offer(future, ANY)) {
      long room = isBroken ? 1 : remainingCapacity();
      if (room <= 0) {
        return false;
      }
      if (isBroken || grant(room) == 0) { // there is no place in the ring
        Deques.addLast(overflow, future);
        submitted++;
        overflowing = overflow.size();
        idleWorkers.signal();
        return true;
      }
    }
    return true;
  }

  /** The next slot that has a worker. */
  private int deal() {
    int slot = nextSlot;
    for (int i = 1; slots.get(slot).isEmptySlot() && i < slots.size(); i++) {
      slot = (slot + 1) % slots.size();
    }
    nextSlot = (slot + 1) % slots.size();
    return slot;
  }

  /** The slot that is dealt to next; so many jobs are dealt otherwise, from there on. */
  public int deal(int jobs) {
    int slot = nextSlot;
    nextSlot = (int) (((long) nextSlot + jobs) % slots.size());
    return slot;
  }

  /** How many more jobs may come. There is no permit. */
  private long remainingCapacity() {
    long most = waiting();
    return settings.queueCapacity()
        - (most < settings.queueCapacity() ? most : nowWaiting() - broadcastsWaiting());
  }

  /** Jobs of broadcasts wait beside the bound. */
  private long broadcastsWaiting() {
    return broadcasts == 0 ? 0 : slots.stream().mapToLong(SlotQueue::broadcastsWaiting).sum();
  }

  /**
   * Accepts a job for each of some slots, to be done next there: all at one moment, so that two
   * broadcasts meet all slots in one order. They are not bounded.
   *
   * @param isMeant by slot; asked under the lock
   * @return the futures, by slot; null for those that are not meant
   */
  public List<@Nullable JobFuture<J, R>> broadcast(J job, IntPredicate isMeant) {
    List<@Nullable JobFuture<J, R>> futures = new ArrayList<>(slots.size());
    long now = events.timesJobs() ? System.nanoTime() : 0;
    JobContext.Scope scope = capture();
    try (var _ = lock.hold()) {
      requireOpen();
      for (int slot = 0; slot < slots.size(); slot++) {
        BroadcastFuture<J, R> future =
            isMeant.test(slot) ? new BroadcastFuture<>(owner, job, now, scope) : null;
        futures.add(future);
        if (future != null) {
          slots.get(slot).addNext(future);
          submitted++;
          slots.get(slot).wake(idleWorkers);
        }
      }
      broadcasts++;
    }
    return futures;
  }

  /** Those of a broadcast have settled. */
  public void broadcastEnded() {
    try (var _ = lock.hold()) {
      broadcasts--;
    }
  }

  /** At least as many jobs as wait, as long as none is accepted meanwhile. */
  private long waiting() {
    return submitted() - settledWaiting - started;
  }

  /** The same, as exactly as is known. */
  public long nowWaiting() {
    started += takeNewlyStarted.getAsLong();
    return waiting();
  }

  /** Whether another job could be accepted now. */
  public boolean hasRoom() {
    return ring.permits() > 0 || remainingCapacity() > 0;
  }

  /** Not while jobs overflow: those that come later must wait behind them. */
  private int grant(long jobs) {
    int granted = overflowing > 0 ? 0 : (int) Math.min(jobs, ring.free());
    ring.grant(granted);
    return granted;
  }

  public void requireOpen() {
    if (!life.acceptsJobs()) {
      throw life.closedCause("no job is accepted");
    }
  }

  /** The next submit takes the slow path, and sees what has become of the pool. */
  public void takeSlowPath() {
    ring.revoke();
    hasRoom.signalAll();
  }

  /** How many jobs were accepted. */
  public long submitted() {
    submitted += ring.newlyPut();
    return submitted;
  }

  /** How many jobs have settled that waited. */
  public long settledWaiting() {
    return settledWaiting;
  }

  /**
   * A job has settled that waited, wherever it waited. Throws nothing.
   *
   * @return whether so many have that it is time to let go of them
   */
  public boolean noteSettledWaiting() {
    settledWaiting++;
    settledSinceSweep++;
    holdsSettled = hasJobs();
    hasRoom.signal();
    try {
      return sweepIfWorthwhile();
    } catch (OutOfMemoryError e) {
      return false; // the next may sweep
    }
  }

  /**
   * A settled job stays where it waits until a worker meets it, or until as many have settled as
   * wait: then all are swept out. That costs each a constant on average, and bounds the memory by
   * about twice the capacity.
   */
  private boolean sweepIfWorthwhile() {
    boolean isWorthwhile =
        settledSinceSweep >= Math.max(slots.size() + SWEEP_AT_LEAST, waiting() / 2);
    if (isWorthwhile) {
      settledSinceSweep = 0;
      overflow.removeIf(JobFuture::isSettled);
      overflowing = overflow.size();
      slots.forEach(SlotQueue::removeSettled);
    }
    return isWorthwhile;
  }

  /** Whether a job that a slot has started waited for that slot alone. */
  public boolean isForSlot(JobFuture<J, R> future, int slot) {
    return even || future.isForOneSlot() || slots.get(slot).startedSolo(future);
  }

  /**
   * Lets a job that broke its worker wait again: in front of what overflows, or of what waits for
   * its slot alone if it did before; false when it had settled.
   *
   * @param precede jobs of the same key that come before it all the same
   */
  public boolean addAgain(JobFuture<J, R> future, int slot, Predicate<JobFuture<J, R>> precede) {
    boolean waits =
        isForSlot(future, slot)
            ? slots.get(slot).addAgain(future, slot, precede)
            : addAgainForAny(future, slot);
    ring.revoke(); // it waits without a permit, and while jobs overflow there are none
    return waits;
  }

  private boolean addAgainForAny(JobFuture<J, R> future, int slot) {
    Deques.addFirst(overflow, future); // before it waits, since this may throw
    boolean waits = future.waitAgain(slot);
    if (!waits) {
      JobFuture<J, R> _ = overflow.removeFirst();
    }
    overflowing = overflow.size();
    return waits;
  }

  /**
   * Puts a job that waits in front of what overflows, or of what waits for its slot alone.
   *
   * @param slot or {@link #ANY}
   */
  public void addFirst(JobFuture<J, R> future, int slot) {
    if (slot == ANY) {
      Deques.addFirst(overflow, future);
      overflowing = overflow.size();
      idleWorkers.wake(1);
    } else {
      slots.get(slot).addFirst(future);
      slots.get(slot).wake(idleWorkers);
    }
    ring.revoke(); // while jobs overflow there are no permits
  }

  /** Lets a job of a batch wait again, behind one of its key; false when it had settled. */
  public boolean setAside(KeyedFuture<J, R> future, int slot, Predicate<JobFuture<J, R>> precede) {
    boolean waits = slots.get(slot).setAside(future, precede, () -> future.waitAgain(slot));
    waitsAgain();
    return waits;
  }

  /** A job that was started waits again, elsewhere: without a permit. */
  void waitsAgain() {
    ring.revoke();
  }

  /** Lets a job of a batch that was rolled back wait again, before all else that its slot does. */
  public boolean addSolo(JobFuture<J, R> future, int slot) {
    boolean waits = slots.get(slot).addSolo(future, slot);
    ring.revoke(); // it waits without a permit
    return waits;
  }

  /** The worker of a slot has left: what it was to do next, and any other may do, is for all. */
  public void workerLeft(int slot) {
    if (!even) {
      int moved = slots.get(slot).moveSolo(future -> !future.isForOneSlot(), overflow);
      if (moved > 0) {
        ring.revoke();
        overflowing = overflow.size();
        idleWorkers.wake(moved);
      }
    }
  }

  /**
   * Takes out up to so many jobs. False when there may be more, or a submitter is still putting one
   * into the ring, though no permit is left: then again, after the lock was free.
   *
   * @param each throws nothing: what was taken out would be lost
   */
  public boolean takeOut(Consumer<JobFuture<J, R>> each, int most) {
    int left = most - ring.take((_, future) -> each.accept(future), most);
    JobFuture<J, R> next;
    for (; left > 0 && (next = overflow.poll()) != null; left--) {
      each.accept(next); // which may sweep the rest
    }
    overflowing = overflow.size();
    for (SlotQueue<J, R> slot : slots) {
      left -= slot.takeOut(each, left);
    }
    return left > 0 && ring.depth() == 0;
  }

  /** A worker has started so many more jobs; fewer when some of them wait again. */
  public void started(long more) {
    started += more;
    hasRoom.signal();
    for (long i = 1; i < more && waitingSubmitters > 0; i++) {
      hasRoom.signal();
    }
  }

  /** So many jobs were taken out of a bulk call, and count as submitted here. */
  public void countFromBulkCall(int jobs) {
    submitted += jobs;
  }

  // Workers

  /** Whether a submitter waits for room. */
  public boolean submittersWait() {
    return waitingSubmitters > 0;
  }

  /** Takes some of the oldest jobs for any worker; returns how many. */
  public int take(ClaimedJobs<J, R> claimed, int most) {
    int taken = takeFromRing(claimed, most);
    if (taken == 0 && overflowing > 0) {
      refill();
      taken = takeFromRing(claimed, most);
    }
    return taken;
  }

  /**
   * The same, but none of what overflows: what stands first there is for whoever looks for its next
   * job, who also runs one that goes along with no other.
   */
  public int takeFromRing(ClaimedJobs<J, R> claimed, int most) {
    int taken = ring.take(claimed, most);
    if (taken > 0) {
      claimed.took(taken);
    }
    return taken;
  }

  /** Moves what overflows into the ring, as far as there is a place. */
  private void refill() {
    try (var _ = lock.hold()) {
      JobFuture<J, R> next;
      while ((next = overflow.peek()) != null
          && (!next.isWaiting() || ring.putWithoutPermit(next))) {
        overflow.remove();
      }
      overflowing = overflow.size();
    }
  }

  /**
   * Whether a job for any worker can be taken. The overflow is looked at first: what is moved from
   * there into the ring meanwhile is then seen in the ring.
   */
  public boolean hasJobs() {
    return overflowing > 0 || ring.hasItems();
  }

  /** Whether all jobs for any worker may have been started or have settled. */
  public boolean mayHoldNothing() {
    return holdsSettled || !hasJobs();
  }

  /** About how many jobs for any worker wait. */
  public long depth() {
    return ring.depth() + overflowing;
  }
}
