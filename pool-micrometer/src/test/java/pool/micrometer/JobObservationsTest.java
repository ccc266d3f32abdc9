package pool.micrometer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.BaggageInScope;
import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.MDC;
import pool.api.BatchWorker;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.JobContext;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Observations as OpenTelemetry exports them. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
@Timeout(60)
class JobObservationsTest {

  @Parameter(0)
  ThreadKind threads;

  private final Traced traced = new Traced();
  private final AtomicInteger runs = new AtomicInteger();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch held = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() {
    release.countDown();
    traced.close();
  }

  private WorkerPool.Builder<String, String> builder() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "ask",
            String.class,
            String.class,
            _ ->
                job -> {
                  int run = runs.incrementAndGet();
                  traced.inner("inner");
                  switch (job) {
                    case "fail" -> throw new IllegalArgumentException("that job");
                    case "hold" -> {
                      held.countDown();
                      boolean _ = release.await(20, SECONDS);
                    }
                    case "later" -> {
                      if (run < 3) {
                        throw new RetryLaterException(Duration.ofMillis(1));
                      }
                    }
                    case "break" -> {
                      if (run < 2) {
                        throw new WorkerBrokenException("once");
                      }
                    }
                    default -> {}
                  }
                  return job;
                });
    return observed(WorkerPool.of(factory).workers(2).maxAttempts(2));
  }

  private WorkerPool.Builder<String, String> observed(WorkerPool.Builder<String, String> builder) {
    return builder
        .threads(threads)
        .context(traced.snapshots())
        .context(new JobObservations(traced.observations, "ask"));
  }

  /** Does something in an observation, which it ends. */
  private SpanData in(String name, Runnable body) {
    Observation.createNotStarted(name, traced.observations).observe(body);
    return traced.span(name);
  }

  private void assertChildren(SpanData parent, int count, String name) {
    List<SpanData> spans = traced.spans(name);
    assertEquals(count, spans.size(), name);
    for (SpanData span : spans) {
      assertEquals(parent.getTraceId(), span.getTraceId());
      assertEquals(parent.getSpanId(), span.getParentSpanId());
    }
  }

  @Test
  void aRunIsAChildOfTheSubmittersHoweverItWasSubmitted() throws Exception {
    Map<String, Runnable> ways;
    try (var pool = builder().open()) {
      List<String> jobs = List.of("1", "2", "3");
      ways =
          Map.of(
              "submit", () -> pool.submit("1").join(),
              "keyed", () -> pool.submit("key", "1").join(),
              "call", () -> pool.call("1"),
              "try", () -> pool.trySubmit("1").orElseThrow().join(),
              "bulk", () -> pool.map(jobs),
              "all", () -> pool.mapAll(jobs),
              "stream", () -> assertEquals(jobs, pool.stream(jobs.stream()).toList()),
              "gatherer", () -> assertEquals(3, jobs.stream().gather(pool.asDone()).count()),
              "broadcast", () -> pool.broadcast("1"));
      ways.forEach((way, submit) -> {
        traced.exporter.reset();
        SpanData request = in(way, submit);
        int count =
            way.equals("broadcast")
                ? 2
                : Stream.of("bulk", "all", "stream", "gatherer").anyMatch(way::equals) ? 3 : 1;
        assertChildren(request, count, "job ask"); // ended before the job settled
        assertEquals(count, traced.spans("inner").size());
        List<String> jobSpans = traced.spans("job ask").stream().map(SpanData::getSpanId).toList();
        traced
            .spans("inner")
            .forEach(inner -> assertTrue(jobSpans.contains(inner.getParentSpanId())));
      });
      traced.exporter.reset();
      pool.call("1");
      assertFalse(traced.span("job ask").getParentSpanContext().isValid());
    }
  }

  @Test
  void eachRunOfAJobThatIsRunAgainIsAChild() throws Exception {
    try (var pool = builder().open()) {
      SpanData later = in("later", () -> pool.call("later"));
      assertChildren(later, 3, "job ask");
      assertEquals(
          List.of("failed", "failed", "succeeded"),
          traced.spans("job ask").stream().map(span -> attribute(span, "outcome")).toList());
      traced.exporter.reset();
      runs.set(0);
      assertChildren(in("break", () -> pool.map(List.of("break"))), 2, "job ask");
    }
  }

  private static String attribute(SpanData span, String key) {
    return String.valueOf(span.getAttributes().get(AttributeKey.stringKey(key)));
  }

  @Test
  void aFailureIsRecordedInTheSpanAndInTheTimer() throws Exception {
    try (var pool = builder().open()) {
      SpanData request =
          in(
              "request",
              () -> {
                assertThrows(RuntimeException.class, () -> pool.submit("fail").join());
                pool.mapAll(List.of("fail", "1"));
              });
      assertChildren(request, 3, "job ask");
      List<SpanData> failed =
          traced.spans("job ask").stream()
              .filter(span -> span.getStatus().getStatusCode() == StatusCode.ERROR)
              .toList();
      assertEquals(2, failed.size());
      for (SpanData span : failed) {
        assertEquals("that job", span.getStatus().getDescription());
        assertEquals("exception", span.getEvents().getFirst().getName());
        assertEquals("failed", attribute(span, "outcome"));
        assertEquals("ask", attribute(span, "pool"));
        assertTrue(attribute(span, "worker").startsWith("ask-"));
      }
      var timers = traced.meters.get("pool.job");
      assertEquals(1, timers.tags("outcome", "succeeded", "error", "none").timer().count());
      var timer =
          traced
              .meters
              .get("pool.job")
              .tags("pool", "ask", "outcome", "failed", "error", "IllegalArgumentException")
              .timer();
      assertEquals(2, timer.count());
      assertEquals(
          List.of("error", "outcome", "pool"),
          timer.getId().getTags().stream().map(tag -> tag.getKey()).toList());
    }
  }

  @Test
  void theMdcAndBaggageReachTheJobAndItsCallbacksAndNothingStays() throws Exception {
    Queue<String> seen = new ConcurrentLinkedQueue<>();
    Runnable look =
        () ->
            seen.add(
                String.join(
                    " ",
                    MDC.get("request"),
                    traced.tracer.getBaggage("tenant") == null
                        ? "null"
                        : traced.tracer.getBaggage("tenant").get(),
                    MDC.get("worker"),
                    traced.tracer.currentSpan() == null ? "no span" : "a span"));
    WorkerFactory<String, String> looking =
        WorkerFactory.of(
            "ask",
            String.class,
            String.class,
            _ ->
                job -> {
                  if (job.equals("hold")) {
                    held.countDown();
                    boolean _ = release.await(20, SECONDS);
                  }
                  look.run();
                  return job;
                });
    try (var pool = observed(WorkerPool.of(looking).workers(1)).open()) {
      Observation request = traced.begin("request");
      CompletableFuture<Void> chained;
      MDC.put("request", "r7");
      try (Observation.Scope _ = request.openScope();
          BaggageInScope _ = traced.tracer.createBaggageInScope("tenant", "acme")) {
        CompletableFuture<String> job = pool.submit("hold");
        assertTrue(held.await(20, SECONDS));
        chained =
            job.thenRun(() -> {
              look.run();
              traced.inner("chained");
            });
      } finally {
        MDC.remove("request");
      }
      release.countDown();
      chained.get(20, SECONDS);
      request.stop();
      assertChildren(traced.span("request"), 1, "chained");
      assertChildren(traced.span("request"), 1, "job ask");
      assertEquals(List.of("r7 acme ask-0 a span", "r7 acme ask-0 a span"), List.copyOf(seen));
      seen.clear();
      pool.submit("next").thenRun(look).join();
      pool.map(List.of("next"));
    }
    // the second is the callback's, which runs here if the job had settled before
    assertEquals("null null ask-0 a span", seen.peek());
    assertTrue(seen.stream().noneMatch(text -> text.contains("r7") || text.contains("acme")));
    assertEquals(null, MDC.get("request"));
  }

  /** Waits in the first batch until it is told; says what it did in a span. */
  private WorkerFactory<String, String> batching() {
    return WorkerFactory.of(
        "ask",
        String.class,
        String.class,
        _ ->
            BatchWorker.of((jobs, results) -> {
              if (jobs.contains("hold")) {
                held.countDown();
                boolean _ = release.await(20, SECONDS);
              }
              traced.inner("commit");
              for (int i = 0; i < jobs.size(); i++) {
                if (jobs.get(i).equals("fail")) {
                  results.failed(i, new IllegalArgumentException("that job"));
                } else {
                  results.succeeded(i, jobs.get(i));
                }
              }
              if (jobs.contains("throw")) {
                throw new IllegalStateException("that batch");
              }
            }));
  }

  @Test
  void aBatchOfSeveralSubmittersLinksToTheirSpans() throws Exception {
    List<SpanData> submitters = new ArrayList<>();
    try (var pool = observed(WorkerPool.of(batching()).workers(1)).open()) {
      submitters.add(in("first", () -> pool.submit("hold")));
      assertTrue(held.await(20, SECONDS));
      List<CompletableFuture<?>> chained = new ArrayList<>();
      for (String job : List.of("1", "fail", "throw")) {
        submitters.add(
            in(
                job,
                () ->
                    chained.add(
                        pool.submit(job)
                            .handle((_, _) -> {
                              traced.inner("after " + job);
                              return job;
                            }))));
      }
      release.countDown();
      for (var each : chained) {
        each.get(20, SECONDS);
      }
    }
    assertEquals(2, traced.spans("batch ask").size());
    SpanData alone = traced.spans("batch ask").getFirst();
    assertEquals(submitters.getFirst().getSpanId(), alone.getParentSpanId());
    assertEquals(List.of(), alone.getLinks());
    SpanData batch = traced.spans("batch ask").getLast();
    assertFalse(batch.getParentSpanContext().isValid());
    assertEquals(
        submitters.stream().skip(1).map(SpanData::getSpanContext).toList(),
        batch.getLinks().stream().map(LinkData::getSpanContext).toList());
    assertEquals("3", attribute(batch, "batch.size"));
    assertEquals(StatusCode.ERROR, batch.getStatus().getStatusCode());
    assertEquals("failed", attribute(batch, "outcome"));
    assertEquals(batch.getSpanId(), traced.spans("commit").getLast().getParentSpanId());
    for (SpanData submitter : submitters.subList(1, 4)) { // each is told in the submitter's
      assertChildren(submitter, 1, "after " + submitter.getName());
    }
    assertEquals(List.of(), traced.spans("job ask"));
    assertEquals(1, traced.meters.get("pool.batch").tags("outcome", "failed").timer().count());
  }

  @Test
  void theBatchesOfABulkCallAreChildrenOfTheSubmitters() throws Exception {
    try (var pool = observed(WorkerPool.of(batching()).workers(1).maxBatch(2)).open()) {
      SpanData request = in("request", () -> pool.mapAll(List.of("1", "fail", "3", "4")));
      pool.shutdown(Duration.ofSeconds(20)); // the batch ends after its jobs are told
      assertChildren(request, 2, "batch ask");
      assertEquals(
          2, traced.spans("commit").stream().map(SpanData::getParentSpanId).distinct().count());
    }
  }

  @Test
  void withoutHandlersNothingIsCaptured() {
    for (ObservationRegistry registry :
        List.of(ObservationRegistry.NOOP, ObservationRegistry.create())) {
      assertSame(JobContext.Scope.NONE, new JobObservations(registry, "ask").capture());
    }
  }

  @Test
  void conventionsMayBeOthers() throws Exception {
    class Named implements JobObservationConvention {
      @Override
      public String getName() {
        return "fetch";
      }
    }
    WorkerFactory<String, String> factory =
        WorkerFactory.of("ask", String.class, String.class, _ -> job -> job);
    try (var pool =
        WorkerPool.of(factory)
            .context(new JobObservations(traced.observations, "ask", new Named(), null))
            .open()) {
      pool.call("1");
    }
    assertEquals(1, traced.spans("fetch").size());
    assertEquals(
        List.of("fetch", "fetch.active"),
        traced.meters.getMeters().stream().map(meter -> meter.getId().getName()).sorted().toList());
  }

  @Test
  void theGuidesPoolObserves() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("ask", String.class, String.class, _ -> job -> job);
    try (var pool = Showing.observed(factory, traced.observations)) {
      assertChildren(in("request", () -> pool.call("1")), 1, "job ask");
    }
  }
}
