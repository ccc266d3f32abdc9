package pool.core.internal.discovery;

import java.io.IOException;
import java.lang.module.FindException;
import java.nio.file.FileSystemLoopException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Finds the jars of a plugin: those in its folder and below, and those that the manifest of one of
 * them names. No class may be in two of them, since which one counts would be chance.
 */
public final class PluginJars {

  private static final int MOST_FILES = 10_000;
  private static final int MOST_JARS = 1_000;
  private static final int MOST_ENTRIES = 500_000;

  /** What a manifest may name and the plugin need not have, since the program has it. */
  private static final Set<String> OF_PROGRAM = Set.of("pool-api", "pool-core", "slf4j-api");

  private final Path plugin;
  private final List<Path> inFolder = new ArrayList<>();
  private final Map<Path, PluginJar> jars = new LinkedHashMap<>(); // by its real path
  private final Map<String, String> classes = new HashMap<>(); // and the jar that has it
  private int files;
  private int entries;

  private PluginJars(Path plugin) {
    this.plugin = plugin;
  }

  /**
   * The jars of a plugin.
   *
   * @param plugin a folder or a jar
   * @throws FindException when they cannot be loaded; says why
   */
  public static Collection<PluginJar> of(Path plugin) throws IOException {
    PluginJars jars = new PluginJars(plugin);
    if (Files.isDirectory(plugin)) {
      jars.look();
    } else {
      jars.inFolder.add(plugin);
    }
    for (Path jar : jars.inFolder) {
      jars.add(jar);
    }
    jars.checkInnerLibraries();
    jars.checkClassPaths();
    return jars.jars.values();
  }

  private void look() throws IOException {
    SimpleFileVisitor<Path> visitor =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
            return isHidden(folder) && !folder.equals(plugin)
                ? FileVisitResult.SKIP_SUBTREE
                : counted();
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (PluginJar.isNamedAsJar(file) && !isHidden(file)) {
              inFolder.add(file);
            }
            return counted();
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof FileSystemLoopException) { // a link to a folder above
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        };
    Files.walkFileTree(plugin, Set.of(FileVisitOption.FOLLOW_LINKS), Integer.MAX_VALUE, visitor);
    if (inFolder.isEmpty()) {
      throw new FindException("it has no jar; put the plugin's jar there, and those that it needs");
    }
    inFolder.sort(null); // the order of a class path, on every machine
  }

  /** As file systems, version control and deployers name what is theirs. */
  public static boolean isHidden(Path path) {
    return path.getFileName().toString().startsWith(".");
  }

  private FileVisitResult counted() {
    if (++files > MOST_FILES) {
      throw new FindException("it has more than %d files: is it a plugin?".formatted(MOST_FILES));
    }
    return FileVisitResult.CONTINUE;
  }

  /** Adds a jar and, as a class loader would, those that its manifest names. */
  private void add(Path path) throws IOException {
    Path real = Files.exists(path) ? path.toRealPath() : path;
    if (jars.containsKey(real)) {
      return;
    }
    if (jars.size() == MOST_JARS) {
      throw new FindException("it has more than %d jars".formatted(MOST_JARS));
    }
    String name = name(path);
    PluginJar jar = PluginJar.read(path, name, entry -> countEntry(entry, name));
    jars.put(real, jar);
    for (Path needed : jar.classPath()) {
      if (Files.exists(needed) && !Files.isDirectory(needed)) {
        add(needed);
      }
    }
  }

  private String name(Path jar) {
    if (jar.equals(plugin)) {
      return jar.getFileName().toString();
    }
    return jar.startsWith(plugin) ? plugin.relativize(jar).toString() : jar.toString();
  }

  private void countEntry(String entry, String jar) {
    if (++entries > MOST_ENTRIES) {
      throw new FindException("its jars have more than %d entries".formatted(MOST_ENTRIES));
    }
    if (!entry.endsWith(".class")
        || entry.startsWith("META-INF/") // of another Java
        || entry.endsWith("module-info.class")
        || entry.endsWith("package-info.class")) {
      return;
    }
    String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
    String other = ChildFirstClassLoader.isShared(name) ? null : classes.putIfAbsent(name, jar);
    if (other != null && !other.equals(jar)) {
      throw new FindException(
          "%s and %s both have the class %s; leave one of them out".formatted(other, jar, name));
    }
  }

  private void checkInnerLibraries() {
    boolean isNone = jars.values().stream().noneMatch(PluginJar::hasFactory);
    for (PluginJar jar : jars.values()) {
      if (jar.inner() != null && (isNone || jar.hasFactory())) {
        throw new FindException(
            "%s has %s inside, where Java does not look; put the libraries beside the plugin's jar"
                .formatted(jar.name(), jar.inner()));
      }
    }
  }

  /** Of jars with factories only: many libraries name jars that nobody needs any more. */
  private void checkClassPaths() {
    Set<String> there =
        jars.values().stream().map(jar -> artifact(jar.path())).collect(Collectors.toSet());
    for (PluginJar jar : jars.values()) {
      for (Path needed : jar.hasFactory() ? jar.classPath() : List.<Path>of()) {
        String artifact = artifact(needed);
        if (!Files.exists(needed) && !there.contains(artifact) && !OF_PROGRAM.contains(artifact)) {
          throw new FindException(
              "the Class-Path in the manifest of %s names %s, which is not there; put it into the plugin's folder, or leave it out of the manifest"
                  .formatted(jar.name(), needed));
        }
      }
    }
  }

  /** The name of a jar without its version: build tools name snapshots in several ways. */
  private static String artifact(Path jar) {
    return Objects.toString(jar.getFileName(), "")
        .replaceFirst("(?:-\\d.*)?(?:\\.[jJ][aA][rR])?$", "");
  }
}
