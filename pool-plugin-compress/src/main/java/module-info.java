import org.jspecify.annotations.NullMarked;

/** The plugin {@code compress}: compresses files with a native library. */
@NullMarked
module pool.plugins.compress {
  requires transitive pool.api;
  requires com.github.luben.zstd_jni;
  requires static org.jspecify;

  exports pool.plugins.compress;

  provides pool.api.WorkerFactory with
      pool.plugins.compress.CompressFactory;
}
