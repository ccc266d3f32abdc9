package pool.core.internal.life;

import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** Several contexts as one, the first outermost. */
public final class NestedContexts {

  private NestedContexts() {}

  /** One for all of them; null for none. */
  public static @Nullable JobContext of(List<JobContext> contexts) {
    return contexts.isEmpty() ? null : () -> capture(contexts);
  }

  private static JobContext.Scope capture(List<JobContext> contexts) {
    JobContext.Scope outer = Runnable::run;
    for (JobContext context : contexts) {
      JobContext.Scope inner =
          Objects.requireNonNull(context.capture(), () -> context + " captured null");
      JobContext.Scope before = outer;
      outer = body -> before.run(() -> inner.run(body));
    }
    return outer;
  }
}
