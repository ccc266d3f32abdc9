import org.jspecify.annotations.NullMarked;

/** Workers in processes of their own: {@link pool.process.ProcessFactory}. */
@NullMarked
@SuppressWarnings("module") // the plugin that shares the internal package is compiled later
module pool.process {
  requires transitive pool.api;
  requires jdk.unsupported; // sun.misc.Signal: Ctrl-C is for the parent
  requires static org.jspecify;
  requires org.slf4j;
  requires transitive pool.codec;
  requires transitive pool.core;

  exports pool.process;
  exports pool.process.internal to
      pool.plugins.example;
}
