import org.jspecify.annotations.NullMarked;

/** Workers in processes of their own: {@link pool.process.ProcessFactory}. */
@NullMarked
module pool.process {
  requires transitive pool.api;
  requires jdk.unsupported; // sun.misc.Signal: Ctrl-C is for the parent
  requires static org.jspecify;
  requires org.slf4j;
  requires transitive pool.codec;
  requires pool.core;

  exports pool.process;
}
