package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Workers that are replaced while their pool goes on. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class ReplaceWorkersTest {

  private static final Option<String> PASSWORD = Option.string("password", "of the server");

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  /** What a worker does beside its jobs. */
  private record Version(String name, Opening opening, Opening ping) {

    interface Opening {
      void run(WorkerContext context) throws Exception;
    }

    static Version of(String name) {
      return new Version(name, _ -> {}, _ -> {});
    }

    Version opening(Opening how) {
      return new Version(name, how, ping);
    }

    Version ping(Opening how) {
      return new Version(name, opening, how);
    }
  }

  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger finished = new AtomicInteger();
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger mostOpen = new AtomicInteger();
  private final Map<Integer, AtomicInteger> openInSlot = new ConcurrentHashMap<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final Queue<PoolState> states = new ConcurrentLinkedQueue<>();
  private final Queue<ReplaceReason> reasons = new ConcurrentLinkedQueue<>();

  private final class Versioned implements Worker<String, String> {

    private final Version version;
    private final WorkerContext context;
    private final String password;

    Versioned(Version version, WorkerContext context) throws Exception {
      this.version = version;
      this.context = context;
      this.password = context.get(PASSWORD);
      version.opening.run(context);
      opened.incrementAndGet();
      mostOpen.accumulateAndGet(open.incrementAndGet(), Math::max);
      int inSlot =
          openInSlot.computeIfAbsent(context.index(), _ -> new AtomicInteger()).incrementAndGet();
      assertEquals(1, inSlot, "the old one closes before the new one opens");
    }

    @Override
    public String run(String job) throws Exception {
      if (job.equals("hold")) {
        release.await();
      }
      if (job.equals("break")) {
        throw new WorkerBrokenException("as asked");
      }
      return version.name + "/" + password;
    }

    @Override
    public void ping() throws Exception {
      version.ping.run(context);
    }

    @Override
    public void finish() {
      finished.incrementAndGet();
    }

    @Override
    public void close() {
      openInSlot.get(context.index()).decrementAndGet();
      open.decrementAndGet();
      closed.incrementAndGet();
    }
  }

  @AfterEach
  void everyWorkerIsClosed() {
    release.countDown();
    Await.until("closed", () -> closed.get() == opened.get());
    assertTrue(mostOpen.get() <= workers, () -> mostOpen + " were open");
  }

  private WorkerFactory<String, String> factory(Version version) {
    return WorkerFactory.of(
        "versioned",
        String.class,
        String.class,
        List.of(PASSWORD),
        context -> new Versioned(version, context));
  }

  private WorkerPool.Builder<String, String> builder() {
    return builder(Version.of("old"));
  }

  private WorkerPool.Builder<String, String> builder(Version version) {
    return WorkerPool.of(factory(version))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .option("password", "secret")
        .closeTimeout(Duration.ofSeconds(20))
        .listener(
            new PoolListener() {
              @Override
              public void stateChanged(PoolState state, Instant at) {
                states.add(state);
              }

              @Override
              public void workerReplaced(String worker, Instant at, ReplaceReason why) {
                reasons.add(why);
              }
            });
  }

  private List<String> askAll(WorkerPool<String, String> pool) {
    return pool.map(IntStream.range(0, 4 * workers).mapToObj(i -> "job" + i).toList()).stream()
        .distinct()
        .toList();
  }

  private static FutureTask<ReplaceReport> start(Callable<ReplaceReport> replacing) {
    FutureTask<ReplaceReport> task = new FutureTask<>(replacing);
    Thread.ofPlatform().name("replaces").start(task);
    return task;
  }

  @Test
  void everyWorkerIsReplacedByOneOfTheNewFactory() {
    try (var pool = builder().open()) {
      assertEquals(List.of("old/secret"), askAll(pool));
      ReplaceReport report = pool.replaceWorkers(factory(Version.of("new")));
      assertEquals(new ReplaceReport(workers, 0, Optional.empty()), report);
      assertTrue(report.isComplete());
      assertEquals(List.of("new/secret"), askAll(pool));
      ReplaceReport again = pool.replaceWorkers();
      assertTrue(again.isComplete());
      assertEquals(List.of("new/secret"), askAll(pool));
    }
    assertEquals(3 * workers, opened.get());
    assertEquals(3 * workers, finished.get());
    assertEquals(2 * workers, reasons.stream().filter(ReplaceReason.RENEWED::equals).count());
    assertFalse(states.contains(PoolState.DEGRADED), states::toString);
  }

  @Test
  void theOptionsMayBeOthersAndAreCheckedBeforeAnythingIsTouched() {
    try (var pool = builder().open()) {
      WorkerFactory<String, String> next = factory(Version.of("new"));
      assertThrows(
          IllegalArgumentException.class, () -> pool.replaceWorkers(next, Map.of("pasword", "x")));
      assertEquals(workers, opened.get());
      assertTrue(pool.replaceWorkers(next, Map.of("password", "other")).isComplete());
      assertEquals(List.of("new/other"), askAll(pool));
      assertTrue(pool.replaceWorkers().isComplete());
      assertEquals(List.of("new/other"), askAll(pool));
    }
  }

  @Test
  void aRotatedPasswordIsReadAtEachOpening() {
    AtomicReference<String> password = new AtomicReference<>("first");
    try (var pool = builder().optionFrom(PASSWORD, password::get).open()) {
      assertEquals(List.of("old/first"), askAll(pool));
      password.set("second");
      assertTrue(pool.replaceWorkers().isComplete());
      assertEquals(List.of("old/second"), askAll(pool));
    }
  }

  @Test
  void aWrongPasswordChangesNothingThoughItIsReadAtEachOpening() {
    AtomicReference<String> password = new AtomicReference<>("right");
    Version logsIn =
        Version.of("old")
            .opening(context -> {
              if (!context.get(PASSWORD).equals("right")) {
                throw new IOException("wrong password");
              }
            });
    try (var pool = builder(logsIn).optionFrom(PASSWORD, password::get).open()) {
      password.set("wrong");
      ReplaceReport report = pool.replaceWorkers();
      assertInstanceOf(IOException.class, report.cause().orElseThrow());
      Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals(List.of("old/right"), askAll(pool));
      assertEquals(workers + 1, opened.get());
    }
  }

  @Test
  void aCanaryThatCannotBeOpenedLeavesThePoolAsItWas() {
    IOException thrown = new IOException("of the new version");
    AtomicInteger tries = new AtomicInteger();
    Version bad =
        Version.of("bad")
            .opening(_ -> {
              tries.incrementAndGet();
              throw thrown;
            });
    try (var pool = builder().open()) {
      ReplaceReport report = pool.replaceWorkers(factory(bad));
      assertEquals(0, report.replaced());
      assertEquals(workers, report.left());
      assertSame(thrown, report.cause().orElseThrow());
      assertFalse(report.isComplete());
      assertEquals(1, tries.get());
      assertEquals(List.of("old/secret"), askAll(pool));
      Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals(workers + 1, opened.get(), "no other slot was touched");
      assertTrue(pool.replaceWorkers().isComplete());
      assertEquals(List.of("old/secret"), askAll(pool));
    }
  }

  @Test
  void aCanaryThatDoesNotAnswerItsPingLeavesThePoolAsItWas() {
    IOException thrown = new IOException("of the ping");
    Version bad =
        Version.of("bad")
            .ping(_ -> {
              throw thrown;
            });
    try (var pool = builder().open()) {
      ReplaceReport report = pool.replaceWorkers(factory(bad));
      assertSame(thrown, report.cause().orElseThrow());
      assertEquals(0, report.replaced());
      assertEquals(List.of("old/secret"), askAll(pool));
    }
  }

  @Test
  void aCanaryThatHangsLeavesThePoolAsItWas() {
    Version hangs = Version.of("hangs").opening(_ -> new CountDownLatch(1).await());
    try (var pool = builder().openTimeout(Duration.ofMillis(500)).open()) {
      ReplaceReport report = pool.replaceWorkers(factory(hangs));
      assertInstanceOf(TimeoutException.class, report.cause().orElseThrow());
      assertEquals(0, report.replaced());
      Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals(List.of("old/secret"), askAll(pool));
    }
  }

  @Test
  void oneThatTakesTheSlotOfACanaryThatHangsForGoodHasTheOptionsOfBefore() {
    AtomicReference<String> password = new AtomicReference<>("right");
    Version logsIn =
        Version.of("old")
            .opening(context -> {
              if (!context.get(PASSWORD).equals("right")) {
                PoolBrokenTest.awaitUninterruptibly(release);
                throw new IOException("late");
              }
            });
    WorkerPool<String, String> pool =
        builder(logsIn)
            .optionFrom(PASSWORD, password::get)
            .openTimeout(Duration.ofSeconds(1))
            .cancelGrace(Duration.ofMillis(50))
            .open();
    password.set("wrong");
    ReplaceReport report = pool.replaceWorkers();
    assertInstanceOf(TimeoutException.class, report.cause().orElseThrow());
    Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
    assertEquals(List.of("old/right"), askAll(pool));
    release.countDown();
    assertEquals(1, pool.shutdown(Duration.ofSeconds(20)).abandoned().size());
  }

  /** Its worker may just have seen that it is to leave. */
  @Test
  void aRollThatIsGivenUpAtAnyMomentLosesNoWorker() throws Exception {
    try (var pool = builder().open()) {
      for (int i = 0; i < 200; i++) {
        FutureTask<ReplaceReport> replacing = new FutureTask<>(pool::replaceWorkers);
        Thread replacer = Thread.ofPlatform().start(replacing);
        long until = System.nanoTime() + ThreadLocalRandom.current().nextInt(200_000);
        while (System.nanoTime() < until) {
          Thread.onSpinWait();
        }
        replacer.interrupt();
        int replaced = replacing.get(20, SECONDS).replaced();
        assertTrue(replaced <= workers);
        for (int job = 0; job < 4 * workers; job++) {
          assertEquals("old/secret", pool.submit(job, "job").get(20, SECONDS));
        }
      }
    }
  }

  @Test
  void aLaterFailureStopsTheRollAndThatSlotGoesOnTryingWithTheNewSettings() {
    AtomicInteger failures = new AtomicInteger(1);
    Version second =
        Version.of("new")
            .opening(context -> {
              if (context.index() == 1 && failures.getAndDecrement() > 0) {
                throw new IOException("once");
              }
            });
    try (var pool = builder().open()) {
      ReplaceReport report = pool.replaceWorkers(factory(second));
      if (workers == 1) {
        assertTrue(report.isComplete());
        return;
      }
      assertInstanceOf(IOException.class, report.cause().orElseThrow());
      assertEquals(1, report.replaced());
      assertEquals(workers - 1, report.left());
      Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals(workers + 2, opened.get());
      assertTrue(pool.replaceWorkers().isComplete());
      assertEquals(List.of("new/secret"), askAll(pool));
    }
  }

  @Test
  void busyWorkersAreWaitedForAndAnInterruptReturnsWhatWasDone() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    List<CompletableFuture<String>> held =
        IntStream.range(0, workers).mapToObj(_ -> pool.submit("hold")).toList();
    Await.until("running", () -> pool.stats().running() == workers);
    AtomicReference<Thread> replacing = new AtomicReference<>();
    FutureTask<ReplaceReport> interrupted =
        start(() -> {
          replacing.set(Thread.currentThread());
          ReplaceReport report = pool.replaceWorkers(factory(Version.of("never")));
          assertTrue(Thread.interrupted(), "the flag is kept");
          return report;
        });
    Await.until("waits", () -> replacing.get() != null && Await.isWaiting(replacing.get()));
    FutureTask<ReplaceReport> queued = start(() -> pool.replaceWorkers(factory(Version.of("new"))));
    replacing.get().interrupt();
    ReplaceReport report = interrupted.get(20, SECONDS);
    assertInstanceOf(InterruptedException.class, report.cause().orElseThrow());
    assertEquals(workers, report.left());
    assertFalse(queued.isDone());
    release.countDown();
    assertTrue(queued.get(20, SECONDS).isComplete());
    for (CompletableFuture<String> future : held) {
      assertEquals("old/secret", future.get(20, SECONDS));
    }
    assertEquals(List.of("new/secret"), askAll(pool));
    pool.close();
  }

  @Test
  void aCallThatHasWaitedRenewsWhatTheOneBeforeHasLeft() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    List<CompletableFuture<String>> held =
        IntStream.range(0, workers).mapToObj(_ -> pool.submit("hold")).toList();
    Await.until("running", () -> pool.stats().running() == workers);
    FutureTask<ReplaceReport> upgrade =
        start(() -> pool.replaceWorkers(factory(Version.of("new"))));
    awaitReplacers(1);
    FutureTask<ReplaceReport> rotation = start(pool::replaceWorkers);
    awaitReplacers(2);
    release.countDown();
    assertTrue(upgrade.get(20, SECONDS).isComplete());
    assertTrue(rotation.get(20, SECONDS).isComplete());
    assertEquals(List.of("new/secret"), askAll(pool));
    assertEquals("old/secret", held.getFirst().join());
    pool.close();
  }

  /** Until so many threads wait in replaceWorkers. */
  private static void awaitReplacers(int count) {
    Await.until(
        "replacers wait",
        () ->
            Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().equals("replaces"))
                    .filter(Await::isWaiting)
                    .count()
                == count);
  }

  @Test
  void aCloseEndsIt() throws Exception {
    WorkerPool<String, String> pool = builder().open();
    List<CompletableFuture<String>> held =
        IntStream.range(0, workers).mapToObj(_ -> pool.submit("hold")).toList();
    Await.until("running", () -> pool.stats().running() == workers);
    FutureTask<ReplaceReport> replacing =
        start(() -> pool.replaceWorkers(factory(Version.of("new"))));
    FutureTask<ReplaceReport> queued = start(pool::replaceWorkers);
    awaitReplacers(2);
    pool.beginShutdown();
    for (FutureTask<ReplaceReport> each : List.of(replacing, queued)) {
      ReplaceReport report = each.get(20, SECONDS);
      assertInstanceOf(PoolClosedException.class, report.cause().orElseThrow());
      assertEquals(0, report.replaced());
    }
    release.countDown();
    pool.close();
    assertEquals("old/secret", held.getFirst().join());
    assertThrows(PoolClosedException.class, pool::replaceWorkers);
  }

  @Test
  void onAWorkerItIsRefused() throws Exception {
    AtomicReference<WorkerPool<String, String>> self = new AtomicReference<>();
    WorkerFactory<String, String> asks =
        WorkerFactory.of(
            "asks",
            String.class,
            String.class,
            _ ->
                _ ->
                    assertThrows(IllegalStateException.class, () -> self.get().replaceWorkers())
                        .getMessage());
    try (var pool = WorkerPool.of(asks).workers(workers).threads(threads).open()) {
      self.set(pool);
      assertEquals(
          "the workers of pool 'asks' cannot be replaced by one of them, which would wait for itself",
          pool.submit("job").get(20, SECONDS));
    }
  }

  @Test
  void aSlotInBackOffOpensAtOnceWithTheNewSettings() throws Exception {
    AtomicInteger openings = new AtomicInteger();
    Version fails =
        Version.of("fails")
            .opening(_ -> {
              if (openings.incrementAndGet() > workers) {
                throw new IOException("no more");
              }
            });
    try (var pool = builder(fails).openTimeout(Duration.ofSeconds(20)).open()) {
      assertThrows(ExecutionException.class, () -> pool.submit("break").get(20, SECONDS));
      Await.until("in back-off", () -> openings.get() >= workers + 5); // the next is not near
      assertTrue(pool.replaceWorkers(factory(Version.of("new"))).isComplete());
      assertEquals(List.of("new/secret"), askAll(pool));
      assertEquals(PoolState.OPEN, pool.stats().state());
    }
  }

  @Test
  void anOpeningThatHadBegunWithTheOldSettingsDoesNotCount() throws Exception {
    AtomicInteger openings = new AtomicInteger();
    CountDownLatch begun = new CountDownLatch(1);
    Version slow =
        Version.of("slow")
            .opening(_ -> {
              if (openings.incrementAndGet() == workers + 1) {
                begun.countDown();
                release.await();
              }
            });
    try (var pool = builder(slow).open()) {
      assertThrows(ExecutionException.class, () -> pool.submit("break").get(20, SECONDS));
      assertTrue(begun.await(20, SECONDS));
      FutureTask<ReplaceReport> replacing =
          start(() -> pool.replaceWorkers(factory(Version.of("new"))));
      awaitReplacers(1);
      release.countDown();
      assertTrue(replacing.get(20, SECONDS).isComplete());
      assertEquals(List.of("new/secret"), askAll(pool));
    }
  }
}
