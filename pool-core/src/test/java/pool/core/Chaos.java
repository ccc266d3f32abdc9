package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * One round of chaos: a pool whose workers, jobs, owners, callbacks and closers all misbehave as a
 * {@link ChaosPlan} says, and then the {@link ChaosChecks}.
 *
 * <p>Replayable: the plan depends on the seed only. The timing of threads does not, so a failure
 * may need several replays of its seed.
 *
 * <p>A round does not wait for anything without a bound: what hangs is released after the time that
 * the plan says, and a round that has not ended after {@value #LIMIT_SECONDS} s fails with the
 * stacks of all threads.
 */
final class Chaos {

  static final int LIMIT_SECONDS = 60;

  private static final AtomicLong ROUNDS = new AtomicLong();

  final ChaosPlan plan;
  final ChaosWorkers workers;
  final ChaosTally counters;
  final String name = "chaos-" + ROUNDS.incrementAndGet(); // of the pool: no two have the same
  final Queue<ChaosJob> accepted = new ConcurrentLinkedQueue<>();
  final AtomicLong seenDone = new AtomicLong();

  private final Queue<String> violations = new ConcurrentLinkedQueue<>();
  private final CountDownLatch submitting;
  private final CountDownLatch active; // submitters and closers
  private final CountDownLatch over = new CountDownLatch(1);
  private final AtomicReference<@Nullable CloseReport> report = new AtomicReference<>();
  private volatile @Nullable WorkerPool<ChaosJob, Object> pool;
  private volatile boolean mayBeStopped;

  private Chaos(long seed, ChaosTally counters) {
    this.plan = new ChaosPlan(seed);
    this.counters = counters;
    this.workers = new ChaosWorkers(this, plan, counters);
    this.submitting = new CountDownLatch(plan.submitters.size());
    this.active = new CountDownLatch(plan.submitters.size() + plan.closers.size());
  }

  /**
   * Plays the round of a seed.
   *
   * @throws AssertionError when a promise was broken; says how to replay it
   */
  static void play(long seed, ChaosTally counters) throws InterruptedException {
    Chaos round = new Chaos(seed, counters);
    Thread conductor = Thread.ofPlatform().daemon().name("conductor").start(round::conduct);
    if (!conductor.join(Duration.ofSeconds(LIMIT_SECONDS))) {
      String stacks = ChaosStacks.dump();
      round.workers.released.countDown();
      WorkerPool<ChaosJob, Object> hanging = round.pool;
      round.violation(
          "the round hangs; %s%n%s", hanging == null ? "no pool" : hanging.stats(), stacks);
    }
    if (!round.violations.isEmpty()) {
      throw new AssertionError(
          "%s%nreplay with -Dchaos.seed=%d, or benchmarks/chaos 1 %d%n%s"
              .formatted(
                  String.join(System.lineSeparator(), round.violations.stream().limit(20).toList()),
                  seed,
                  seed,
                  round.plan));
    }
    counters.roundEnded();
  }

  private void conduct() {
    try {
      List<Thread> threads = new ArrayList<>(List.of(start("releaser", this::release)));
      WorkerPool<ChaosJob, Object> opened = open();
      if (opened != null) {
        threads.add(start("sampler", () -> sample(opened)));
        plan.submitters.forEach(
            steps -> threads.add(start("submitter", new ChaosSubmitter(this, opened, steps))));
        plan.closers.forEach(
            closer -> threads.add(start("closer", () -> closeLater(opened, closer))));
        plan.replacements.forEach(
            after -> threads.add(start("replacer", () -> replaceLater(opened, after))));
        active.await();
        sawReport(opened.shutdown(Duration.ofSeconds(LIMIT_SECONDS)));
      }
      workers.released.countDown();
      over.countDown();
      for (Thread thread : threads) {
        thread.join();
      }
      new ChaosChecks(this, opened, report.get()).check();
    } catch (Throwable e) {
      violation("%s", ChaosStacks.of(e));
    }
  }

  private Thread start(String role, Runnable task) {
    Thread.Builder builder =
        plan.virtualSubmitters && role.equals("submitter")
            ? Thread.ofVirtual()
            : Thread.ofPlatform().daemon();
    return builder
        .name(role)
        .start(() -> {
          try {
            task.run();
          } catch (Throwable e) {
            violation("%s: %s", role, ChaosStacks.of(e));
          } finally {
            if (role.equals("submitter")) {
              submitting.countDown();
            }
            if (role.equals("submitter") || role.equals("closer")) {
              active.countDown();
            }
          }
        });
  }

  private @Nullable WorkerPool<ChaosJob, Object> open() {
    try {
      WorkerPool<ChaosJob, Object> opened = plan.apply(WorkerPool.of(workers)).name(name).open();
      pool = opened;
      if (workers.all.stream().filter(worker -> worker.isOpen).count()
          < plan.number("workers", 1)) {
        violation("open() returned before every worker was open");
      }
      return opened;
    } catch (OpenFailedException e) {
      counters.fault("pool did not open");
      return null;
    }
  }

  /** Releases what hangs, when the time has come or when nobody else does anything any more. */
  private void release() {
    try {
      boolean _ = active.await(plan.release.toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      violation("the releaser was interrupted");
    }
    workers.released.countDown();
  }

  // Closers

  private void closeLater(WorkerPool<ChaosJob, Object> of, ChaosPlan.Closer closer) {
    try {
      boolean _ = submitting.await(closer.after().toNanos(), TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      violation("a closer was interrupted");
    }
    counters.fault("closer " + closer.how());
    mayBeStopped |= closer.how() != ChaosPlan.How.BEGIN && closer.how() != ChaosPlan.How.CLOSE;
    switch (closer.how()) {
      case CLOSE -> close(of);
      case SHUTDOWN -> sawReport(of.shutdown(closer.deadline()));
      case NOW -> sawReport(of.shutdownNow());
      case BEGIN -> of.beginShutdown();
      case INTERRUPTED -> {
        Thread.currentThread().interrupt();
        close(of);
        if (!Thread.interrupted()) {
          violation("an interrupted closer lost its flag");
        }
      }
    }
  }

  private void replaceLater(WorkerPool<ChaosJob, Object> of, Duration after) {
    try {
      boolean _ = submitting.await(after.toNanos(), TimeUnit.NANOSECONDS);
      List<ChaosWorkers.Misbehaving> before = List.copyOf(workers.all);
      ReplaceReport replaced = of.replaceWorkers();
      counters.fault(replaced.isComplete() ? "workers replaced" : "workers not all replaced");
      if (replaced.isComplete()) {
        before.forEach(worker -> worker.isReplaced = true);
      } else if (replaced.cause().isEmpty()) {
        violation("no cause in %s", replaced);
      }
    } catch (PoolClosedException e) {
      counters.fault("workers replaced too late");
    } catch (InterruptedException e) {
      violation("a replacer was interrupted");
    }
  }

  private void close(WorkerPool<ChaosJob, Object> of) {
    mayBeStopped |= plan.has("closeTimeout");
    try {
      of.close();
    } catch (PoolCloseException e) {
      if (e.report().isClean()) {
        violation("close() threw though the report is clean: %s", e.report());
      }
      sawReport(e.report());
    }
  }

  private void sawReport(CloseReport seen) {
    CloseReport first = report.compareAndExchange(null, seen);
    if (first != null && first != seen) {
      violation("closers saw different reports: %s and %s", first, seen);
    }
  }

  // Worker threads

  /** A worker may not close its own pool, and is told so. */
  void closeFromWorker() {
    try {
      openPool().close();
      violation("a worker could close its own pool");
    } catch (IllegalStateException e) {
      // as promised
    }
  }

  /** What is chained to a future may close the pool, unless it runs on a worker. */
  void closeFromCallback() {
    if (isWorkerThread()) {
      closeFromWorker();
    }
  }

  boolean isWorkerThread() {
    String thread = Thread.currentThread().getName();
    return thread.startsWith(name + "-") && !thread.endsWith("-helper");
  }

  void aWorkerFinishes(ChaosWorkers.Misbehaving worker) {
    if (report.get() != null) {
      violation("%s finished after the pool was closed", worker);
    }
    WorkerPool<ChaosJob, Object> opened = pool;
    if (opened == null || recycles()) {
      return; // no job was accepted, or jobs are not done yet
    }
    PoolStats stats = opened.stats();
    if (stats.queued() + stats.running() > 0) {
      violation("%s finished before every job had settled: %s", worker, stats);
    }
  }

  private boolean recycles() {
    return plan.has("maxJobsPerWorker") || plan.has("maxWorkerAge") || !plan.replacements.isEmpty();
  }

  /** Whether a deadline may have passed, so that what runs is stopped. */
  boolean mayBeStopped() {
    return mayBeStopped || pool == null;
  }

  /** For who runs only because it is open. */
  private WorkerPool<ChaosJob, Object> openPool() {
    return Objects.requireNonNull(pool);
  }

  // Jobs that are submitted alone

  /** From a worker or a callback, without waiting. */
  void trySubmit(ChaosJob job) {
    if (job.isOffered.compareAndSet(false, true)) {
      CompletableFuture<Object> _ = offer(job, () -> openPool().trySubmit(job));
    }
  }

  interface Submit {
    Optional<CompletableFuture<Object>> submit();
  }

  /** Offers a job; null when it was refused. */
  @Nullable CompletableFuture<Object> offer(ChaosJob job, Submit submit) {
    try {
      Optional<CompletableFuture<Object>> future = submit.submit();
      job.offer = future.isPresent() ? ChaosJob.Offer.ACCEPTED : ChaosJob.Offer.REFUSED;
      future.ifPresent(present -> follow(job, present));
      return future.orElse(null);
    } catch (PoolClosedException | PoolBrokenException e) {
      job.offer = ChaosJob.Offer.REFUSED;
    } catch (QueueFullException e) {
      job.offer = ChaosJob.Offer.REFUSED;
      if (plan.options.get("whenFull") != WhenFull.REJECT) {
        violation("%s was refused: %s", job, e);
      }
    }
    return null;
  }

  private void follow(ChaosJob job, CompletableFuture<Object> future) {
    job.future = future;
    accepted.add(job);
    if (job.isCounted) {
      CompletableFuture<?> _ =
          future.whenComplete((_, _) -> {
            job.completions.incrementAndGet();
            seenDone.incrementAndGet();
          });
    }
    if (job.chained != ChaosJob.Chained.NOTHING) {
      CompletableFuture<?> _ = future.handle((_, _) -> chained(job));
    }
  }

  private boolean chained(ChaosJob job) {
    counters.fault("callback " + job.chained);
    switch (job.chained) {
      case NOTHING -> {}
      case THROW -> throw new IllegalStateException("chained to job " + job.id);
      case SUBMIT -> job.more.forEach(this::trySubmit);
      case CLOSE -> closeFromCallback();
      case LEAVE_FLAG -> {
        if (isWorkerThread()) {
          Thread.currentThread().interrupt();
        }
      }
      case BLOCK -> {
        try {
          workers.pause();
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
        }
      }
    }
    return true;
  }

  // What it looks like while it runs

  private void sample(WorkerPool<ChaosJob, Object> of) {
    try {
      PoolStats before = of.stats();
      do {
        long done = seenDone.get();
        PoolStats now = of.stats();
        Recorder.assertAddsUp(now);
        ChaosChecks.assertNotLess(now, before, done);
        before = now;
      } while (!over.await(200, TimeUnit.MICROSECONDS));
    } catch (InterruptedException e) {
      violation("the sampler was interrupted");
    }
  }

  void violation(String what, @Nullable Object... about) {
    violations.add(what.formatted(about));
  }
}
