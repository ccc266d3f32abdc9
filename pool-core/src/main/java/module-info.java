import org.jspecify.annotations.NullMarked;

/**
 * What an application sees: {@link pool.core.WorkerPool}, and {@link pool.core.WorkerFactories} to
 * find what plugins provide.
 */
@NullMarked
module pool.core {
  requires transitive pool.api;
  requires static org.jspecify;
  requires jdk.jfr;
  requires org.slf4j;

  exports pool.core;

  uses pool.api.WorkerFactory;
}
