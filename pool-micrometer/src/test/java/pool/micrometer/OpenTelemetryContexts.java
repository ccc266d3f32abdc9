package pool.micrometer;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.Scope;
import pool.api.WorkerFactory;
import pool.core.JobContext;
import pool.core.WorkerPool;

/** What the guide shows for programs that use OpenTelemetry without Micrometer. */
final class OpenTelemetryContexts {

  private OpenTelemetryContexts() {}

  static WorkerPool<String, String> openTelemetry(WorkerFactory<String, String> asking) {
    // @start region="opentelemetry"
    JobContext openTelemetry =
        () -> {
          Context context = Context.current(); // on the submitter's thread
          return body -> {
            try (Scope _ = context.makeCurrent()) { // around the run
              body.run();
            }
          };
        };
    WorkerPool<String, String> pool = WorkerPool.of(asking).context(openTelemetry).open();
    // @end
    return pool;
  }

  // @start region="opentelemetry-spans"
  record Traced(Tracer tracer, Context submitter) implements JobContext.Scope {

    static JobContext with(Tracer tracer) {
      return () -> new Traced(tracer, Context.current());
    }

    @Override
    public void run(Runnable body) { // the run, and what is chained to the job
      submitter.wrap(body).run();
    }

    @Override
    public void around(JobContext.Run run) throws Exception { // the run alone
      Span span = tracer.spanBuilder("job").startSpan(); // a child of the submitter's
      try (Scope _ = span.makeCurrent()) {
        run.run();
      } catch (Throwable e) {
        span.recordException(e).setStatus(StatusCode.ERROR);
        throw e;
      } finally {
        span.end();
      }
    }
  }

  // @end
}
