package pool.core.internal.life;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/** Several contexts as one, the first outermost. */
public final class NestedContexts implements JobContext {

  private final JobContext[] contexts;

  private NestedContexts(List<JobContext> contexts) {
    this.contexts = contexts.toArray(JobContext[]::new);
  }

  /** One for all of them; null for none. */
  public static @Nullable JobContext of(List<JobContext> contexts) {
    return contexts.isEmpty() ? null : new NestedContexts(contexts);
  }

  /** {@link JobContext.Scope#NONE} when all of them captured that. */
  @Override
  public Scope capture() {
    return contexts.length == 1 ? capture(0) : captureAll();
  }

  @SuppressWarnings("ReferenceEquality") // it is about that very scope
  private Scope captureAll() {
    Scope[] scopes = null; // made for the first that captures something: a submit is to cost little
    for (int i = 0; i < contexts.length; i++) {
      Scope scope = capture(i);
      if (scope != Scope.NONE) {
        if (scopes == null) {
          scopes = new Scope[contexts.length];
          Arrays.fill(scopes, Scope.NONE);
        }
        scopes[i] = scope;
      }
    }
    return scopes == null ? Scope.NONE : new NestedScope(List.of(scopes));
  }

  private Scope capture(int index) {
    JobContext context = contexts[index];
    Scope scope = context.capture();
    if (scope == null) {
      throw new NullPointerException(context + " captured null");
    }
    return scope;
  }

  @Override
  public void aroundBatch(List<Scope> scopes, Run run) throws Exception {
    Run outer = run;
    for (int i = contexts.length - 1; i >= 0; i--) {
      JobContext context = contexts[i];
      int index = i;
      List<Scope> ofContext = scopes.stream().map(scope -> part(scope, index)).toList();
      Run inner = outer;
      outer = () -> context.aroundBatch(ofContext, inner);
    }
    outer.run();
  }

  /** What the context with that number has captured. */
  private static Scope part(Scope scope, int index) {
    return scope instanceof NestedScope(List<Scope> scopes) ? scopes.get(index) : scope;
  }

  /** What each of several contexts has captured, in their order. */
  private record NestedScope(List<Scope> scopes) implements Scope {

    @Override
    public void run(Runnable body) {
      Runnable outer = body;
      for (Scope scope : scopes.reversed()) {
        Runnable inner = outer;
        outer = () -> scope.run(inner);
      }
      outer.run();
    }

    @Override
    public void around(Run run) throws Exception {
      Run outer = run;
      for (Scope scope : scopes.reversed()) {
        Run inner = outer;
        outer = () -> scope.around(inner);
      }
      outer.run();
    }
  }
}
