package pool.core;

import java.util.function.UnaryOperator;
import pool.api.WorkerFactory;
import pool.core.internal.life.Settings;

/** What a builder would tell its pool, for tests in other packages. */
public final class TestSettings {

  private TestSettings() {}

  public static Settings of(WorkerPool.Builder<?, ?> builder) {
    return builder.settings();
  }

  /** The settings of a pool that is named {@code echo}. */
  public static Settings with(UnaryOperator<WorkerPool.Builder<String, String>> set) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, _ -> job -> job);
    return of(set.apply(WorkerPool.of(factory)));
  }
}
