import org.jspecify.annotations.NullMarked;

/**
 * Tools for tests. {@link pool.testkit.WorkerFactoryContract} checks that a plugin does what a pool
 * expects of it; {@link pool.testkit.RecordingFactory} records what the workers of an application
 * do, and {@link pool.testkit.Faults} make them fail.
 */
@NullMarked
module pool.testkit {
  requires transitive pool.api;
  requires transitive org.junit.jupiter.api;
  requires jdk.management;
  requires static org.jspecify;
  requires pool.core;

  exports pool.testkit;
}
