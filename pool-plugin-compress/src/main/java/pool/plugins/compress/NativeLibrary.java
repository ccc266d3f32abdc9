package pool.plugins.compress;

import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard's native library. In a plugin directory it lies unpacked beside the plugin's jar, in
 * {@code native}: the JVM loads it from there, so the temporary folder may be {@code noexec}, and a
 * JVM that is killed leaves no copy in it. Elsewhere zstd-jni unpacks its own.
 */
final class NativeLibrary {

  /** Where zstd-jni looks first: for all copies of it in the JVM, so it is set only meanwhile. */
  private static final String PATH = "ZstdNativePath";

  private NativeLibrary() {}

  /**
   * Loads it, unless that was done.
   *
   * @throws LinkageError if it cannot be loaded; says why
   */
  static synchronized void load() {
    Path unpacked = unpacked();
    if (unpacked == null || System.getProperty(PATH) != null) {
      Native.load();
      return;
    }
    System.setProperty(PATH, unpacked.toString());
    try {
      Native.load();
    } finally {
      String _ = System.clearProperty(PATH);
    }
  }

  private static @Nullable Path unpacked() {
    CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
    URL jar = source == null ? null : source.getLocation();
    if (jar == null || !jar.getProtocol().equals("file")) {
      return null;
    }
    try {
      String name = System.mapLibraryName("zstd-jni-" + ZstdVersion.VERSION); // .so on Linux alone
      Path library =
          Path.of(jar.toURI())
              .resolveSibling(Path.of("native", "linux", System.getProperty("os.arch"), name));
      return Files.isRegularFile(library) ? library : null;
    } catch (URISyntaxException e) {
      return null;
    }
  }
}
