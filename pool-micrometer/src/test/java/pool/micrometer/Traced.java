package pool.micrometer;

import io.micrometer.context.ContextRegistry;
import io.micrometer.context.ContextSnapshotFactory;
import io.micrometer.context.integration.Slf4jThreadLocalAccessor;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.micrometer.tracing.contextpropagation.ObservationAwareBaggageThreadLocalAccessor;
import io.micrometer.tracing.contextpropagation.ObservationAwareSpanThreadLocalAccessor;
import io.micrometer.tracing.otel.bridge.OtelBaggageManager;
import io.micrometer.tracing.otel.bridge.OtelCurrentTraceContext;
import io.micrometer.tracing.otel.bridge.OtelTracer;
import io.opentelemetry.sdk.testing.exporter.InMemorySpanExporter;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SimpleSpanProcessor;
import java.util.List;
import pool.core.JobContext;

/** Observations that are spans of OpenTelemetry, exported to memory, and timers. */
final class Traced implements AutoCloseable {

  final InMemorySpanExporter exporter = InMemorySpanExporter.create();
  final SdkTracerProvider provider =
      SdkTracerProvider.builder().addSpanProcessor(SimpleSpanProcessor.create(exporter)).build();
  final OtelTracer tracer;
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  final ObservationRegistry observations;

  Traced() {
    OtelCurrentTraceContext current = new OtelCurrentTraceContext();
    tracer =
        new OtelTracer(
            provider.get("test"),
            current,
            _ -> {},
            new OtelBaggageManager(current, List.of("tenant"), List.of()));
    observations = Showing.observations(tracer, meters);
  }

  /** The MDC, the current observation and span, and baggage. */
  JobContext snapshots() {
    ContextRegistry registry =
        new ContextRegistry()
            .registerThreadLocalAccessor(new Slf4jThreadLocalAccessor())
            .registerThreadLocalAccessor(new ObservationThreadLocalAccessor(observations))
            .registerThreadLocalAccessor(
                new ObservationAwareSpanThreadLocalAccessor(observations, tracer))
            .registerThreadLocalAccessor(
                new ObservationAwareBaggageThreadLocalAccessor(observations, tracer));
    return ContextSnapshots.jobContext(
        ContextSnapshotFactory.builder().contextRegistry(registry).clearMissing(true).build());
  }

  /** An observation that has begun. */
  Observation begin(String name) {
    return Observation.start(name, observations);
  }

  /** Something that a job or a callback does, as a span. */
  void inner(String name) {
    Observation.createNotStarted(name, observations).observe(() -> {});
  }

  /** The finished spans of that name, in the order in which they ended. */
  List<SpanData> spans(String name) {
    return exporter.getFinishedSpanItems().stream()
        .filter(span -> span.getName().equals(name))
        .toList();
  }

  SpanData span(String name) {
    List<SpanData> spans = spans(name);
    if (spans.size() != 1) {
      throw new AssertionError(
          "%s: %s of %s".formatted(name, spans, exporter.getFinishedSpanItems()));
    }
    return spans.getFirst();
  }

  @Override
  public void close() {
    provider.close();
  }
}
