package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import pool.api.Worker;
import pool.api.WorkerFactory;

/** A pool in a JVM whose memory its jobs fill again and again. */
@SuppressWarnings("SystemOut")
public final class MemoryProgram {

  /** Begins a line that says more of what went wrong. */
  static final String DETAIL = "# ";

  /** A line: the JDK has lost the threads that run virtual ones. */
  static final String NO_SCHEDULER = DETAIL + "no virtual thread runs any more";

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final AtomicInteger opened = new AtomicInteger();
  private static final AtomicInteger closed = new AtomicInteger();

  private MemoryProgram() {}

  /** Every fifth job takes all the memory that there is. */
  private record Filler(int piece) implements Worker<Integer, Integer> {

    @Override
    public Integer run(Integer job) {
      if (job % 5 == 0) {
        List<byte[]> pieces = new ArrayList<>();
        while (true) {
          pieces.add(new byte[piece]);
        }
      }
      return job;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private static WorkerPool<Integer, Integer> open(ThreadKind threads) {
    // The JDK's scheduler loses virtual threads for good when it has no memory at all. Where the
    // pieces are large, some is left for it when there is none for another piece.
    int piece = threads == ThreadKind.VIRTUAL ? 1 << 18 : 1 << 10;
    return WorkerPool.of(
            WorkerFactory.of(
                "filler",
                Integer.class,
                Integer.class,
                _ -> {
                  Filler filler = new Filler(piece);
                  opened.incrementAndGet();
                  return filler;
                }))
        .workers(4)
        .threads(threads)
        .maxAttempts(2)
        .jobTimeout(Duration.ofSeconds(30))
        .listener(new PoolListener() {})
        .open();
  }

  /** Runs what it is told; prints what has become of it, when there is memory again. */
  public static void main(String[] args) throws Exception {
    print(DETAIL + "jobs so far", 0); // what a line needs is linked while there is memory
    switch (args[0]) {
      case "submit" -> submit(ThreadKind.valueOf(args[1]));
      case "mapAll" -> mapAll(ThreadKind.valueOf(args[1]));
      case "close" -> closeMany(Integer.parseInt(args[1]));
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void submit(ThreadKind threads) throws Exception {
    WorkerPool<Integer, Integer> pool = open(threads);
    List<CompletableFuture<Integer>> futures = new ArrayList<>(200);
    while (futures.size() < 200) {
      try {
        futures.add(pool.submit(futures.size()));
      } catch (OutOfMemoryError e) {
        awaitMemory();
      }
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    int undone = 0;
    for (CompletableFuture<Integer> future : futures) {
      undone += isDoneBy(future, deadline) ? 0 : 1;
    }
    print("undone", undone);
    print(pool.shutdown(Duration.ofSeconds(20)));
    if (threads == ThreadKind.VIRTUAL && !virtualThreadsRun()) {
      System.out.println(NO_SCHEDULER);
    }
  }

  /** Whether the JDK still runs them, without which no worker can be asked to close. */
  private static boolean virtualThreadsRun() throws InterruptedException {
    return Thread.ofVirtual().start(() -> {}).join(Duration.ofSeconds(10));
  }

  private static boolean isDoneBy(CompletableFuture<?> future, long deadline) throws Exception {
    while (true) {
      try {
        future.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
        return true;
      } catch (ExecutionException e) {
        return true;
      } catch (TimeoutException e) {
        return false;
      } catch (OutOfMemoryError e) {
        awaitMemory();
      }
    }
  }

  private static void mapAll(ThreadKind threads) throws Exception {
    WorkerPool<Integer, Integer> pool = open(threads);
    List<Integer> jobs = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      jobs.add(i);
    }
    int told = 0;
    for (int round = 0; round < 2; round++) {
      try {
        told += pool.mapAll(jobs).size();
      } catch (OutOfMemoryError e) { // the caller has had no memory for its own list
        awaitMemory();
        told += jobs.size();
      }
    }
    print("undone", 2 * jobs.size() - told);
    print(pool.shutdown(Duration.ofSeconds(20)));
  }

  /** Nothing tells when there is some again, so the caller tries again. */
  private static void awaitMemory() throws InterruptedException {
    Thread.sleep(5);
  }

  private static void closeMany(int jobs) throws Exception {
    CountDownLatch never = new CountDownLatch(1);
    WorkerPool<Integer, Integer> pool =
        WorkerPool.of(
                WorkerFactory.<Integer, Integer>of(
                    "waiter",
                    Integer.class,
                    Integer.class,
                    _ -> {
                      opened.incrementAndGet();
                      return new Worker<>() {
                        @Override
                        public Integer run(Integer job) throws InterruptedException {
                          never.await();
                          return job;
                        }

                        @Override
                        public void close() {
                          closed.incrementAndGet();
                        }
                      };
                    }))
            .workers(2)
            .queueCapacity(jobs)
            .open();
    List<CompletableFuture<Integer>> some = new ArrayList<>();
    Integer job = 1;
    for (int i = 0; i < jobs; i++) {
      CompletableFuture<Integer> future = pool.submit(job);
      if (i % 1_000 == 0) {
        some.add(future);
      }
    }
    CloseReport report = pool.shutdownNow();
    print("undone", some.stream().filter(future -> !future.isDone()).count());
    long cancelled = report.cancelled(); // they ran, or were just started
    print("unlisted", jobs - cancelled - report.notStartedJobs().size());
    print(report);
  }

  private static void print(CloseReport report) throws InterruptedException {
    long settled = report.succeeded() + report.failed() + report.cancelled() + report.notStarted();
    print("lost", report.submitted() - settled);
    print("abandoned", report.abandoned().size());
    print("unclosed", opened.get() - closed.get());
    report.abandoned().forEach(worker -> System.out.println(DETAIL + worker));
  }

  /** Tries until a job that still runs has left memory for the line. */
  private static void print(String what, long count) throws InterruptedException {
    while (true) {
      try {
        System.out.println(what + " " + count);
        return;
      } catch (OutOfMemoryError e) {
        awaitMemory();
      }
    }
  }
}
