package pool.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The jar or folder that a class comes from. The class file shows it; the module does not, because
 * the tests of a module are patched into it and claim to come from it.
 */
record Origin(Path root) {

  /** Empty for a class that has no file, or whose file is elsewhere, such as in a runtime image. */
  static Optional<Origin> of(Class<?> type) {
    String file = "/" + type.getName().replace('.', '/') + ".class";
    URL url = type.getResource(file);
    if (url == null) {
      return Optional.empty();
    }
    String root = url.toString().substring(0, url.toString().length() - file.length());
    if (root.startsWith("jar:file:")) { // ends with an exclamation mark
      root = root.substring("jar:".length(), root.length() - 1);
    }
    return root.startsWith("file:")
        ? Optional.of(new Origin(Path.of(URI.create(root))))
        : Optional.empty();
  }

  /** Returns the content of a file in this jar or folder; null when there is no such file. */
  byte @Nullable [] read(String name) throws IOException {
    if (Files.isDirectory(root)) {
      Path file = root.resolve(name);
      return Files.exists(file) ? Files.readAllBytes(file) : null;
    }
    try (JarFile jar =
        new JarFile(root.toFile(), false, ZipFile.OPEN_READ, JarFile.runtimeVersion())) {
      JarEntry entry = jar.getJarEntry(name);
      if (entry == null) {
        return null;
      }
      try (InputStream file = jar.getInputStream(entry)) {
        return file.readAllBytes();
      }
    }
  }
}
