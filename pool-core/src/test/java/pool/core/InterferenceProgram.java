package pool.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import pool.api.RetryLaterException;
import pool.api.WorkerFactory;

/**
 * Asks for each time that a caller waits for while all processors are busy, or the only carrier of
 * virtual threads is held, and prints what it took; run by {@link InterferenceTest}. A line has a
 * name, what was asked for, what it took, and by how much a thread without a pool was late then, in
 * microseconds: {@link GivenTime} would itself need the carrier that is held.
 */
final class InterferenceProgram {

  private static final Duration ASKED = Duration.ofMillis(100);
  private static final int ROUNDS = 3; // the first loads classes

  private final boolean held;
  private final ThreadKind threads;
  private final List<Thread> spins;
  private final ScheduledExecutorService control =
      Executors.newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().factory());

  private InterferenceProgram(boolean held, ThreadKind threads, List<Thread> spins) {
    this.held = held;
    this.threads = threads;
    this.spins = spins;
  }

  /** Something that neither ends nor gives up its thread, before it is released. */
  private static final class Hold implements AutoCloseable {

    private final CountDownLatch begun = new CountDownLatch(1);
    private volatile boolean released;

    int spin() {
      begun.countDown();
      while (!released) {
        Thread.onSpinWait();
      }
      return 0;
    }

    void awaitBegin() throws InterruptedException {
      begun.await();
    }

    void release() {
      released = true;
    }

    @Override
    public void close() {
      release();
    }
  }

  private interface Promise {
    /** Returns when it began and when it ended, in nanoseconds. */
    long[] ask() throws Exception;
  }

  private void measure(String name, boolean looksAtWhatHangs, Promise promise) throws Exception {
    long before = System.nanoTime();
    CompletableFuture<Long> given = new CompletableFuture<>();
    control.schedule(
        () -> {
          if (looksAtWhatHangs) {
            spins.forEach(Thread::getStackTrace); // as the pool does
          }
          return given.complete(System.nanoTime() - before - ASKED.toNanos());
        },
        ASKED.toNanos(),
        TimeUnit.NANOSECONDS);
    long[] times = promise.ask();
    System.out.printf(
        "%s %d %d %d%n",
        name, ASKED.toNanos() / 1_000, (times[1] - times[0]) / 1_000, given.get() / 1_000);
  }

  /** From now on. */
  private static long[] timed(Callable<?> call) throws Exception {
    long began = System.nanoTime();
    call.call();
    return new long[] {began, System.nanoTime()};
  }

  private WorkerPool.Builder<Callable<?>, Object> builder() {
    return WorkerPool.tasks().workers(1).threads(threads);
  }

  private static void require(boolean holds, String what) {
    if (!holds) {
      throw new AssertionError(what);
    }
  }

  private long[] jobTimeout() throws Exception {
    try (var pool = builder().jobTimeout(ASKED).open();
        Hold hold = new Hold()) {
      long began = System.nanoTime(); // before it starts, which its worker need not notice at once
      AtomicLong ended = new AtomicLong();
      CompletableFuture<Object> told =
          pool.submit(hold::spin).whenComplete((_, _) -> ended.set(System.nanoTime()));
      Throwable cause = told.handle((_, thrown) -> thrown).get();
      require(String.valueOf(cause).contains("TimeoutException"), "told " + cause);
      hold.release();
      return new long[] {began, ended.get()};
    }
  }

  private long[] orTimeout() throws Exception {
    try (var pool = builder().open();
        Hold hold = new Hold()) {
      CompletableFuture<Object> future = pool.submit(hold::spin);
      hold.awaitBegin();
      long began = System.nanoTime();
      AtomicLong ended = new AtomicLong();
      CompletableFuture<Object> told =
          future
              .orTimeout(ASKED.toMillis(), TimeUnit.MILLISECONDS)
              .whenComplete((_, _) -> ended.set(System.nanoTime()));
      require(told.handle((_, thrown) -> thrown != null).get(), "it ended");
      hold.release();
      return new long[] {began, ended.get()};
    }
  }

  private long[] shutdown() throws Exception {
    try (Hold hold = new Hold()) {
      var pool = builder().cancelGrace(Duration.ZERO).open();
      CompletableFuture<Object> future = pool.submit(hold::spin);
      hold.awaitBegin();
      long[] times =
          timed(() -> {
            CloseReport report = pool.shutdown(ASKED);
            require(report.abandoned().size() == 1, report.toString());
            return report;
          });
      require(future.isDone(), "a future is not done after the close");
      return times;
    }
  }

  private long[] openTimeout() throws Exception {
    try (Hold hold = new Hold()) {
      if (held && threads == ThreadKind.VIRTUAL) {
        Thread.ofVirtual().start(hold::spin); // so no opening even begins
        hold.awaitBegin();
      }
      var builder =
          WorkerPool.of(
                  WorkerFactory.of(
                      "hangs",
                      String.class,
                      Integer.class,
                      _ -> {
                        hold.spin();
                        return _ -> 0;
                      }))
              .workers(1)
              .threads(threads)
              .cancelGrace(Duration.ZERO)
              .openTimeout(ASKED);
      return timed(() -> {
        try (var pool = builder.open()) {
          throw new AssertionError("opened " + pool);
        } catch (OpenFailedException e) {
          return e;
        }
      });
    }
  }

  private long[] trySubmit() throws Exception {
    try (var pool = builder().queueCapacity(1).open();
        Hold hold = new Hold()) {
      CompletableFuture<Object> running = pool.submit(hold::spin);
      hold.awaitBegin();
      CompletableFuture<Object> waiting = pool.submit(() -> 1);
      long[] times =
          timed(() -> {
            require(pool.trySubmit(() -> 2, ASKED).isEmpty(), "there was room");
            return null;
          });
      hold.release();
      require(running.get().equals(0) && waiting.get().equals(1), "other results");
      return times;
    }
  }

  private long[] get() throws Exception {
    try (var pool = builder().open();
        Hold hold = new Hold()) {
      CompletableFuture<Object> future = pool.submit(hold::spin);
      return timed(() -> {
        try {
          return future.get(ASKED.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
          hold.release();
          return e;
        }
      });
    }
  }

  private long[] awaitIdle() throws Exception {
    try (var pool = builder().open();
        Hold hold = new Hold()) {
      CompletableFuture<Object> future = pool.submit(hold::spin);
      long[] times =
          timed(() -> {
            require(!pool.awaitIdle(ASKED), "it was idle");
            return null;
          });
      hold.release();
      future.get();
      return times;
    }
  }

  private long[] awaitTermination() throws Exception {
    try (Hold hold = new Hold()) {
      ExecutorService executor = WorkerPool.asExecutorService(builder().open());
      CompletableFuture<Integer> future = CompletableFuture.supplyAsync(hold::spin, executor);
      executor.shutdown();
      long[] times =
          timed(() -> {
            require(!executor.awaitTermination(ASKED.toNanos(), TimeUnit.NANOSECONDS), "it ended");
            return null;
          });
      hold.release();
      future.get();
      require(executor.awaitTermination(20, TimeUnit.SECONDS), "it does not end");
      return times;
    }
  }

  private long[] retryDelay() throws Exception {
    AtomicLong first = new AtomicLong();
    try (var pool = builder().maxRetries(1).open()) {
      long second =
          (Long)
              pool.submit(
                      () -> {
                        if (first.compareAndSet(0, System.nanoTime())) {
                          throw new RetryLaterException(ASKED);
                        }
                        return System.nanoTime();
                      })
                  .get();
      return new long[] {first.get(), second};
    }
  }

  private void askAll() throws Exception {
    measure("jobTimeout", false, this::jobTimeout);
    measure("orTimeout", false, this::orTimeout);
    measure("shutdown", true, this::shutdown);
    measure("openTimeout", true, this::openTimeout);
    measure("trySubmit", false, this::trySubmit);
    measure("get", false, this::get);
    measure("awaitIdle", false, this::awaitIdle);
    measure("awaitTermination", false, this::awaitTermination);
    measure("retryDelay", false, this::retryDelay);
  }

  /** "busy" or "held", and the kind of the workers' threads. */
  public static void main(String[] args) {
    try {
      run(args);
      System.out.println("done");
    } catch (Throwable e) {
      System.out.println(ChaosStacks.of(e));
      System.exit(1); // something may still spin
    }
  }

  private static void run(String[] args) throws Exception {
    boolean held = args[0].equals("held");
    ThreadKind threads = ThreadKind.valueOf(args[1]);
    List<Thread> spins = new ArrayList<>();
    try (Hold hold = new Hold()) {
      if (!held) {
        for (int i = 2 * Runtime.getRuntime().availableProcessors(); i > 0; i--) {
          spins.add(Thread.ofPlatform().daemon().start(hold::spin));
        }
      } else if (threads == ThreadKind.PLATFORM) {
        Thread.ofVirtual().start(hold::spin); // all the time; virtual workers do it by themselves
        hold.awaitBegin();
      }
      InterferenceProgram program = new InterferenceProgram(held, threads, spins);
      for (int i = 0; i < ROUNDS; i++) {
        program.askAll();
      }
    }
  }
}
