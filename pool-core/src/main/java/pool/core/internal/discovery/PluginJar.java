package pool.core.internal.discovery;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.FindException;
import java.lang.module.InvalidModuleDescriptorException;
import java.lang.module.ModuleDescriptor;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/**
 * What is known of a plugin's jar before anything of it is loaded. The JDK reads a jar's directory,
 * manifest, module descriptor and services files as a whole, however long they are. So they are
 * measured here first, by unpacking them, since what a jar says of their lengths need not be true.
 *
 * @param path where it is
 * @param realPath the same without links
 * @param name how messages call it
 * @param isModule whether it has a module descriptor
 * @param hasServices whether a services file names factories
 * @param provides the factories that its module descriptor provides
 * @param classPath what its manifest says that it needs
 * @param inner a library inside it, where no class loader of the JDK looks
 * @param badDescriptor what is wrong with its module descriptor
 */
public record PluginJar(
    Path path,
    Path realPath,
    String name,
    boolean isModule,
    boolean hasServices,
    List<String> provides,
    List<Path> classPath,
    @Nullable String inner,
    @Nullable String badDescriptor) {

  private static final long LARGEST_DIRECTORY = 50_000_000; // some 500,000 entries
  private static final long LARGEST_MANIFEST = 4_000_000; // signed jars list each of their files
  private static final long LARGEST_DESCRIPTOR = 500_000;
  private static final long LARGEST_CLASS = 20_000_000;
  private static final long MOST_SERVICES = 1_000_000; // of all services files together
  private static final int MOST_INFLATED = 1_032; // bytes that one deflated byte can become

  private static final String SERVICES = "META-INF/services/";
  private static final String DESCRIPTOR = "module-info.class";

  /** As build tools and Spring Boot pack libraries into a jar. */
  private static final Pattern INNER = Pattern.compile("(?:.*/)?libs?/[^/]+\\.jar|[^/]+\\.jar");

  public static boolean isNamedAsJar(Path path) {
    return path.getFileName().toString().toLowerCase(Locale.ROOT).endsWith(".jar");
  }

  public boolean hasFactory() {
    return hasServices || !provides.isEmpty();
  }

  /**
   * Reads it.
   *
   * @param entries is told of each entry
   * @throws FindException when it cannot be read, or has too much of something
   */
  public static PluginJar read(Path path, String name, Consumer<String> entries) {
    if (!Files.isRegularFile(path)) { // who opens a pipe may wait for ever
      throw new FindException(name + " is not a file that can be read as a jar");
    }
    try {
      long length = ZipDirectory.length(path);
      if (length > LARGEST_DIRECTORY) {
        throw tooLong("its directory", name, length, LARGEST_DIRECTORY);
      }
      try (JarFile file = new JarFile(path.toFile(), false, ZipFile.OPEN_READ, Runtime.version())) {
        return read(path, name, file, entries);
      }
    } catch (IOException e) {
      throw new FindException(name + " cannot be read as a jar: " + e, e);
    }
  }

  private static PluginJar read(Path path, String name, JarFile file, Consumer<String> entries)
      throws IOException {
    long services = 0;
    String inner = null;
    for (var all = file.entries(); all.hasMoreElements(); ) {
      JarEntry entry = all.nextElement();
      String entryName = entry.getName();
      entries.accept(entryName);
      if (entryName.startsWith(SERVICES)) {
        services += unpacked(name, file, entry, MOST_SERVICES); // in the sum, each counts
        if (services > MOST_SERVICES) {
          throw tooLong("all services files together", name, services, MOST_SERVICES);
        }
      } else if (entryName.equalsIgnoreCase(JarFile.MANIFEST_NAME)) {
        check(name, file, entry, LARGEST_MANIFEST);
      } else if (entryName.endsWith(DESCRIPTOR)) {
        check(name, file, entry, LARGEST_DESCRIPTOR);
      } else if (entryName.endsWith(".class")) {
        check(name, file, entry, LARGEST_CLASS);
      } else if (inner == null && INNER.matcher(entryName).matches()) {
        inner = entryName;
      }
    }
    boolean hasServices = file.getEntry(SERVICES + WorkerFactory.class.getName()) != null;
    List<String> provides = List.of();
    String badDescriptor = null;
    JarEntry descriptor = file.getJarEntry(DESCRIPTOR); // of this Java, if there are several
    if (descriptor != null) {
      try (InputStream in = file.getInputStream(descriptor)) {
        provides = factories(ModuleDescriptor.read(in));
      } catch (InvalidModuleDescriptorException e) {
        badDescriptor = String.valueOf(e.getMessage());
      }
    }
    boolean isModule = descriptor != null && badDescriptor == null;
    return new PluginJar(
        path,
        path.toRealPath(),
        name,
        isModule,
        hasServices,
        provides,
        classPath(path, file.getManifest()),
        inner,
        badDescriptor);
  }

  /** Refuses an entry that is too long; unpacks only one that may be. */
  private static void check(String jar, JarFile file, ZipEntry entry, long most)
      throws IOException {
    if (entry.getSize() > most) {
      throw tooLong(entry.getName(), jar, entry.getSize(), most);
    }
    if (entry.getCompressedSize() > most / MOST_INFLATED) {
      long _ = unpacked(jar, file, entry, most);
    }
  }

  /** How long an entry really is, which is at most so long. */
  private static long unpacked(String jar, JarFile file, ZipEntry entry, long most)
      throws IOException {
    long left = most + 1;
    try (InputStream in = file.getInputStream(entry)) {
      long skipped;
      while (left > 0 && (skipped = in.skip(left)) > 0) {
        left -= skipped;
      }
    }
    if (left == 0) {
      throw tooLong(entry.getName(), jar, Math.max(most + 1, entry.getSize()), most);
    }
    return most + 1 - left;
  }

  private static FindException tooLong(String what, String jar, long length, long most) {
    return new FindException(
        "%s in %s has %s bytes, and at most %d are read"
            .formatted(what, jar, length == most + 1 ? "more" : Long.toString(length), most));
  }

  /** The factories that a module provides. */
  static List<String> factories(ModuleDescriptor module) {
    return module.provides().stream()
        .filter(provides -> provides.service().equals(WorkerFactory.class.getName()))
        .flatMap(provides -> provides.providers().stream())
        .toList();
  }

  /** The files and folders of {@code Class-Path}, as a class loader would look for them. */
  private static List<Path> classPath(Path jar, @Nullable Manifest manifest) {
    String text =
        manifest == null ? null : manifest.getMainAttributes().getValue(Attributes.Name.CLASS_PATH);
    List<Path> paths = new ArrayList<>();
    for (String part : text == null ? new String[0] : text.strip().split(" +")) {
      try {
        URI uri = jar.toUri().resolve(part);
        if ("file".equals(uri.getScheme())) {
          paths.add(Path.of(uri));
        }
      } catch (IllegalArgumentException e) {
        // is no file of this machine
      }
    }
    return paths;
  }
}
