import org.jspecify.annotations.NullMarked;

/** The plugin {@code compress}: files by a native library, whose contexts belong to a thread. */
@NullMarked
module pool.plugins.compress {
  requires transitive pool.api;
  requires com.github.luben.zstd_jni;
  requires static org.jspecify;

  exports pool.plugins.compress;

  provides pool.api.WorkerFactory with
      pool.plugins.compress.CompressFactory;
}
