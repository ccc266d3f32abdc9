package pool.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/**
 * A random history of a pool, and a sequential model of what may come of it.
 *
 * <p>One thread plays the history: it submits jobs, with and without keys, alone and in bulk,
 * cancels some, replaces the workers, broadcasts, and closes. Each job has a script that says what
 * its runs do. The model knows by the scripts alone how often each job runs and how it ends, in
 * which order jobs of one key run, how jobs are dealt, and what the report counts. What is not
 * determined, such as a cancel that races a run, is decided by what the call returned.
 *
 * <p>The seed determines the history, and not the timing of threads.
 */
final class Model {

  /** What the runs of a job do, one after the other. */
  private enum Script {
    SUCCEED,
    FAIL,
    /** Is put off once. */
    RETRY,
    /** Is put off whenever it runs. */
    RETRY_FOR_EVER,
    /** Breaks its first worker. */
    BREAK,
    /** Breaks each worker. */
    BREAK_FOR_EVER,
    /** Runs until it is cancelled, or its time is over. */
    HANG
  }

  private static final int STEPS = 60;
  private static final int RETRIES = 2;
  private static final Duration TIME_OUT = Duration.ofMillis(150);

  private final Random random;
  private final int workers;
  private final Distribution distribution;
  private final boolean batches;
  private final int attempts;
  private final boolean timesOut;
  private final String plan;

  private final AtomicLong clock = new AtomicLong(); // orders what is seen
  private final Queue<Run> runs = new ConcurrentLinkedQueue<>();
  private final List<Job> jobs = new ArrayList<>();
  private final List<String> wrong = new ArrayList<>();
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final List<long[]> replacements = new ArrayList<>(); // began, ended
  private int deals;
  private int bulks;
  private long broadcastJobs; // an empty slot has none

  private Model(long seed) {
    random = new Random(seed);
    workers = 1 + random.nextInt(4);
    distribution = Distribution.values()[random.nextInt(2)];
    batches = random.nextInt(4) == 0;
    attempts = 1 + random.nextInt(2);
    timesOut = !batches && random.nextInt(4) == 0; // the jobs of a batch time out together
    plan =
        "seed %d: %d workers, %s, batches %b, attempts %d, time-outs %b"
            .formatted(seed, workers, distribution, batches, attempts, timesOut);
  }

  /** A job and what becomes of it. */
  private final class Job {
    private final int number = jobs.size();
    private final Script script;
    private final @Nullable Integer key;
    private final boolean isBroadcast;
    private final AtomicInteger ran = new AtomicInteger();
    private @Nullable CompletableFuture<Integer> future; // none for bulk calls and broadcasts
    private volatile @Nullable Outcome<Job, Integer> outcome;
    private boolean isCancelled; // as the cancel said
    private int deal = -1; // its number among those that were dealt
    private int bulksBefore;

    Job(Script script, @Nullable Integer key, boolean isBroadcast) {
      this.script = script;
      this.key = key;
      this.isBroadcast = isBroadcast;
    }

    @Override
    public String toString() {
      return "job %d (%s%s)".formatted(number, script, key == null ? "" : ", key " + key);
    }

    /** How often it runs, unless it is cancelled. */
    int expectedRuns() {
      return switch (script) {
        case SUCCEED, FAIL, HANG -> 1;
        case RETRY -> 2;
        case RETRY_FOR_EVER -> RETRIES + 1;
        case BREAK, BREAK_FOR_EVER -> attempts;
      };
    }

    boolean succeeds() {
      return switch (script) {
        case SUCCEED, RETRY -> true;
        case BREAK -> attempts > 1;
        case FAIL, RETRY_FOR_EVER, BREAK_FOR_EVER, HANG -> false;
      };
    }
  }

  /** One run of a job, by the clock. */
  private record Run(Job job, int slot, long worker, long began, long ended) {}

  /** Plays a history; returns what was wrong, empty when nothing was. */
  static List<String> play(long seed) throws Exception {
    Model model = new Model(seed);
    model.play();
    return model.wrong.isEmpty()
        ? List.of()
        : Stream.concat(Stream.of(model.plan), model.wrong.stream().limit(10)).toList();
  }

  // The workers

  private Worker<Job, Integer> open(WorkerContext context) {
    opened.incrementAndGet();
    long since = clock.incrementAndGet();
    int slot = context.index();
    return batches ? new Several(slot, since) : new Single(slot, since);
  }

  private int run(Job job, int slot, long since) throws Exception {
    long began = clock.incrementAndGet();
    int before = job.ran.getAndIncrement();
    try {
      return switch (job.script) {
        case SUCCEED -> job.number;
        case FAIL -> throw new IOException("meant");
        case RETRY, RETRY_FOR_EVER -> {
          if (before > 0 && job.script == Script.RETRY) {
            yield job.number;
          }
          throw new RetryLaterException(Duration.ofNanos(1_000L * (before + 1)));
        }
        case BREAK, BREAK_FOR_EVER -> {
          if (before > 0 && job.script == Script.BREAK) {
            yield job.number;
          }
          throw new WorkerBrokenException("meant");
        }
        case HANG -> {
          new CountDownLatch(1).await();
          yield job.number;
        }
      };
    } finally {
      runs.add(new Run(job, slot, since, began, clock.incrementAndGet()));
    }
  }

  @SuppressWarnings("try") // its close throws nothing
  private final class Single implements Worker<Job, Integer> {
    private final int slot;
    private final long since;

    Single(int slot, long since) {
      this.slot = slot;
      this.since = since;
    }

    @Override
    public Integer run(Job job) throws Exception {
      return Model.this.run(job, slot, since);
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  /** What breaks a worker alone is only a failure in a batch. */
  @SuppressWarnings("try")
  private final class Several implements BatchWorker<Job, Integer> {
    private final int slot;
    private final long since;

    Several(int slot, long since) {
      this.slot = slot;
      this.since = since;
    }

    @Override
    public void runAll(List<Job> batch, Results<Integer> results) {
      Set<Integer> putOff = new HashSet<>(); // keys, whose later jobs wait
      for (int i = 0; i < batch.size(); i++) {
        if (batch.get(i).key != null && putOff.contains(batch.get(i).key)) {
          continue;
        }
        try {
          results.succeeded(i, Model.this.run(batch.get(i), slot, since));
        } catch (Exception e) {
          results.failed(i, e);
          if (e instanceof RetryLaterException && batch.get(i).key != null) {
            putOff.add(batch.get(i).key);
          }
        }
      }
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  // The history

  private Script script() {
    int dice = random.nextInt(100);
    if (batches) { // a batch worker that fails a job goes on
      return dice < 80 ? Script.SUCCEED : dice < 95 ? Script.FAIL : Script.RETRY;
    }
    return dice < 60
        ? Script.SUCCEED
        : dice < 75
            ? Script.FAIL
            : dice < 85
                ? Script.RETRY
                : dice < 88
                    ? Script.RETRY_FOR_EVER
                    : dice < 95
                        ? Script.BREAK
                        : dice < 97 ? Script.BREAK_FOR_EVER : timesOut ? Script.HANG : Script.FAIL;
  }

  private Job job(Script script, @Nullable Integer key, boolean isBroadcast) {
    Job job = new Job(script, key, isBroadcast);
    jobs.add(job);
    return job;
  }

  private void play() throws Exception {
    WorkerPool.Builder<Job, Integer> builder =
        WorkerPool.of(WorkerFactory.of("model", Job.class, Integer.class, this::open))
            .workers(workers)
            .threads(ThreadKind.values()[random.nextInt(2)])
            .distribution(distribution)
            .queueCapacity(8 + random.nextInt(100))
            .maxAttempts(attempts)
            .maxRetries(RETRIES)
            .maxBatch(1 + random.nextInt(10));
    if (timesOut) {
      builder.jobTimeout(TIME_OUT);
    }
    CloseReport report;
    try (WorkerPool<Job, Integer> pool = builder.open()) {
      for (int step = 0; step < STEPS; step++) {
        step(pool);
      }
      report = pool.shutdown(Duration.ofSeconds(30));
    }
    for (Job job : jobs) {
      if (job.future != null) {
        job.outcome = outcome(job, job.future);
      }
    }
    check(report);
  }

  private void step(WorkerPool<Job, Integer> pool) throws Exception {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> {
        Job job = job(script(), null, false);
        job.deal = deals++;
        job.bulksBefore = bulks;
        job.future = pool.submit(job);
      }
      case 4, 5, 6 -> {
        Job job = job(script(), random.nextInt(3), false);
        job.future = pool.submit(job.key, job);
      }
      case 7 -> {
        List<Job> bulk = new ArrayList<>();
        bulks++;
        for (int i = random.nextInt(20); i > 0; i--) {
          bulk.add(job(script(), null, false));
        }
        pool.mapAll(bulk).forEach(outcome -> outcome.job().outcome = outcome);
      }
      case 8, 9 -> {
        Job job = jobs.isEmpty() ? null : jobs.get(random.nextInt(jobs.size()));
        if (job != null && job.future != null) {
          job.isCancelled |= job.future.cancel(random.nextBoolean());
        }
      }
      case 10 -> broadcast(pool);
      default -> replace(pool);
    }
  }

  private void broadcast(WorkerPool<Job, Integer> pool) {
    if (random.nextInt(3) == 0) {
      Job job = job(Script.SUCCEED, null, true);
      long began = clock.incrementAndGet();
      List<Outcome<Job, Integer>> outcomes = pool.broadcast(job);
      require(outcomes.size() == workers, "%s has %d outcomes", job, outcomes.size());
      Set<Integer> slots = new HashSet<>();
      runs.stream()
          .filter(run -> run.job() == job && run.began() > began)
          .forEach(
              run -> require(slots.add(run.slot()), "%s ran twice in slot %d", job, run.slot()));
      long ran = outcomes.stream().filter(Outcome::isSucceeded).count();
      require(ran == slots.size(), "%s succeeded %d times in the slots %s", job, ran, slots);
      broadcastJobs += outcomes.stream().filter(o -> !(o instanceof Outcome.NotStarted)).count();
    }
  }

  private void replace(WorkerPool<Job, Integer> pool) {
    if (random.nextInt(3) == 0) {
      long began = clock.incrementAndGet();
      ReplaceReport report = pool.replaceWorkers();
      long ended = clock.incrementAndGet();
      require(report.isComplete(), "replacing ended with %s", report);
      require(
          report.replaced() == workers, "%d of %d workers replaced", report.replaced(), workers);
      replacements.add(new long[] {began, ended});
    }
  }

  // The model

  private void require(boolean holds, String otherwise, Object... arguments) {
    if (!holds) {
      wrong.add(otherwise.formatted(arguments));
    }
  }

  private Outcome<Job, Integer> outcome(Job job, CompletableFuture<Integer> future)
      throws Exception {
    try {
      return new Outcome.Succeeded<>(job, future.get(30, TimeUnit.SECONDS));
    } catch (CancellationException e) {
      return new Outcome.Cancelled<>(job);
    } catch (ExecutionException e) {
      return new Outcome.Failed<>(job, e.getCause());
    }
  }

  private void check(CloseReport report) {
    for (Job job : jobs) {
      checkOutcome(job);
    }
    checkKeys();
    checkDealing();
    checkReplacements();
    checkCounts(report);
    require(
        opened.get() == closed.get(), "%d workers opened, %d closed", opened.get(), closed.get());
  }

  private void checkOutcome(Job job) {
    Outcome<Job, Integer> outcome = job.outcome;
    int ran = job.ran.get();
    if (job.isBroadcast) {
      return;
    }
    if (job.isCancelled) {
      require(outcome instanceof Outcome.Cancelled, "%s was cancelled: %s", job, outcome);
      require(ran <= job.expectedRuns(), "%s ran %d times and was cancelled", job, ran);
    } else if (job.succeeds()) {
      require(
          outcome instanceof Outcome.Succeeded<Job, Integer> s && s.result() == job.number,
          "%s should succeed: %s",
          job,
          outcome);
      require(ran == job.expectedRuns(), "%s ran %d times", job, ran);
    } else {
      require(outcome instanceof Outcome.Failed, "%s should fail: %s", job, outcome);
      require(ran == job.expectedRuns(), "%s ran %d times", job, ran);
    }
  }

  /** Jobs of one key run one at a time, in the slot of their key, in the order of submission. */
  private void checkKeys() {
    Map<Integer, Run> last = new HashMap<>();
    runs.stream()
        .filter(run -> run.job().key != null)
        .sorted((one, other) -> Long.compare(one.began(), other.began()))
        .forEach(run -> {
          Run before = last.put(run.job().key, run);
          if (before != null) {
            require(
                before.ended() < run.began() || batches,
                "%s and %s of one key overlap",
                before.job(),
                run.job());
            require(
                before.job().number <= run.job().number,
                "%s ran after %s",
                run.job(),
                before.job());
            require(
                before.slot() == run.slot(),
                "key %s was in the slots %d and %d",
                run.job().key,
                before.slot(),
                run.slot());
          }
        });
  }

  /**
   * Under EVEN, jobs that are submitted without a key are dealt to the slots in turn. A bulk call
   * in between deals as well, from where and how far does not matter here.
   */
  private void checkDealing() {
    if (distribution != Distribution.EVEN) {
      return;
    }
    Map<Integer, Integer> firstSlots = new HashMap<>(); // by the bulk calls before
    for (Run run : runs) {
      Job job = run.job();
      if (job.deal >= 0) {
        int first = Math.floorMod(run.slot() - job.deal, workers);
        Integer other = firstSlots.putIfAbsent(job.bulksBefore, first);
        require(other == null || other == first, "%s was dealt to slot %d", job, run.slot());
      }
    }
  }

  /** After a complete replacement no job starts on a worker of before. */
  private void checkReplacements() {
    for (long[] replacement : replacements) {
      for (Run run : runs) {
        require(
            run.began() < replacement[1] || run.worker() > replacement[0],
            "%s ran on a worker of before a replacement",
            run.job());
      }
    }
  }

  private void checkCounts(CloseReport report) {
    long bulkAndSubmitted = jobs.stream().filter(job -> !job.isBroadcast).count();
    long all = bulkAndSubmitted + broadcastJobs;
    require(
        report.submitted() == all, "%d submitted, and the report says %d", all, report.submitted());
    long cancelled = jobs.stream().filter(job -> job.isCancelled).count();
    require(
        report.cancelled() == cancelled,
        "%d cancelled, and the report says %d",
        cancelled,
        report.cancelled());
    long failed =
        jobs.stream()
            .filter(job -> !job.isBroadcast && job.outcome instanceof Outcome.Failed)
            .count();
    require(
        report.failed() == failed, "%d failed, and the report says %d", failed, report.failed());
    require(
        report.succeeded() + report.failed() + report.cancelled() + report.notStarted() == all,
        "the counts of %s do not add up",
        report);
  }
}
