package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.tracing.Tracer;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.LinkData;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.MDC;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import pool.api.BatchWorker;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** Traces of a service that Boot gives OpenTelemetry's spans, over HTTP. */
@Timeout(60)
class TracesTest {

  private static final CountDownLatch firstRuns = new CountDownLatch(1);
  private static final CountDownLatch batchMayEnd = new CountDownLatch(1);

  private static ConfigurableApplicationContext service;

  @SpringBootConfiguration
  @EnableAutoConfiguration
  @Import(Controller.class)
  static class Traced {

    @Bean
    InMemorySpanExporter spans() {
      return InMemorySpanExporter.create();
    }

    /** Tells in which trace its jobs run. */
    @Bean
    WorkerFactory<String, String> trace() {
      return WorkerFactory.of(
          "trace", String.class, String.class, _ -> _ -> String.valueOf(MDC.get("traceId")));
    }

    /** Tells of which tenant its jobs are, as baggage and as the logger has it. */
    @Bean
    WorkerFactory<Integer, String> tenant(Tracer tracer) {
      return WorkerFactory.of(
          "tenant", Integer.class, String.class, _ -> _ -> tenantNow(tracer) + " in the job");
    }

    static String tenantNow(Tracer tracer) {
      return tracer.getAllBaggage().get("tenant") + " " + MDC.get("tenant");
    }

    /** Its first batch takes until others wait. */
    @Bean
    WorkerFactory<String, Integer> together() {
      return WorkerFactory.of(
          "together",
          String.class,
          Integer.class,
          _ ->
              BatchWorker.<String, Integer>of((jobs, results) -> {
                if (jobs.contains("first")) {
                  firstRuns.countDown();
                  batchMayEnd.await();
                }
                for (int i = 0; i < jobs.size(); i++) {
                  results.succeeded(i, jobs.size());
                }
              }));
    }
  }

  @RestController
  static class Controller {

    private final WorkerPool<String, String> traces;
    private final WorkerPool<Integer, String> tenants;
    private final Tracer tracer;

    Controller(
        WorkerPool<String, String> traces, WorkerPool<Integer, String> tenants, Tracer tracer) {
      this.traces = traces;
      this.tenants = tenants;
      this.tracer = tracer;
    }

    @GetMapping("/trace")
    String trace(@RequestParam String name) {
      return traces.call(name);
    }

    @GetMapping("/tenant")
    CompletableFuture<String> tenant() {
      return tenants
          .submit(1)
          .thenApply(told -> told + ", " + Traced.tenantNow(tracer) + " in the callback");
    }
  }

  @BeforeAll
  static void start() {
    service =
        SpringApplication.run(
            Traced.class,
            "--server.port=0",
            "--management.tracing.sampling.probability=1",
            "--management.tracing.baggage.remote-fields=tenant",
            "--management.tracing.baggage.correlation.fields=tenant",
            "--pool.pools.traces.factory=trace",
            "--pool.pools.tenants.factory=tenant",
            "--pool.pools.batches.factory=together",
            "--pool.pools.batches.workers=1");
  }

  @AfterAll
  static void stop() {
    service.close();
  }

  private static List<SpanData> spans() {
    service.getBean(SdkTracerProvider.class).forceFlush().join(20, TimeUnit.SECONDS);
    return service.getBean(InMemorySpanExporter.class).getFinishedSpanItems();
  }

  private static List<SpanData> spans(String name) {
    return spans().stream().filter(span -> span.getName().equals(name)).toList();
  }

  /** As the tenant acme. */
  private static String get(String path) throws Exception {
    String port = service.getEnvironment().getProperty("local.server.port");
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://localhost:" + port + path))
              .header("tenant", "acme")
              .build();
      return client.send(request, BodyHandlers.ofString()).body();
    }
  }

  @Test
  void baggageReachesTheJobAndItsCallbacks() throws Exception {
    assertThat(get("/tenant")).isEqualTo("acme acme in the job, acme acme in the callback");
  }

  @Test
  void theSpanOfAJobHasTheSpanOfTheRequestAsParent() throws Exception {
    String trace = get("/trace?name=a");
    Conditions.await(() ->
        spans().stream()
            .anyMatch(
                span -> span.getKind() == SpanKind.SERVER && span.getTraceId().equals(trace)));
    SpanData request =
        spans().stream()
            .filter(span -> span.getKind() == SpanKind.SERVER)
            .filter(span -> span.getTraceId().equals(trace))
            .findFirst()
            .orElseThrow();
    SpanData job = spans("job traces").getFirst();
    assertThat(job.getParentSpanId()).isEqualTo(request.getSpanId());
    assertThat(job.getTraceId()).isEqualTo(request.getTraceId()).isEqualTo(trace);
  }

  @Test
  @SuppressWarnings("unchecked")
  void theSpanOfABatchHasLinksToThoseOfItsSubmitters() throws Exception {
    var pool = (WorkerPool<String, Integer>) service.getBean("batches", WorkerPool.class);
    var observations = service.getBean(ObservationRegistry.class);
    CompletableFuture<Integer> first = pool.submit("first");
    assertThat(firstRuns.await(20, TimeUnit.SECONDS)).isTrue();
    List<CompletableFuture<Integer>> others =
        List.of("one", "other").stream()
            .map(name ->
                Observation.createNotStarted(name, observations).observe(() -> pool.submit(name)))
            .toList();
    batchMayEnd.countDown();
    assertThat(first.get(20, TimeUnit.SECONDS)).isEqualTo(1);
    for (CompletableFuture<Integer> other : others) {
      assertThat(other.get(20, TimeUnit.SECONDS)).isEqualTo(2);
    }
    Conditions.await(() -> spans("batch batches").size() == 2);
    assertThat(spans("batch batches").getLast().getLinks())
        .extracting(LinkData::getSpanContext)
        .containsExactly(
            spans("one").getFirst().getSpanContext(), spans("other").getFirst().getSpanContext());
  }
}
