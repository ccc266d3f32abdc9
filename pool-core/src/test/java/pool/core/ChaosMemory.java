package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/**
 * Rounds in which jobs fill the memory again and again while others fail, break their worker, are
 * cancelled, or time out, and a close may come in the middle: {@code benchmarks/chaos --memory
 * MINUTES [SEED]}, in a JVM of 64 MB. After each round every future is done, every worker closed,
 * the counts add up, and no thread is left.
 *
 * <p>What the round itself needs it has before the first job, or tries again for.
 */
final class ChaosMemory {

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int JOBS = 300;

  private final SplittableRandom random;
  private final long seed;
  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger filled = new AtomicInteger();
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet(1 << 12);

  // The plan:
  private final ThreadKind kind;
  private final int workers;
  private final int fillsEvery;
  private final int piece; // in bytes
  private final boolean even;
  private final boolean keyed;
  private final boolean timesOut;
  private final boolean closesEarly;

  private ChaosMemory(long seed) {
    this.seed = seed;
    random = new SplittableRandom(seed);
    kind = random.nextBoolean() ? ThreadKind.VIRTUAL : ThreadKind.PLATFORM;
    workers = random.nextInt(1, 7);
    fillsEvery = random.nextInt(3, 40);
    // The JDK's scheduler loses virtual threads for good when it has no memory at all.
    piece = kind == ThreadKind.VIRTUAL ? 1 << 16 : 1 << random.nextInt(10, 17);
    even = random.nextBoolean();
    keyed = random.nextBoolean();
    timesOut = random.nextInt(3) == 0;
    closesEarly = random.nextInt(3) == 0;
  }

  @Override
  public String toString() {
    return "seed %d: %s, %d workers, one of %d jobs fills the memory by %d bytes%s%s%s%s"
        .formatted(
            seed,
            kind,
            workers,
            fillsEvery,
            piece,
            even ? ", even" : "",
            keyed ? ", keyed" : "",
            timesOut ? ", with a time-out" : "",
            closesEarly ? ", closed in the middle" : "");
  }

  private final class Filler implements Worker<Integer, Integer> {

    @Override
    public Integer run(Integer job) throws Exception {
      if (job % fillsEvery == 0) {
        filled.incrementAndGet();
        List<byte[]> pieces = new ArrayList<>();
        while (true) {
          pieces.add(new byte[piece]);
        }
      }
      return switch (job % 23) {
        case 5 -> throw new WorkerBrokenException("job " + job);
        case 7 -> throw new IllegalStateException("job " + job);
        case 11 -> {
          Thread.sleep(1);
          yield job;
        }
        default -> job;
      };
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private Worker<Integer, Integer> opens() {
    Filler filler = new Filler();
    boolean _ = threads.add(Thread.currentThread());
    opened.incrementAndGet(); // the last that can throw has been done
    return filler;
  }

  /** Plays a round; what was wrong, or nothing. */
  private List<String> play() throws InterruptedException {
    var builder =
        WorkerPool.of(WorkerFactory.of("filler", Integer.class, Integer.class, _ -> opens()))
            .workers(workers)
            .threads(kind)
            .minOpen(1)
            .queueCapacity(JOBS)
            .maxAttempts(2)
            .distribution(even ? Distribution.EVEN : Distribution.SHARED)
            .listener(new PoolListener() {});
    if (timesOut) {
      builder.jobTimeout(Duration.ofMillis(200));
    }
    WorkerPool<Integer, Integer> pool = builder.open();
    List<CompletableFuture<Integer>> futures = new ArrayList<>(JOBS);
    boolean[] told = new boolean[1];
    Thread bulk = Thread.ofPlatform().start(() -> told[0] = mapAll(pool));
    submit(pool, futures);
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    if (!closesEarly) {
      futures.forEach(future -> awaitDone(future, deadline));
      untilThereIsMemory(() -> bulk.join(PATIENCE));
    }
    CloseReport report = untilThereIsMemory(() -> pool.shutdown(Duration.ofSeconds(20)));
    untilThereIsMemory(() -> bulk.join(PATIENCE));
    return untilThereIsMemory(() -> check(pool, futures, bulk, told[0], report));
  }

  private void submit(WorkerPool<Integer, Integer> pool, List<CompletableFuture<Integer>> futures) {
    while (futures.size() < JOBS) {
      Integer job = futures.size();
      CompletableFuture<Integer> future =
          untilThereIsMemory(() -> keyed ? pool.submit(job % 7, job) : pool.submit(job));
      futures.add(future);
      if (job % 13 == 0) {
        untilThereIsMemory(() -> future.cancel(job % 2 == 0));
      }
    }
  }

  /** Whether the call has told of every job, or had no memory to. */
  private static boolean mapAll(WorkerPool<Integer, Integer> pool) {
    try {
      return pool.mapAll(Collections.nCopies(JOBS / 2, 1)).size() == JOBS / 2;
    } catch (OutOfMemoryError | PoolClosedException e) {
      return true;
    }
  }

  private static void awaitDone(CompletableFuture<?> future, long deadline) {
    while (!future.isDone() && System.nanoTime() - deadline < 0) {
      pause();
    }
  }

  private List<String> check(
      WorkerPool<Integer, Integer> pool,
      List<CompletableFuture<Integer>> futures,
      Thread bulk,
      boolean told,
      CloseReport report)
      throws InterruptedException {
    List<String> wrong = new ArrayList<>();
    long undone = futures.stream().filter(future -> !future.isDone()).count();
    if (undone > 0) {
      wrong.add(undone + " futures are not done");
    }
    if (bulk.isAlive() || !told) {
      wrong.add("mapAll did not tell of every job, or hangs");
    }
    long settled = report.succeeded() + report.failed() + report.cancelled() + report.notStarted();
    if (report.submitted() != settled || pool.stats().submitted() != settled) {
      wrong.add("the counts do not add up: " + report);
    }
    if (!report.abandoned().isEmpty()) {
      wrong.add("abandoned: " + report.abandoned());
    }
    for (Thread thread : threads) {
      if (!thread.join(PATIENCE)) {
        wrong.add(thread + " is left");
      }
    }
    if (opened.get() != closed.get()) {
      wrong.add("opened " + opened + ", closed " + closed);
    }
    return wrong;
  }

  private interface Attempt<T> {
    T run() throws Exception;
  }

  /** Nothing tells when there is memory again. */
  private static <T> T untilThereIsMemory(Attempt<T> attempt) {
    while (true) {
      try {
        return attempt.run();
      } catch (OutOfMemoryError e) {
        pause();
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @SuppressWarnings("SystemOut") // it is a program
  public static void main(String[] args) throws InterruptedException {
    long end = System.nanoTime() + (long) (Double.parseDouble(args[0]) * 60e9);
    Long given = args.length > 1 ? Long.valueOf(args[1]) : null;
    long seed = given != null ? given : System.nanoTime() % 1_000_000_000L;
    long rounds = 0;
    long workers = 0;
    long filled = 0;
    List<String> wrong = List.of();
    while (wrong.isEmpty() && System.nanoTime() - end < 0) {
      ChaosMemory round = new ChaosMemory(seed);
      wrong = round.play();
      rounds++;
      workers += round.opened.get();
      filled += round.filled.get();
      if (!wrong.isEmpty()) {
        System.out.println(round + System.lineSeparator() + String.join("\n", wrong));
        System.out.println(ChaosStacks.dump());
      }
      seed += given != null ? 0 : 1;
    }
    System.out.printf(
        "%,d rounds, memory filled %,d times, %,d workers opened and closed, %d threads left: %s%n",
        rounds,
        filled,
        workers,
        Thread.getAllStackTraces().keySet().stream()
            .filter(thread -> thread.getName().startsWith("filler"))
            .count(),
        wrong.isEmpty() ? "nothing lost" : "BROKEN, see above");
    System.exit(wrong.isEmpty() ? 0 : 1);
  }
}
