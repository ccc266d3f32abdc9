import org.jspecify.annotations.NullMarked;

/** Workers in separate processes: {@link pool.process.ProcessFactory}. */
@NullMarked
@SuppressWarnings("module") // the modules that share the internal package are compiled later
module pool.process {
  requires transitive pool.api;
  requires jdk.unsupported; // sun.misc.Signal: Ctrl-C is for the parent, a second one aborts
  requires static org.jspecify;
  requires org.slf4j;
  requires transitive pool.codec;
  requires transitive pool.core;

  exports pool.process;
  exports pool.process.internal to
      pool.cli,
      pool.plugins.example;
}
