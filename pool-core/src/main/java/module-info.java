import org.jspecify.annotations.NullMarked;

/**
 * What an application sees: {@link pool.core.WorkerPool}, and {@link pool.core.WorkerFactories} to
 * find what plugins provide.
 */
@NullMarked
module pool.core {
  requires transitive pool.api;
  requires static org.jspecify;
  requires static java.management;
  requires static jdk.jfr;
  requires org.slf4j;

  exports pool.core;
  exports pool.core.jmx;

  uses pool.api.WorkerFactory;
}
