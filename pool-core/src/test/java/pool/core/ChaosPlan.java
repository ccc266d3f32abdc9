package pool.core;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.function.BiFunction;

/**
 * What a round of {@link Chaos} is to do: all of it is drawn from one number, before anything runs,
 * or depends on that number and on which worker of which slot asks. So a seed always gives the same
 * plan; when its parts meet is up to the scheduler, and a failure may need several replays.
 */
final class ChaosPlan {

  /** What goes wrong in a call to a worker. */
  enum Fault {
    NONE,
    FAIL,
    ERROR,
    SLOW,
    /** Until it is interrupted, or the round releases it. */
    HANG,
    /** Until the round releases it. */
    DEAF
  }

  record WorkerFaults(Fault open, Fault ping, Fault cancel, Fault finish, Fault close) {}

  enum Way {
    SUBMIT,
    KEYED,
    TRY,
    MAP,
    MAP_ALL,
    STREAM,
    STREAM_UNORDERED,
    AWAIT_IDLE
  }

  /** What a submitter does next; a consumer of a stream leaves it after so many outcomes. */
  record Step(
      Way way,
      List<ChaosJob> jobs,
      boolean interrupted,
      int leavesAfter,
      boolean leavesByThrowing) {}

  enum How {
    CLOSE,
    SHUTDOWN,
    NOW,
    INTERRUPTED,
    BEGIN
  }

  record Closer(How how, Duration after, Duration deadline) {}

  /** Then failures of jobs are retried. */
  static final String RETRY_ON = "retryOn";

  /** Then the workers do several jobs together. */
  static final String BATCHES = "maxBatch";

  private static final int NEVER = Integer.MAX_VALUE;

  final long seed;
  final Map<String, Object> options = new LinkedHashMap<>();
  final List<List<Step>> submitters = new ArrayList<>();
  final List<Closer> closers = new ArrayList<>();
  final List<Duration> replacements = new ArrayList<>(); // of the workers, after so long
  final List<ChaosJob> jobs = new ArrayList<>();
  final Duration release; // of what hangs, after so long
  final boolean virtualSubmitters;

  private final Draw draw;
  private final List<Apply<?>> applied = new ArrayList<>();
  private final List<ChaosJob.Kind> menu = new ArrayList<>();
  private final int normal; // of 100 jobs
  private final int owned; // of 100 jobs: their owners do something to them
  private final int startFaults; // of 1,000 first opens
  private final int openFaults; // of 100 later ones
  private final int workerFaults; // of 100 other calls

  private record Apply<T>(BiFunction<WorkerPool.Builder<?, ?>, T, ?> set, T value) {
    void to(WorkerPool.Builder<?, ?> builder) {
      Object _ = set.apply(builder, value);
    }
  }

  ChaosPlan(long seed) {
    this.seed = seed;
    this.draw = new Draw(seed);
    drawOptions();
    normal = draw.of(50, 80, 95, 99);
    owned = draw.of(0, 2, 10, 50);
    startFaults = draw.oneIn(8) ? draw.of(20, 100, 500) : 0;
    openFaults = draw.of(0, 0, 5, 30, 60);
    workerFaults = draw.of(0, 0, 2, 20);
    release = draw.millis(2, draw.of(10, 100));
    virtualSubmitters = draw.oneIn(2);
    drawMenu();
    int many = draw.between(1, 6);
    for (int submitter = 0; submitter < many; submitter++) {
      submitters.add(drawSteps(submitter));
    }
    many = draw.between(1, 4);
    for (int closer = 0; closer < many; closer++) {
      closers.add(
          new Closer(
              draw.of(How.values()),
              draw.millis(0, draw.of(3, 40, 2_000)), // at most: not after the last submitter
              draw.millis(0, 40)));
    }
    for (many = draw.oneIn(3) ? draw.between(1, 5) : 0; many > 0; many--) {
      replacements.add(draw.millis(0, draw.of(3, 20)));
    }
  }

  /** One line for each; the checks ask for them by name. */
  private void drawOptions() {
    option("workers", draw.oneIn(12) ? 70 : draw.between(1, 8), WorkerPool.Builder::workers);
    option("threads", draw.of(ThreadKind.values()), WorkerPool.Builder::threads);
    option("distribution", draw.of(Distribution.values()), WorkerPool.Builder::distribution);
    option("queueCapacity", draw.between(1, draw.of(4, 200)), WorkerPool.Builder::queueCapacity);
    option("whenFull", draw.of(WhenFull.values()), WorkerPool.Builder::whenFull);
    option("cancelGrace", draw.millis(0, draw.of(2, 40)), WorkerPool.Builder::cancelGrace);
    option("openTimeout", draw.millis(20, draw.of(60, 5_000)), WorkerPool.Builder::openTimeout);
    sometimes(3, "closeTimeout", draw.millis(1, 60), WorkerPool.Builder::closeTimeout);
    sometimes(3, "maxAttempts", draw.between(2, 3), WorkerPool.Builder::maxAttempts);
    sometimes(4, "jobTimeout", draw.millis(5, 60), WorkerPool.Builder::jobTimeout);
    sometimes(
        4, "maxJobsPerWorker", (long) draw.between(1, 30), WorkerPool.Builder::maxJobsPerWorker);
    sometimes(4, "maxWorkerAge", draw.millis(2, 40), WorkerPool.Builder::maxWorkerAge);
    sometimes(4, "pingInterval", draw.millis(1, 20), WorkerPool.Builder::pingInterval);
    sometimes(3, "maxRetries", draw.between(0, 3), WorkerPool.Builder::maxRetries);
    sometimes(
        4,
        RETRY_ON,
        draw.millis(0, 2).plusNanos(1),
        (builder, first) ->
            builder.retryOn(e -> e instanceof IOException, first, first.multipliedBy(3)));
    sometimes(3, BATCHES, draw.between(1, 20), WorkerPool.Builder::maxBatch);
  }

  private <T> void option(String name, T value, BiFunction<WorkerPool.Builder<?, ?>, T, ?> set) {
    options.put(name, value);
    applied.add(new Apply<>(set, value));
  }

  private <T> void sometimes(
      int oneIn, String name, T value, BiFunction<WorkerPool.Builder<?, ?>, T, ?> set) {
    if (draw.oneIn(oneIn)) {
      option(name, value, set);
    }
  }

  <J, R> WorkerPool.Builder<J, R> apply(WorkerPool.Builder<J, R> builder) {
    applied.forEach(option -> option.to(builder));
    return builder;
  }

  boolean has(String option) {
    return options.containsKey(option);
  }

  int number(String option, int otherwise) {
    return (int) options.getOrDefault(option, otherwise);
  }

  /** Whether a job may be run again though it has not broken its worker. */
  boolean mayBePutOff(ChaosJob job) {
    return job.kind == ChaosJob.Kind.RETRY_LATER
        || job.kind == ChaosJob.Kind.PAUSE_POOL
        || (job.kind == ChaosJob.Kind.FAIL && has(RETRY_ON))
        || has(BATCHES);
  }

  /** How often a job may be run. */
  int mostRuns(ChaosJob job) {
    return number("maxAttempts", 1) + (mayBePutOff(job) ? number("maxRetries", 3) : 0);
  }

  private void drawMenu() {
    for (ChaosJob.Kind kind : ChaosJob.Kind.values()) {
      if (draw.oneIn(2)) {
        menu.add(kind);
        if (!kind.hangs()) {
          menu.addAll(List.of(kind, kind, kind, kind));
        }
      }
    }
  }

  private List<Step> drawSteps(int submitter) {
    List<Step> steps = new ArrayList<>();
    int most = draw.of(3, 20, 60, 60, 600);
    for (int step = draw.between(1, 12); step > 0; step--) {
      Way way = draw.of(Way.values());
      List<ChaosJob> some = new ArrayList<>();
      for (int job = draw.between(1, most); job > 0; job--) {
        some.add(drawJob(submitter, way == Way.KEYED ? draw.between(0, 4) : -1, true));
      }
      boolean leaves = draw.oneIn(4);
      steps.add(
          new Step(
              way,
              some,
              draw.oneIn(30),
              leaves ? draw.between(0, some.size()) : NEVER,
              draw.oneIn(2)));
    }
    return steps;
  }

  private ChaosJob drawJob(int submitter, int key, boolean misbehaves) {
    ChaosJob.Kind kind =
        menu.isEmpty() || draw.percent(normal) ? ChaosJob.Kind.SUCCEED : draw.of(menu);
    ChaosJob.Owner owner =
        misbehaves && draw.percent(owned)
            ? draw.of(ChaosJob.Owner.values())
            : ChaosJob.Owner.NOTHING;
    ChaosJob.Chained chained =
        misbehaves && !draw.percent(normal)
            ? draw.of(ChaosJob.Chained.values())
            : ChaosJob.Chained.NOTHING;
    if (!misbehaves && (kind == ChaosJob.Kind.SUBMIT_MORE || kind.hangs())) {
      kind = ChaosJob.Kind.SUCCEED;
    }
    List<ChaosJob> more = new ArrayList<>();
    if (kind == ChaosJob.Kind.SUBMIT_MORE || chained == ChaosJob.Chained.SUBMIT) {
      for (int i = draw.between(1, 3); i > 0; i--) {
        more.add(drawJob(submitter, -1, false));
      }
    }
    ChaosJob job =
        new ChaosJob(
            jobs.size(),
            submitter,
            key,
            kind,
            owner,
            draw.between(0, 8),
            chained,
            draw.oneIn(2),
            more);
    jobs.add(job);
    return job;
  }

  /** What goes wrong with the n-th worker of a slot; the first is number 0. */
  WorkerFaults faults(int slot, int nth) {
    Draw own = new Draw(seed * 1_000_003 + slot * 8_191L + nth);
    boolean openFails = nth == 0 ? own.between(1, 1_000) <= startFaults : own.percent(openFaults);
    return new WorkerFaults(
        openFails ? own.fault() : Fault.NONE,
        own.percent(workerFaults) ? own.fault() : Fault.NONE,
        own.percent(workerFaults) ? own.fault() : Fault.NONE,
        own.percent(workerFaults) ? own.fault() : Fault.NONE,
        own.percent(workerFaults) ? own.fault() : Fault.NONE);
  }

  @Override
  public String toString() {
    return "seed %d: %s, %d submitters, %d jobs, closers %s, replacements %s, release after %s"
        .formatted(seed, options, submitters.size(), jobs.size(), closers, replacements, release);
  }

  /** Draws from a seed. */
  private static final class Draw {

    private final SplittableRandom random;

    Draw(long seed) {
      random = new SplittableRandom(seed);
    }

    int between(int least, int most) {
      return random.nextInt(least, most + 1);
    }

    boolean oneIn(int many) {
      return random.nextInt(many) == 0;
    }

    boolean percent(int percent) {
      return random.nextInt(100) < percent;
    }

    Duration millis(int least, int most) {
      return Duration.ofNanos(between(least * 1_000, most * 1_000) * 1_000L);
    }

    <T> T of(List<T> choices) {
      return choices.get(random.nextInt(choices.size()));
    }

    @SafeVarargs
    final <T> T of(T... choices) {
      return choices[random.nextInt(choices.length)];
    }

    /** Those that hang are rare, since they occupy their worker until the round releases them. */
    Fault fault() {
      return oneIn(4)
          ? of(Fault.SLOW, Fault.HANG, Fault.DEAF)
          : of(Fault.FAIL, Fault.FAIL, Fault.ERROR);
    }
  }
}
