package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.MDC;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** What surrounds a submitter surrounds the run. */
@ParameterizedClass
@MethodSource("pool.core.Kinds#threadsDistributionsAndWorkers")
@Timeout(60)
class JobContextTest {

  private static final ScopedValue<String> TENANT = ScopedValue.newInstance();

  @Parameter(0)
  ThreadKind threads;

  @Parameter(1)
  Distribution distribution;

  @Parameter(2)
  int workers;

  private final AtomicInteger inside = new AtomicInteger();
  private final AtomicInteger entered = new AtomicInteger();
  private final Queue<String> wrong = new ConcurrentLinkedQueue<>();
  private final AtomicInteger runs = new AtomicInteger();

  private static String tenant() {
    return TENANT.isBound() ? TENANT.get() : "none";
  }

  /** Carries the tenant, and notes who enters and leaves. */
  private final JobContext tenants =
      () -> {
        String tenant = tenant();
        return body -> {
          inside.incrementAndGet();
          entered.incrementAndGet();
          try {
            ScopedValue.where(TENANT, tenant).run(body);
          } finally {
            inside.decrementAndGet();
          }
        };
      };

  @AfterEach
  void nothingIsLeft() {
    assertEquals(0, inside.get());
    assertEquals(List.of(), List.copyOf(wrong));
  }

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(
            WorkerFactory.of(
                "context",
                String.class,
                String.class,
                _ ->
                    job -> {
                      int run = runs.incrementAndGet();
                      if (job.equals("break") && run == 1) {
                        throw new WorkerBrokenException("once");
                      }
                      if (job.equals("later") && run == 1) {
                        throw new RetryLaterException(Duration.ZERO);
                      }
                      if (job.equals("fail")) {
                        throw new IOException(tenant());
                      }
                      return tenant();
                    }))
        .workers(workers)
        .threads(threads)
        .distribution(distribution)
        .maxAttempts(2)
        .context(tenants)
        .closeTimeout(Duration.ofSeconds(20));
  }

  @Test
  void everyWayToAPoolCarriesIt() throws Exception {
    try (var pool = builder().open()) {
      ScopedValue.where(TENANT, "a")
          .run(() -> {
            assertEquals("a", pool.submit("job").join());
            assertEquals("a", pool.submit("key", "job").join());
            assertEquals("a", pool.call("job"));
            assertEquals("a", pool.trySubmit("job").orElseThrow().join());
            assertEquals(List.of("a", "a", "a"), pool.map(List.of("1", "2", "3")));
            assertEquals(List.of("a", "a"), pool.stream(List.of("1", "2").stream()).toList());
            assertEquals(
                List.of("a", "a"), List.of("1", "2").stream().gather(pool.inOrder()).toList());
            pool.broadcast("job").forEach(outcome -> assertEquals("a", outcome.orElseThrow()));
          });
      assertEquals("none", pool.call("job"));
      assertEquals(12 + workers, entered.get());
    }
  }

  @Test
  void attemptsAndRetriesRunInWhatWasCaptured() throws Exception {
    try (var pool = builder().open()) {
      for (String job : List.of("break", "later")) {
        runs.set(0);
        CompletableFuture<String> future =
            ScopedValue.where(TENANT, job).call(() -> pool.submit(job));
        assertEquals(job, future.get(20, SECONDS));
        runs.set(0);
        assertEquals(
            List.of(job), ScopedValue.where(TENANT, job).call(() -> pool.map(List.of(job))));
      }
      CompletableFuture<String> failed =
          ScopedValue.where(TENANT, "b").call(() -> pool.submit("fail"));
      ExecutionException e = assertThrows(ExecutionException.class, failed::get);
      assertEquals("b", e.getCause().getMessage());
    }
  }

  @Test
  void whatIsChainedRunsInsideOnTheWorker() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<String> seen = new AtomicReference<>();
    WorkerFactory<String, String> waiting =
        WorkerFactory.of(
            "context",
            String.class,
            String.class,
            _ ->
                job -> {
                  release.await();
                  return job;
                });
    try (var pool =
        WorkerPool.of(waiting).workers(workers).threads(threads).context(tenants).open()) {
      CompletableFuture<Void> chained =
          ScopedValue.where(TENANT, "c")
              .call(() -> pool.submit("job"))
              .thenRun(() -> seen.set(tenant()));
      release.countDown();
      chained.get(20, SECONDS);
      assertEquals("c", seen.get());
    }
  }

  @Test
  void eachJobOfABatchIsToldWithinItsOwn() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    Queue<String> outside = new ConcurrentLinkedQueue<>();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "context",
            String.class,
            String.class,
            _ ->
                BatchWorker.of((jobs, results) -> {
                  outside.add(tenant());
                  if (jobs.contains("hold")) {
                    held.countDown();
                    release.await();
                  }
                  for (int i = 0; i < jobs.size(); i++) {
                    results.succeeded(i, jobs.get(i));
                  }
                }));
    try (var pool = WorkerPool.of(factory).workers(1).threads(threads).context(tenants).open()) {
      var _ = pool.submit("hold");
      assertTrue(held.await(20, SECONDS));
      List<CompletableFuture<String>> told =
          List.of("x", "y").stream()
              .map(name ->
                  ScopedValue.where(TENANT, name)
                      .call(() -> pool.submit(name).thenApply(_ -> tenant())))
              .toList();
      release.countDown();
      assertEquals("x", told.getFirst().get(20, SECONDS));
      assertEquals("y", told.getLast().get(20, SECONDS));
    }
    assertEquals(List.of("none"), outside.stream().distinct().toList());
  }

  @Test
  void severalNestTheFirstOutermost() throws Exception {
    Queue<String> order = new ConcurrentLinkedQueue<>();
    try (var pool =
        builder()
            .context(() ->
                body -> {
                  order.add("second in " + tenant());
                  body.run();
                })
            .open()) {
      assertEquals("a", ScopedValue.where(TENANT, "a").call(() -> pool.submit("job").join()));
    }
    assertEquals(List.of("second in a"), List.copyOf(order));
  }

  @Test
  void aContextThatDoesNotRunItsBodyOrThrowsFailsTheJobAlone() throws Exception {
    AtomicReference<JobContext.Scope> scope = new AtomicReference<>();
    try (var pool = builder().context(() -> body -> scope.get().run(body)).open()) {
      scope.set(_ -> {});
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> pool.submit("job").get(20, SECONDS));
      assertEquals("the context of the job did not run its body", e.getCause().getMessage());
      assertEquals(1, pool.mapAll(List.of("job")).stream().filter(o -> !o.isSucceeded()).count());
      scope.set(_ -> {
        throw new IllegalStateException("before");
      });
      e = assertThrows(ExecutionException.class, () -> pool.submit("job").get(20, SECONDS));
      assertEquals("before", e.getCause().getMessage());
      scope.set(body -> {
        body.run();
        throw new IllegalStateException("after");
      });
      assertEquals("none", pool.submit("job").get(20, SECONDS));
      scope.set(body -> {
        body.run();
        assertThrows(IllegalStateException.class, body::run);
      });
      assertEquals("none", pool.submit("job").get(20, SECONDS));
    }
  }

  /** It would run the first job again, and take what the second one is for what has ended. */
  @Test
  void aContextThatRunsTheBodyOfAnEarlierJobIsRefused() throws Exception {
    AtomicReference<Runnable> kept = new AtomicReference<>();
    JobContext keeps =
        () ->
            body -> {
              if (kept.compareAndSet(null, body)) {
                return;
              }
              assertThrows(IllegalStateException.class, kept.get()::run);
              body.run();
            };
    try (var pool = builder().workers(1).context(keeps).open()) {
      assertThrows(ExecutionException.class, () -> pool.submit("first").get(20, SECONDS));
      assertEquals("none", pool.submit("second").get(20, SECONDS));
    }
  }

  /** Nor may what is put around a run call it when it has returned. */
  @Test
  void aRunThatIsCalledAfterAroundHasReturnedIsRefused() throws Exception {
    AtomicReference<JobContext.Run> kept = new AtomicReference<>();
    AtomicReference<Exception> thrown = new AtomicReference<>();
    JobContext.Scope keeps =
        new JobContext.Scope() {
          @Override
          public void run(Runnable body) {
            body.run();
            try {
              kept.get().run();
            } catch (Exception e) {
              thrown.set(e);
            }
          }

          @Override
          public void around(JobContext.Run run) {
            kept.set(run);
          }
        };
    try (var pool = builder().context(() -> keeps).open()) {
      assertThrows(ExecutionException.class, () -> pool.submit("job").get(20, SECONDS));
    }
    assertInstanceOf(IllegalStateException.class, thrown.get());
  }

  /** A job that is offered again and again, since the queue is full, is submitted once. */
  @Test
  void aStreamCapturesOnceForEachJob() throws Exception {
    AtomicInteger captures = new AtomicInteger();
    JobContext counting =
        () -> {
          captures.incrementAndGet();
          return Runnable::run;
        };
    try (var pool = builder().context(counting).queueCapacity(1).open()) {
      List<String> jobs = IntStream.range(0, 300).mapToObj(Integer::toString).toList();
      assertEquals(300, pool.stream(jobs.stream()).count());
      assertEquals(300, captures.getAndSet(0));
      assertEquals(300, jobs.stream().gather(pool.asDone()).count());
    }
    assertEquals(300, captures.get());
  }

  @Test
  void theNextJobsThreadIsAsItWasWhateverAContextLeaves() throws Exception {
    AtomicReference<JobContext.Scope> scope = new AtomicReference<>(Runnable::run);
    AtomicReference<String> name = new AtomicReference<>();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "context",
            String.class,
            String.class,
            _ -> _ -> String.valueOf(Thread.currentThread().getName()));
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .threads(threads)
            .distribution(distribution)
            .context(() -> body -> scope.get().run(body))
            .open()) {
      name.set(pool.call("job"));
      JobContext.Scope leaves =
          body -> {
            body.run();
            Thread.currentThread().setName("left");
          };
      JobContext.Scope throwsFirst =
          _ -> {
            Thread.currentThread().setName("left");
            throw new IllegalStateException("first");
          };
      for (JobContext.Scope each : List.of(leaves, throwsFirst)) {
        List<Executable> calls =
            List.of(
                () -> pool.submit("job").get(20, SECONDS),
                () -> pool.submit("key", "job").get(20, SECONDS),
                () -> pool.mapAll(List.of("job")));
        for (Executable call : calls) {
          scope.set(each);
          try {
            call.execute();
          } catch (Throwable e) {
            // what the context throws
          }
          scope.set(Runnable::run);
          assertEquals(name.get(), pool.call("job"));
        }
      }
    }
  }

  /** A context that waits is a part of the run, whichever way the job came. */
  @Test
  void aTimeLimitHoldsForTheContextAsWell() throws Exception {
    JobContext slow =
        () ->
            body -> {
              try {
                SECONDS.sleep(60);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              body.run();
            };
    try (var pool = builder().context(slow).jobTimeout(Duration.ofMillis(100)).open()) {
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> pool.submit("job").get(20, SECONDS));
      assertInstanceOf(TimeoutException.class, e.getCause());
      assertFalse(pool.mapAll(List.of("job")).getFirst().isSucceeded());
    }
  }

  @Test
  void whatCaptureThrowsIsThrownByTheSubmitWhichAcceptsNothing() {
    IllegalStateException thrown = new IllegalStateException("by capture");
    try (var pool =
        builder()
            .context(() -> {
              throw thrown;
            })
            .open()) {
      assertEquals(thrown, assertThrows(IllegalStateException.class, () -> pool.submit("job")));
      assertEquals(
          thrown, assertThrows(IllegalStateException.class, () -> pool.map(List.of("job"))));
      assertEquals(0, pool.stats().submitted());
    }
  }

  @Test
  void theMdcOfTheSubmitterIsTheRunsAndNothingIsLeft() throws Exception {
    WorkerFactory<String, String> reading =
        WorkerFactory.of(
            "context",
            String.class,
            String.class,
            _ ->
                key -> {
                  String value = String.valueOf(MDC.get(key));
                  MDC.put("left", "by a job");
                  return value;
                });
    try (var pool =
        WorkerPool.of(reading).workers(1).threads(threads).context(JobContext.mdc()).open()) {
      MDC.put("request", "7");
      try {
        assertEquals("7", pool.submit("request").get(20, SECONDS));
        assertEquals("context-0", pool.submit("worker").get(20, SECONDS));
        assertEquals("null", pool.submit("left").get(20, SECONDS));
      } finally {
        MDC.remove("request");
      }
      assertEquals("null", pool.submit("request").get(20, SECONDS));
      assertNull(MDC.get("left"));
    }
  }

  @Test
  void tasksOfTheExecutorRunInIt() throws Exception {
    var pool = WorkerPool.tasks().workers(workers).threads(threads).context(tenants).open();
    try (var executor = WorkerPool.asExecutorService(pool)) {
      assertEquals(
          "t",
          ScopedValue.where(TENANT, "t")
              .call(() -> executor.submit(JobContextTest::tenant))
              .get(20, SECONDS));
    }
  }

  /** Notes what it sees of runs, and which job's it was. */
  private final class Watching implements JobContext {

    private final Queue<String> seen = new ConcurrentLinkedQueue<>();

    private record Captured(String tenant, Queue<String> seen) implements Scope {

      @Override
      public void run(Runnable body) {
        body.run();
      }

      @Override
      public void around(Run run) throws Exception {
        watch(tenant, run, seen);
      }
    }

    @Override
    public Scope capture() {
      return new Captured(tenant(), seen);
    }

    @Override
    public void aroundBatch(List<Scope> scopes, Run run) throws Exception {
      watch(
          String.join("+", scopes.stream().map(scope -> ((Captured) scope).tenant()).toList()),
          run,
          seen);
    }

    private static void watch(String tenant, JobContext.Run run, Queue<String> seen)
        throws Exception {
      try {
        run.run();
        seen.add(tenant + " ran");
      } catch (Throwable e) {
        seen.add(tenant + " threw " + e.getClass().getSimpleName());
        throw e;
      }
    }
  }

  @Test
  void whatIsAroundARunSeesHowItEndsBeforeTheJobSettles() throws Exception {
    Watching watching = new Watching();
    for (boolean alone : List.of(true, false)) {
      var builder = builder().context(watching);
      try (var pool = (alone ? builder : builder.context(JobContext.mdc())).open()) {
        ScopedValue.where(TENANT, "a")
            .run(() -> {
              assertSeen(watching, List.of("a ran"), () -> pool.submit("job").join());
              assertSeen(watching, List.of("a ran"), () -> pool.submit("key", "job").join());
              assertSeen(watching, List.of("a ran", "a ran"), () -> pool.map(List.of("1", "2")));
              assertSeen(watching, List.of("a threw IOException"), () -> pool.call("fail"));
              assertSeen(
                  watching, List.of("a threw IOException"), () -> pool.mapAll(List.of("fail")));
              for (String job : List.of("break", "later")) {
                String thrown = job.equals("break") ? "WorkerBroken" : "RetryLater";
                List<String> seen = List.of("a threw " + thrown + "Exception", "a ran");
                runs.set(0);
                assertSeen(watching, seen, () -> pool.submit(job).join());
                runs.set(0);
                assertSeen(watching, seen, () -> pool.map(List.of(job)));
              }
            });
      }
    }
  }

  private static void assertSeen(Watching watching, List<String> expected, Executable call) {
    try {
      call.execute();
    } catch (Throwable e) {
      // seen
    }
    assertEquals(expected, List.copyOf(watching.seen));
    watching.seen.clear();
  }

  @Test
  void whatIsAroundABatchKnowsTheScopesOfItsJobs() throws Exception {
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch held = new CountDownLatch(1);
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "context",
            String.class,
            String.class,
            _ ->
                BatchWorker.of((jobs, results) -> {
                  if (jobs.contains("hold")) {
                    held.countDown();
                    release.await();
                  }
                  results.succeeded(0, "told");
                  throw new IOException("the others");
                }));
    Watching watching = new Watching();
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .threads(threads)
            .context(tenants)
            .context(watching)
            .open()) {
      var _ = pool.submit("hold");
      assertTrue(held.await(20, SECONDS));
      List<CompletableFuture<String>> jobs =
          List.of("x", "y").stream()
              .map(name -> ScopedValue.where(TENANT, name).call(() -> pool.submit(name)))
              .toList();
      release.countDown();
      assertEquals("told", jobs.getFirst().get(20, SECONDS));
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> jobs.getLast().get(20, SECONDS));
      assertEquals("the others", e.getCause().getMessage());
    }
    assertEquals(
        List.of("none threw IOException", "x+y threw IOException"), List.copyOf(watching.seen));
  }

  @Test
  void whatDoesNotRunTheRunFailsItAndWhatThrowsAfterItChangesNothing() throws Throwable {
    AtomicReference<JobContext.Scope> around = new AtomicReference<>();
    try (var pool = builder().context(() -> around.get()).open()) {
      List<Executable> calls =
          List.of(
              () -> pool.submit("job").get(20, SECONDS),
              () -> pool.mapAll(List.of("job")).getFirst().orElseThrow());
      around.set(around(_ -> {}));
      for (Executable call : calls) {
        assertEquals(
            "the context of the job did not run its body",
            assertThrows(Exception.class, call).getCause().getMessage());
      }
      around.set(
          around(_ -> {
            throw new IOException("before");
          }));
      for (Executable call : calls) {
        assertEquals("before", assertThrows(Exception.class, call).getCause().getMessage());
      }
      around.set(
          around(run -> {
            run.run();
            throw new IOException("after");
          }));
      for (Executable call : calls) {
        call.execute();
      }
      around.set(
          around(run -> {
            run.run();
            assertThrows(IllegalStateException.class, run::run);
          }));
      for (Executable call : calls) {
        call.execute();
      }
      assertEquals(4, runs.get());
    }
  }

  @FunctionalInterface
  private interface Around {
    void around(JobContext.Run run) throws Exception;
  }

  private static JobContext.Scope around(Around around) {
    return new JobContext.Scope() {
      @Override
      public void run(Runnable body) {
        body.run();
      }

      @Override
      public void around(JobContext.Run run) throws Exception {
        around.around(run);
      }
    };
  }

  @Test
  void aJobOfWhichNothingIsCapturedIsAsOneWithoutAContext() throws Exception {
    JobContext nothing = () -> JobContext.Scope.NONE;
    WorkerFactory<String, String> factory =
        WorkerFactory.of("context", String.class, String.class, _ -> job -> job);
    try (var without = WorkerPool.of(factory).workers(1).open();
        var pool = WorkerPool.of(factory).workers(1).context(nothing).context(nothing).open();
        var with = WorkerPool.of(factory).workers(1).context(nothing).context(tenants).open()) {
      assertEquals(without.submit("job").getClass(), pool.submit("job").getClass());
      assertEquals("job", pool.submit("job").get(20, SECONDS));
      assertFalse(without.submit("job").getClass() == with.submit("job").getClass());
      assertEquals("job", with.submit("job").get(20, SECONDS));
    }
  }
}
