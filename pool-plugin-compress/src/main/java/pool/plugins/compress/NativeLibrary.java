package pool.plugins.compress;

import com.github.luben.zstd.util.Native;
import com.github.luben.zstd.util.ZstdVersion;
import java.net.URISyntaxException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Zstandard's native library. In a plugin directory on Linux it lies unpacked beside the plugin's
 * jar, in {@code native}: the JVM loads it from there, so the temporary folder may be {@code
 * noexec}, and a JVM that is killed leaves no copy in it.
 *
 * <p>Only one class loader can load a file. So zstd-jni unpacks a file of its own for a second copy
 * of the plugin in one JVM, as it does where nothing lies unpacked.
 */
final class NativeLibrary {

  private NativeLibrary() {}

  /**
   * Loads it, unless that was done.
   *
   * @throws LinkageError if it cannot be loaded; says why
   */
  static synchronized void load() {
    if (Native.isLoaded()) {
      return;
    }
    Path unpacked = unpacked();
    if (unpacked == null || !isLoadedFrom(unpacked)) {
      Native.load();
    }
  }

  @SuppressWarnings("restricted") // whoever runs the plugin allows it, as to zstd-jni
  private static boolean isLoadedFrom(Path file) {
    try {
      System.load(file.toString());
      Native.assumeLoaded();
      return true;
    } catch (UnsatisfiedLinkError e) { // it is another copy's, or the folder is mounted noexec
      return false;
    }
  }

  private static @Nullable Path unpacked() {
    boolean loadsForZstd = // the class loader that loads a native library is the one that uses it
        Objects.equals(NativeLibrary.class.getClassLoader(), Native.class.getClassLoader());
    CodeSource source = NativeLibrary.class.getProtectionDomain().getCodeSource();
    URL jar = source == null ? null : source.getLocation();
    if (!loadsForZstd
        || jar == null
        || !jar.getProtocol().equals("file")
        || !System.getProperty("os.name").equals("Linux")) {
      return null;
    }
    try {
      String name = System.mapLibraryName("zstd-jni-" + ZstdVersion.VERSION);
      Path library =
          Path.of(jar.toURI())
              .resolveSibling(Path.of("native", "linux", System.getProperty("os.arch"), name));
      return Files.isRegularFile(library) ? library : null;
    } catch (URISyntaxException | IllegalArgumentException e) {
      return null;
    }
  }
}
