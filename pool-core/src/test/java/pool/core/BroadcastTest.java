package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** A job that is done once in each slot. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class BroadcastTest {

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  private final Map<Integer, List<String>> ran = new ConcurrentHashMap<>(); // by slot
  private final AtomicBoolean cannotOpen = new AtomicBoolean();
  private final AtomicBoolean isPutOff = new AtomicBoolean();
  private volatile Duration delay = Duration.ofSeconds(2);
  private final AtomicReference<WorkerPool<String, Integer>> self = new AtomicReference<>();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch lingering = new CountDownLatch(1);
  private final AtomicInteger returned = new AtomicInteger();
  private volatile Thread broadcaster = Thread.currentThread();

  @AfterEach
  void letGo() {
    release.countDown();
  }

  private Integer run(WorkerContext context, String job) throws Exception {
    ran.computeIfAbsent(context.index(), _ -> Collections.synchronizedList(new ArrayList<>()))
        .add(job);
    switch (job) {
      case "hold" -> release.await();
      case "break" -> throw new WorkerBrokenException("as asked");
      case "later in slot 0" -> {
        if (context.index() == 0 && isPutOff.compareAndSet(false, true)) {
          throw new RetryLaterException(delay);
        }
      }
      case "fail" -> throw new IOException("in slot " + context.index());
      case "broadcasts" ->
          assertThrows(IllegalStateException.class, () -> self.get().broadcast("nested"));
      case "linger" -> linger();
      default -> {}
    }
    return context.index();
  }

  /** Returns from its interrupt only when it is waited for. */
  private void linger() {
    lingering.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Await.until("it is waited for", () -> broadcaster.getState() == Thread.State.TIMED_WAITING);
      returned.incrementAndGet();
    }
  }

  private WorkerPool.Builder<String, Integer> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "broadcast",
                String.class,
                Integer.class,
                context -> {
                  if (cannotOpen.get()) {
                    throw new IOException("down");
                  }
                  return job -> run(context, job);
                }))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .cancelGrace(Duration.ofMillis(100))
        .closeTimeout(Duration.ofSeconds(20));
  }

  private List<Integer> slots() {
    return IntStream.range(0, workers).boxed().toList();
  }

  private static List<Integer> results(List<Outcome<String, Integer>> outcomes) {
    return outcomes.stream().map(Outcome::orElseThrow).toList();
  }

  private static FutureTask<List<Outcome<String, Integer>>> start(
      WorkerPool<String, Integer> pool, String job) {
    FutureTask<List<Outcome<String, Integer>>> task = new FutureTask<>(() -> pool.broadcast(job));
    Thread.ofPlatform().start(task);
    return task;
  }

  private void hold(WorkerPool<String, Integer> pool) {
    for (int i = 1; i <= workers; i++) {
      var _ = pool.submit("hold");
      int held = i;
      Await.until("held", () -> pool.stats().running() == held);
    }
  }

  @Test
  void eachSlotDoesItOnceAndTheOutcomesAreInTheirOrder() {
    try (var pool = builder().open()) {
      assertEquals(slots(), results(pool.broadcast("all")));
      assertEquals(workers, pool.stats().succeeded());
      assertEquals(workers, pool.stats().submitted());
      List<Outcome<String, Integer>> failed = pool.broadcast("fail");
      for (int slot : slots()) {
        Outcome.Failed<?, ?> outcome = assertInstanceOf(Outcome.Failed.class, failed.get(slot));
        assertEquals("in slot " + slot, outcome.cause().getMessage());
      }
      assertEquals(slots(), results(pool.broadcast("again")));
    }
    slots().forEach(slot -> assertEquals(List.of("all", "fail", "again"), ran.get(slot)));
  }

  @Test
  void itComesBeforeAllThatWaitsAndTakesNoRoom() throws Exception {
    int capacity = 2;
    try (var pool = builder().queueCapacity(capacity).whenFull(WhenFull.REJECT).open()) {
      hold(pool);
      var waits = pool.submit("waits");
      var first = start(pool, "first");
      Await.until("added", () -> pool.stats().queued() == 1 + workers);
      var second = start(pool, "second");
      Await.until("added", () -> pool.stats().queued() == 1 + 2 * workers);
      var keyed = pool.submit("key", "keyed");
      assertTrue(pool.trySubmit("no room").isEmpty());
      release.countDown();
      assertEquals(slots(), results(first.get(20, SECONDS)));
      assertEquals(slots(), results(second.get(20, SECONDS)));
      Integer _ = waits.get(20, SECONDS);
      Integer _ = keyed.get(20, SECONDS);
    }
    for (int slot : slots()) {
      assertEquals(List.of("hold", "first", "second"), ran.get(slot).subList(0, 3));
    }
  }

  @Test
  void twoThatRaceMeetAllSlotsInOneOrder() throws Exception {
    try (var pool = builder().maxJobsPerWorker(7).open()) {
      List<Thread> broadcasters = new ArrayList<>();
      AtomicInteger jobs = new AtomicInteger();
      AtomicBoolean isOver = new AtomicBoolean();
      Thread load =
          Thread.ofVirtual()
              .start(() -> {
                while (!isOver.get()) {
                  pool.submit("load").join();
                }
              });
      for (int i = 0; i < 3; i++) {
        broadcasters.add(
            Thread.ofPlatform()
                .start(() -> {
                  for (int n = 0; n < 20; n++) {
                    var _ = pool.broadcast("b" + jobs.incrementAndGet());
                  }
                }));
      }
      for (Thread broadcaster : broadcasters) {
        assertTrue(broadcaster.join(Duration.ofSeconds(20)));
      }
      isOver.set(true);
      assertTrue(load.join(Duration.ofSeconds(20)));
    }
    List<List<String>> orders =
        ran.values().stream()
            .map(jobs -> jobs.stream().filter(job -> job.startsWith("b")).toList())
            .toList();
    for (List<String> one : orders) { // a slot that is just recycled has left some out
      for (List<String> other : orders) {
        List<String> common = one.stream().filter(other::contains).toList();
        assertEquals(common, other.stream().filter(one::contains).toList());
      }
    }
  }

  @Test
  void aSlotWithoutAWorkerHasNotStartedIt() {
    try (var pool = builder().openTimeout(Duration.ofMinutes(1)).open()) {
      cannotOpen.set(true);
      assertThrows(Exception.class, () -> pool.submit("break").get(20, SECONDS));
      Await.until(
          "out of work",
          () ->
              pool.stats().workers().stream()
                      .filter(worker -> worker.state() == WorkerState.OPENING)
                      .count()
                  == 1);
      List<Outcome<String, Integer>> outcomes = pool.broadcast("all");
      assertEquals(workers, outcomes.size());
      assertEquals(workers - 1, outcomes.stream().filter(Outcome::isSucceeded).count());
      assertEquals(1, outcomes.stream().filter(o -> o instanceof Outcome.NotStarted).count());
      cannotOpen.set(false);
      Await.until("open", () -> pool.stats().state() == PoolState.OPEN);
      assertEquals(slots(), results(pool.broadcast("all")));
    }
  }

  @Test
  void whoeverServesTheSlotNextDoesIt() throws Exception {
    try (var pool = builder().open()) {
      hold(pool);
      var broadcast = start(pool, "all");
      Await.until("added", () -> pool.stats().queued() == workers);
      FutureTask<ReplaceReport> replacing = new FutureTask<>(pool::replaceWorkers);
      Thread.ofPlatform().start(replacing);
      release.countDown();
      assertEquals(slots(), results(broadcast.get(20, SECONDS)));
      assertTrue(replacing.get(20, SECONDS).isComplete());
    }
  }

  @Test
  void aCloseDoesItAndPastItsDeadlineItIsNotStarted() throws Exception {
    var pool = builder().cancelGrace(Duration.ofSeconds(20)).open();
    hold(pool);
    var broadcast = start(pool, "all");
    Await.until("added", () -> pool.stats().queued() == workers);
    CloseReport report = pool.shutdown(Duration.ofMillis(1));
    assertEquals(workers, report.notStarted());
    assertTrue(broadcast.get(20, SECONDS).stream().allMatch(o -> o instanceof Outcome.NotStarted));
    assertThrows(PoolClosedException.class, () -> pool.broadcast("late"));
    WorkerPool<String, Integer> other = builder().open();
    var drained = CompletableFuture.supplyAsync(() -> other.broadcast("all"));
    Await.until("begun", () -> other.stats().submitted() == workers);
    other.close();
    assertEquals(slots(), results(drained.get(20, SECONDS)));
  }

  @Test
  void onAWorkerItIsRefusedAndAnInterruptCancelsIt() throws Exception {
    try (var pool = builder().open()) {
      self.set(pool);
      Integer _ = pool.submit("broadcasts").get(20, SECONDS);
      hold(pool);
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread broadcaster =
          Thread.ofPlatform()
              .start(() -> {
                try {
                  var _ = pool.broadcast("all");
                } catch (PoolInterruptedException e) {
                  thrown.set(e);
                }
              });
      Await.until("added", () -> pool.stats().queued() == workers);
      broadcaster.interrupt();
      assertTrue(broadcaster.join(Duration.ofSeconds(20)));
      assertInstanceOf(PoolInterruptedException.class, thrown.get());
      assertEquals(workers, pool.stats().cancelled());
      release.countDown();
    }
  }

  @Test
  void oneThatIsInterruptedReturnsWhenItsRunsHave() throws Exception {
    AtomicInteger atItsEnd = new AtomicInteger();
    try (var pool = builder().workers(1).cancelGrace(Duration.ofSeconds(20)).open()) {
      broadcaster =
          Thread.ofPlatform()
              .start(() -> {
                assertThrows(PoolInterruptedException.class, () -> pool.broadcast("linger"));
                atItsEnd.set(returned.get());
              });
      assertTrue(lingering.await(20, SECONDS));
      broadcaster.interrupt();
      assertTrue(broadcaster.join(Duration.ofSeconds(20)));
      assertEquals(1, atItsEnd.get());
    }
  }

  /** Also when it is added after a worker has found its first job, and before it takes more. */
  @Test
  void noBatchOfKeyedJobsHasABroadcastInIt() throws Exception {
    AtomicInteger together = new AtomicInteger();
    WorkerFactory<String, Integer> factory =
        WorkerFactory.of(
            "broadcast",
            String.class,
            Integer.class,
            _ ->
                BatchWorker.of((jobs, results) -> {
                  if (jobs.size() > 1 && jobs.contains("all")) {
                    together.incrementAndGet();
                  }
                  for (int i = 0; i < jobs.size(); i++) {
                    results.succeeded(i, 0);
                  }
                }));
    AtomicBoolean done = new AtomicBoolean();
    try (var pool =
        WorkerPool.of(factory)
            .workers(workers)
            .threads(threads)
            .distribution(distribution)
            .open()) {
      FutureTask<Integer> submitter =
          new FutureTask<>(() -> {
            int submitted = 0;
            for (; !done.get(); submitted++) {
              CompletableFuture<Integer> _ = pool.submit(submitted % 64, "job");
            }
            return submitted;
          });
      Thread _ = Thread.ofPlatform().start(submitter);
      for (int i = 0; i < 300; i++) {
        pool.broadcast("all").forEach(outcome -> assertEquals(0, outcome.orElseThrow()));
      }
      done.set(true);
      assertTrue(submitter.get(20, SECONDS) > 0);
    }
    assertEquals(0, together.get());
  }

  @Test
  void oneThatASlotPutsOffComesThereBeforeTheNextAndTakesNoRoom() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      var first = start(pool, "later in slot 0");
      Await.until("it is put off", () -> pool.stats().retried() == 1);
      var second = start(pool, "next");
      Await.until("the others have done it", () -> pool.stats().queued() == 2);
      assertTrue(pool.trySubmit("job").isPresent());
      assertEquals(slots(), results(first.get(20, SECONDS)));
      assertEquals(slots(), results(second.get(20, SECONDS)));
    }
    ran.values().forEach(jobs -> jobs.remove("job"));
    for (int slot = 0; slot < workers; slot++) {
      List<String> inOrder = new ArrayList<>(List.of("later in slot 0", "next"));
      if (slot == 0) {
        inOrder.addFirst("later in slot 0");
      }
      assertEquals(inOrder, ran.get(slot));
    }
  }

  @Test
  void oneThatWaitsForATimeIsCancelledWithItsCallAndHoldsUpNoOther() throws Exception {
    delay = Duration.ofHours(1);
    try (var pool = builder().open()) {
      FutureTask<List<Outcome<String, Integer>>> first =
          new FutureTask<>(() -> pool.broadcast("later in slot 0"));
      Thread caller = Thread.ofPlatform().start(first);
      Await.until("it is put off", () -> pool.stats().retried() == 1);
      var second = start(pool, "next");
      Await.until("the others have done it", () -> pool.stats().queued() == 2);
      caller.interrupt();
      assertThrows(ExecutionException.class, () -> first.get(20, SECONDS));
      assertEquals(slots(), results(second.get(20, SECONDS)));
    }
  }

  @Test
  void aBatchWorkerDoesItAlone() throws Exception {
    List<List<String>> batches = Collections.synchronizedList(new ArrayList<>());
    WorkerFactory<String, Integer> factory =
        WorkerFactory.of(
            "broadcast",
            String.class,
            Integer.class,
            context ->
                BatchWorker.of((jobs, results) -> {
                  batches.add(List.copyOf(jobs));
                  for (int i = 0; i < jobs.size(); i++) {
                    results.succeeded(i, run(context, jobs.get(i)));
                  }
                }));
    try (var pool =
        WorkerPool.of(factory)
            .workers(workers)
            .threads(threads)
            .distribution(distribution)
            .open()) {
      for (int i = 1; i <= workers; i++) { // each in a run, lest it gather what comes next
        var _ = pool.submit("hold");
        int held = i;
        Await.until("held", () -> batches.size() == held);
      }
      var waits = List.of(pool.submit("a"), pool.submit("b"), pool.submit("c"));
      var broadcast = start(pool, "all");
      Await.until("added", () -> pool.stats().queued() == 3 + workers);
      release.countDown();
      assertEquals(slots(), results(broadcast.get(20, SECONDS)));
      for (CompletableFuture<Integer> one : waits) {
        Integer _ = one.get(20, SECONDS);
      }
    }
    assertEquals(workers, batches.stream().filter(List.of("all")::equals).count());
  }
}
