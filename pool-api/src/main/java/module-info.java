import org.jspecify.annotations.NullMarked;

/**
 * What a plugin author sees: a {@link pool.api.WorkerFactory} opens {@link pool.api.Worker}s, each
 * of which owns its resource from opening to closing, on one thread.
 *
 * <p>A plugin is a module that {@code provides pool.api.WorkerFactory with ...}, or a jar on the
 * class path that names its factory in {@code META-INF/services/pool.api.WorkerFactory}.
 */
@NullMarked
@SuppressWarnings("module") // the modules that share the internal package are compiled later
module pool.api {
  requires static org.jspecify;

  exports pool.api;
  exports pool.api.internal to
      pool.core,
      pool.cli,
      pool.process,
      pool.spring,
      pool.testkit;
}
