package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationView;
import io.micrometer.tracing.Link;
import io.micrometer.tracing.Span;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.handler.DefaultTracingObservationHandler;

/**
 * Links the span of a batch to the spans in which its jobs were submitted, since a span has only
 * one parent. Put it before the tracing handler that takes all observations, in the same {@code
 * FirstMatchingCompositeObservationHandler}. Needs {@code micrometer-tracing}, which is not a
 * dependency of this module.
 */
public final class BatchTracingObservationHandler extends DefaultTracingObservationHandler {

  /**
   * Makes spans with a tracer.
   *
   * @param tracer a tracer of a bridge that supports links, such as those to OpenTelemetry and
   *     Brave
   */
  public BatchTracingObservationHandler(Tracer tracer) {
    super(tracer);
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return context instanceof BatchObservationContext;
  }

  @Override
  public void onStart(Observation.Context context) {
    Span.Builder builder = getTracer().spanBuilder();
    Span parent = getParentSpan(context);
    if (parent == null) {
      builder.setNoParent();
    } else {
      builder.setParent(parent.context());
    }
    if (context instanceof BatchObservationContext batch && batch.getParentObservation() == null) {
      batch.submitters().forEach(submitter -> addLink(builder, submitter));
    }
    getTracingContext(context).setSpan(builder.start());
  }

  private static void addLink(Span.Builder builder, ObservationView submitter) {
    TracingContext traced = submitter.getContextView().get(TracingContext.class);
    Span span = traced == null ? null : traced.getSpan();
    if (span != null) {
      builder.addLink(new Link(span));
    }
  }
}
