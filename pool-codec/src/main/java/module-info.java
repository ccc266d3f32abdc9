import org.jspecify.annotations.NullMarked;

/** Jobs, results and failures as bytes, for workers in other processes; and values as JSON. */
@NullMarked
module pool.codec {
  requires transitive com.fasterxml.jackson.core;
  requires static org.jspecify;

  exports pool.codec;
}
