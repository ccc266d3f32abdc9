package pool.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.ContextKey;
import io.opentelemetry.context.Scope;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;
import pool.core.JobFailedException;
import pool.core.WorkerPool;

/** The recipes for OpenTelemetry alone. */
@Timeout(60)
class OpenTelemetryContextsTest {

  private static final ContextKey<String> TENANT = ContextKey.named("tenant");

  private final Traced traced = new Traced();
  private final Tracer tracer = traced.provider.get("test");
  private final WorkerFactory<String, String> asking =
      WorkerFactory.of(
          "ask",
          String.class,
          String.class,
          _ ->
              job -> {
                if (job.equals("fail")) {
                  throw new IllegalArgumentException(job);
                }
                tracer.spanBuilder("inner").startSpan().end();
                return String.valueOf(Context.current().get(TENANT));
              });

  @AfterEach
  void nothingIsLeft() {
    traced.close();
  }

  @Test
  void theContextOfTheSubmitterIsTheRuns() {
    try (var pool = OpenTelemetryContexts.openTelemetry(asking)) {
      Span request = tracer.spanBuilder("request").startSpan();
      try (Scope _ = Context.current().with(request).with(TENANT, "acme").makeCurrent()) {
        assertEquals("acme", pool.call("1"));
        assertEquals(List.of("acme", "acme"), pool.map(List.of("1", "2")));
      }
      assertEquals("null", pool.call("1"));
      List<SpanData> inner = traced.spans("inner");
      assertEquals(4, inner.size());
      assertEquals(
          3,
          inner.stream()
              .filter(span -> span.getParentSpanId().equals(request.getSpanContext().getSpanId()))
              .count());
    }
  }

  @Test
  void eachRunIsASpan() {
    try (var pool =
        WorkerPool.of(asking).context(OpenTelemetryContexts.Traced.with(tracer)).open()) {
      Span request = tracer.spanBuilder("request").startSpan();
      try (Scope _ = request.makeCurrent()) {
        pool.call("1");
        assertThrows(JobFailedException.class, () -> pool.call("fail"));
      }
      for (SpanData span : traced.spans("job")) {
        assertEquals(request.getSpanContext().getSpanId(), span.getParentSpanId());
      }
      assertEquals(
          List.of(StatusCode.UNSET, StatusCode.ERROR),
          traced.spans("job").stream().map(span -> span.getStatus().getStatusCode()).toList());
      assertEquals(
          traced.spans("job").getFirst().getSpanId(), traced.span("inner").getParentSpanId());
    }
  }
}
