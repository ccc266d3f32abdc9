package pool.core;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import pool.api.BatchRolledBackException;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.api.internal.BatchForwarder;

/**
 * Opens workers that misbehave as their plan says, and that notice when the pool breaks a promise
 * to them. Every hang ends when the round releases it.
 */
final class ChaosWorkers implements WorkerFactory<ChaosJob, Object> {

  private final Chaos round;
  private final ChaosPlan plan;
  private final ChaosTally counters;
  private final Map<Integer, AtomicInteger> opensOfSlot = new ConcurrentHashMap<>();
  private final Map<Integer, Misbehaving> latestOfSlot = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> slotOfKey = new ConcurrentHashMap<>();
  private final Map<Integer, Integer> runningOfKey = new ConcurrentHashMap<>();
  private final Map<String, Integer> latestOfKey = new ConcurrentHashMap<>();

  /** How often a worker of that name opened while the one before it was still open. */
  final Map<String, Integer> openedBeside = new ConcurrentHashMap<>();

  final CountDownLatch released = new CountDownLatch(1);
  final Queue<Misbehaving> all = new ConcurrentLinkedQueue<>();

  ChaosWorkers(Chaos round, ChaosPlan plan, ChaosTally counters) {
    this.round = round;
    this.plan = plan;
    this.counters = counters;
  }

  @Override
  public String name() {
    return "chaos";
  }

  @Override
  public Class<ChaosJob> jobType() {
    return ChaosJob.class;
  }

  @Override
  public Class<Object> resultType() {
    return Object.class;
  }

  @Override
  public Worker<ChaosJob, Object> open(WorkerContext context) throws Exception {
    int slot = context.index();
    int nth = opensOfSlot.computeIfAbsent(slot, _ -> new AtomicInteger()).getAndIncrement();
    Misbehaving worker = new Misbehaving(context, plan.faults(slot, nth));
    Misbehaving before = latestOfSlot.put(slot, worker);
    if (before != null && !before.isOver()) {
      openedBeside.merge(context.workerName(), 1, Integer::sum);
    }
    all.add(worker);
    context.own(() -> worker.ownedCloses.incrementAndGet());
    worker.act("open", worker.faults.open());
    worker.isOpen = true;
    counters.opened();
    return plan.has(ChaosPlan.BATCHES) ? new BatchForwarder<>(worker, worker::runAll) : worker;
  }

  /** Until the round releases it, whatever happens; whether it was interrupted. */
  private boolean awaitRelease() {
    boolean interrupted = false;
    while (true) {
      try {
        if (!released.await(Chaos.LIMIT_SECONDS, TimeUnit.SECONDS)) {
          round.violation("never released");
        }
        return interrupted;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
  }

  /** A short time, less if the round releases it. */
  void pause() throws InterruptedException {
    boolean _ = released.await(500, TimeUnit.MICROSECONDS);
  }

  /** One worker, or the try to open one. */
  @SuppressWarnings("try")
  final class Misbehaving implements Worker<ChaosJob, Object> {

    final WorkerContext context;
    final Thread thread = Thread.currentThread();
    final AtomicInteger finishes = new AtomicInteger();
    final AtomicInteger closes = new AtomicInteger();
    final AtomicInteger ownedCloses = new AtomicInteger();
    final Queue<Throwable> closeFailures = new ConcurrentLinkedQueue<>();
    volatile boolean isOpen;
    volatile boolean isReplaced; // nothing more may run

    private final ChaosPlan.WorkerFaults faults;
    private final AtomicReference<@Nullable String> inside = new AtomicReference<>();
    private final Semaphore toldToCancel = new Semaphore(0);
    private volatile boolean isBroken;
    private volatile boolean cancelling;
    private volatile boolean wasStopped; // since it was last pinged

    private Misbehaving(WorkerContext context, ChaosPlan.WorkerFaults faults) {
      this.context = context;
      this.faults = faults;
    }

    /** Whether another may be opened in its slot. */
    private boolean isOver() {
      return ownedCloses.get() > 0;
    }

    @Override
    public @Nullable Object run(ChaosJob job) throws Exception {
      checkNotReplaced(List.of(job));
      return runOne(job);
    }

    /** A batch that began before goes on, if its worker was abandoned. */
    private void checkNotReplaced(List<ChaosJob> jobs) {
      if (isReplaced) {
        round.violation("%s ran %s after it was replaced", this, jobs);
      }
    }

    private @Nullable Object runOne(ChaosJob job) throws Exception {
      enter("run");
      enterKey(job);
      try {
        job.runs.incrementAndGet();
        job.cameUnpinged = wasStopped;
        if (Thread.currentThread().isInterrupted()) {
          job.sawInterrupt = true;
        }
        if (isBroken) {
          round.violation("%s ran %s after it broke", this, job);
        }
        perform(job);
        job.ends.incrementAndGet();
        return job.result();
      } catch (Throwable e) {
        isBroken |= e instanceof WorkerBrokenException || e instanceof Error;
        job.thrown.add(e);
        throw e;
      } finally {
        leaveKey(job);
        inside.set(null);
      }
    }

    /** One after the other; some batches are rolled back before anything was done. */
    private void runAll(List<ChaosJob> jobs, BatchWorker.Results<Object> results) throws Exception {
      checkNotReplaced(jobs);
      if (jobs.size() > 1 && jobs.getFirst().id % 5 == 0) {
        counters.fault("batch rolled back");
        throw new BatchRolledBackException(new IOException("batch of " + jobs));
      }
      if (jobs.getFirst().id % 7 == 0 && jobs.getFirst().putOffs.getAndIncrement() == 0) {
        counters.fault("batch put off");
        RetryLaterException later = new RetryLaterException(Duration.ofMillis(1));
        jobs.forEach(job -> job.thrown.add(later));
        throw later;
      }
      int told = 0;
      try {
        while (told < jobs.size() && (told == 0 || !wasStopped)) { // then nobody wants the rest
          tell(told, jobs.get(told), results);
          told++;
          boolean _ = Thread.interrupted(); // what one leaves is not for the next
        }
      } catch (Throwable e) {
        jobs.subList(told, jobs.size()).forEach(job -> job.thrown.add(e));
        throw e;
      }
    }

    private void tell(int index, ChaosJob job, BatchWorker.Results<Object> results)
        throws Exception {
      Object result;
      try {
        result = runOne(job);
      } catch (WorkerBrokenException | InterruptedException e) {
        throw e;
      } catch (Exception e) {
        job.mayBeOvertaken = true; // by those of its key that this batch goes on with
        results.failed(index, e);
        return;
      }
      results.succeeded(index, result);
    }

    private void perform(ChaosJob job) throws Exception {
      counters.ran(job.kind);
      switch (job.kind) {
        case SUCCEED, RETURN_NULL -> {}
        case FAIL -> throw new IOException("job " + job.id);
        case BREAK -> throw new WorkerBrokenException("job " + job.id);
        case ERROR -> throw new AssertionError("job " + job.id);
        case STACK_OVERFLOW -> throw new StackOverflowError("by hand");
        case OUT_OF_MEMORY -> throw new OutOfMemoryError("by hand");
        case LEAVE_FLAG -> Thread.currentThread().interrupt();
        case RETRY_LATER -> {
          if (job.runs.get() <= job.id % 5) { // with 4, more often than it may be
            throw new RetryLaterException(Duration.ofMillis(job.id % 3));
          }
        }
        case PAUSE_POOL -> {
          if (job.runs.get() == 1) {
            throw new RetryLaterException(Duration.ofMillis(job.id % 4)).pausingPool();
          }
        }
        case SUBMIT_MORE -> job.more.forEach(round::trySubmit);
        case CLOSE -> round.closeFromWorker();
        case SLEEP -> interruptibly(job, this::sleep);
        case HANG -> interruptibly(job, released::await);
        case HANG_TO_CANCEL -> awaitCancel(job);
        case DEAF -> job.sawInterrupt |= awaitRelease();
      }
    }

    private interface Wait {
      void await() throws InterruptedException;
    }

    private void interruptibly(ChaosJob job, Wait wait) throws InterruptedException {
      try {
        wait.await();
      } catch (InterruptedException e) {
        job.sawInterrupt = true;
        throw e;
      }
    }

    private void sleep() throws InterruptedException {
      pause();
    }

    private void awaitCancel(ChaosJob job) {
      while (released.getCount() > 0) {
        try {
          if (toldToCancel.tryAcquire(10, TimeUnit.MILLISECONDS)) {
            return;
          }
        } catch (InterruptedException e) {
          job.sawInterrupt = true;
        }
      }
    }

    private void enterKey(ChaosJob job) {
      if (job.key < 0) {
        return;
      }
      if (slotOfKey.computeIfAbsent(job.key, _ -> context.index()) != context.index()) {
        round.violation("key %d met %s and slot %d", job.key, this, slotOfKey.get(job.key));
      }
      Integer other = runningOfKey.putIfAbsent(job.key, job.id);
      if (other != null && !plan.has("jobTimeout")) {
        round.violation("%s ran while job %d of its key did", job, other);
      }
      Integer before = latestOfKey.put(job.key + " of submitter " + job.submitter, job.id);
      boolean isOvertaken =
          before != null && before > job.id && !job.mayBeOvertaken && !hasLostItsKeys();
      boolean isAgain = before != null && before == job.id && plan.mostRuns(job) == 1;
      if (isOvertaken || isAgain) {
        round.violation("%s ran after job %d of its key", job, before);
      }
    }

    /** An abandoned worker holds its keys until the pool closes; another is in its slot. */
    private boolean hasLostItsKeys() {
      return context.isClosing() && latestOfSlot.get(context.index()) != this;
    }

    private void leaveKey(ChaosJob job) {
      runningOfKey.remove(job.key, job.id);
    }

    @Override
    public void ping() throws Exception {
      wasStopped = false;
      try {
        call("ping", faults.ping());
      } catch (Throwable e) {
        isBroken = true;
        throw e;
      }
    }

    @Override
    public void finish() throws Exception {
      finishes.incrementAndGet();
      if (isBroken) {
        round.violation("%s finished after it broke", this);
      }
      round.aWorkerFinishes(this);
      try {
        call("finish", faults.finish());
      } catch (Throwable e) {
        closeFailures.add(e);
        throw e;
      }
    }

    @Override
    public void close() throws Exception {
      try {
        if (ownedCloses.get() > 0) {
          round.violation("%s closed after what it owns", this);
        }
        call("close", faults.close());
      } catch (Throwable e) {
        closeFailures.add(e);
        throw e;
      } finally {
        closes.incrementAndGet();
        counters.closed();
      }
    }

    @Override
    public void cancel() {
      wasStopped = true;
      if (Thread.currentThread() == thread) {
        round.violation("cancel of %s on %s", this, Thread.currentThread());
      }
      cancelling = true;
      try {
        String during = inside.get(); // null just before a run enters, or just after it has left
        if (during != null && !during.equals("run")) {
          round.violation("cancel during %s of %s", during, this);
        }
        toldToCancel.release();
        act("cancel", faults.cancel());
      } catch (Exception e) {
        throw new IllegalStateException(e);
      } finally {
        cancelling = false;
      }
    }

    private void call(String what, ChaosPlan.Fault fault) throws Exception {
      enter(what);
      if (cancelling) {
        round.violation("%s of %s during its cancel", what, this);
      }
      if (Thread.currentThread().isInterrupted() // looked at first, since a stop may come now
          && !(what.equals("finish") && round.mayBeStopped())
          && !(what.equals("ping") && !plan.replacements.isEmpty())) { // a part of an opening
        round.violation("%s of %s with the interrupt flag set", what, this);
      }
      try {
        act(what, fault);
      } finally {
        inside.set(null);
      }
    }

    private void enter(String what) {
      if (Thread.currentThread() != thread) {
        round.violation("%s of %s on %s", what, this, Thread.currentThread());
      }
      String other = inside.getAndSet(what);
      if (other != null) {
        round.violation("%s of %s during its %s", what, this, other);
      }
      if (closes.get() != 0) {
        round.violation("%s of %s after its close", what, this);
      }
    }

    private void act(String what, ChaosPlan.Fault fault) throws Exception {
      if (fault == ChaosPlan.Fault.NONE) {
        return;
      }
      counters.fault(what + " " + fault);
      switch (fault) {
        case FAIL -> throw new IOException(what + " of " + this);
        case ERROR -> throw new AssertionError(what + " of " + this);
        case SLOW -> pause();
        case HANG -> released.await();
        case DEAF -> awaitRelease();
        case NONE -> {}
      }
    }

    @Override
    public String toString() {
      return context.workerName() + "@" + Integer.toHexString(System.identityHashCode(this));
    }
  }
}
