import org.jspecify.annotations.NullMarked;

/**
 * For tests: {@link pool.testkit.WorkerFactoryContract} holds a plugin to what a pool expects of
 * it; {@link pool.testkit.RecordingFactory} and {@link pool.testkit.Faults} see and spoil what the
 * workers of an application do.
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
