package pool.core.internal.life;

import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** Two contexts as one, and so any number of them: the first of all is outermost. */
public record NestedContexts(JobContext outer, JobContext inner) implements JobContext {

  /** One for all of them; null for none. */
  public static @Nullable JobContext of(List<JobContext> contexts) {
    return contexts.stream().reduce(NestedContexts::new).orElse(null);
  }

  /** What a context captures, which may not be null. */
  public static Scope captured(JobContext context) {
    Scope scope = context.capture();
    if (scope == null) {
      throw new NullPointerException(context + " captured null");
    }
    return scope;
  }

  /** {@link JobContext.Scope#NONE} when both captured that: a submit is to cost little. */
  @Override
  @SuppressWarnings("ReferenceEquality") // it is about that very scope
  public Scope capture() {
    Scope outside = captured(outer);
    Scope inside = captured(inner);
    return outside == Scope.NONE && inside == Scope.NONE ? Scope.NONE : new Both(outside, inside);
  }

  @Override
  public void aroundBatch(List<Scope> scopes, Run run) throws Exception {
    List<Scope> inside = parts(scopes, Both::inside);
    outer.aroundBatch(parts(scopes, Both::outside), () -> inner.aroundBatch(inside, run));
  }

  private static List<Scope> parts(List<Scope> scopes, Function<Both, Scope> part) {
    return scopes.stream()
        .map(scope -> scope instanceof Both both ? part.apply(both) : scope)
        .toList();
  }

  private record Both(Scope outside, Scope inside) implements Scope {

    @Override
    public void run(Runnable body) {
      outside.run(() -> inside.run(body));
    }

    @Override
    public void around(Run run) throws Exception {
      outside.around(() -> inside.around(run));
    }
  }
}
