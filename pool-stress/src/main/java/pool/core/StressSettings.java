package pool.core;

import pool.core.internal.life.Settings;

/** What a builder was told, for tests that make a pool without its threads. */
public final class StressSettings {

  private StressSettings() {}

  public static Settings of(WorkerPool.Builder<?, ?> builder) {
    return builder.settings();
  }
}
