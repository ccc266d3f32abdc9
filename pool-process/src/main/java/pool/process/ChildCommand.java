package pool.process;

import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The command that starts a child: a small JVM that has the same classes as its parent. */
final class ChildCommand {

  private static final List<String> SMALL =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto",
          "-XX:ActiveProcessorCount=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash");
  private static final int SHARE_OF_ALL = 25; // percent of the memory, for one child per processor

  private static final String MAIN = ChildMain.class.getName();
  private static final String SPRING_BOOT = "org.springframework.boot.loader.";

  private ChildCommand() {}

  /**
   * Returns a command.
   *
   * @param folder for the socket, and for the JVM's crash report
   * @param types classes that the child must see, in addition to the library
   */
  static List<String> of(ProcessSettings settings, Path folder, List<Class<?>> types)
      throws IOException {
    Path javaHome =
        settings.javaHome == null ? Path.of(System.getProperty("java.home")) : settings.javaHome;
    List<String> command = new ArrayList<>();
    command.add(javaHome.toAbsolutePath().resolve("bin").resolve("java").toString());
    command.addAll(SMALL);
    if (settings.jvmOptions.stream().noneMatch(option -> option.matches("-XX:\\+Use.+GC"))) {
      command.add("-XX:+UseSerialGC"); // a JVM accepts only one
    }
    command.add(heap(settings.heap));
    command.add("-XX:ErrorFile=" + ChildProcess.crashReport(folder));
    command.addAll(settings.jvmOptions);
    if (settings.classPath.isEmpty()) {
      addNativeAccess(command);
      addPaths(command, types);
    } else {
      command.add("-cp");
      command.add(absolute(settings.classPath.stream().map(Path::toString)));
      command.add(MAIN);
    }
    command.add(folder.toString());
    return command;
  }

  private static String heap(@Nullable String heap) {
    if (heap != null) {
      return "-Xmx" + heap;
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return "-XX:MaxRAMPercentage=" + Math.max(1.0, (double) SHARE_OF_ALL / processors);
  }

  /** Lets the child call native code wherever the parent may. */
  private static void addNativeAccess(List<String> command) {
    List<String> modules = new ArrayList<>();
    if (ClassLoader.getSystemClassLoader().getUnnamedModule().isNativeAccessEnabled()) {
      modules.add("ALL-UNNAMED");
    }
    for (Module module : ModuleLayer.boot().modules()) {
      if (module.isNativeAccessEnabled() && !isOfJava(module)) {
        modules.add(module.getName());
      }
    }
    if (!modules.isEmpty()) {
      command.add("--enable-native-access=" + String.join(",", modules));
    }
  }

  private static boolean isOfJava(Module module) {
    return module.getName().startsWith("java.") || module.getName().startsWith("jdk.");
  }

  /** Gives the child the modules, with their services, and the class path of its parent. */
  private static void addPaths(List<String> command, List<Class<?>> types) throws IOException {
    Module own = ChildMain.class.getModule();
    ClassLoader loader = ChildMain.class.getClassLoader();
    if (ModuleLayer.boot().equals(own.getLayer())) {
      addPath(command, "-cp", "java.class.path");
      addPath(command, "-p", "jdk.module.path");
      addModules(command, types);
      command.add("-m");
      command.add(own.getName() + "/" + MAIN);
    } else if (loader.equals(ClassLoader.getSystemClassLoader())) {
      addPath(command, "-cp", "java.class.path");
      command.add(MAIN);
    } else if (loader.getClass().getName().startsWith(SPRING_BOOT)) {
      addPath(command, "-cp", "java.class.path");
      command.add("-Dloader.main=" + MAIN);
      command.add(SPRING_BOOT + "launch.PropertiesLauncher"); // which can launch another main class
    } else {
      command.add("-cp");
      command.add(absolute(filesOf(loader)));
      command.add(MAIN);
    }
  }

  /** The files of a loader and of those above it, as in a web container or a build tool. */
  private static Stream<String> filesOf(ClassLoader loader) throws IOException {
    List<String> files = new ArrayList<>();
    ClassLoader next = loader;
    while (next instanceof URLClassLoader known) {
      for (URL url : known.getURLs()) {
        if (!url.getProtocol().equals("file")) {
          throw unknown(loader);
        }
        files.add(Path.of(URI.create(url.toString())).toString());
      }
      next = next.getParent();
    }
    if (files.isEmpty()) {
      throw unknown(loader);
    }
    return ClassLoader.getSystemClassLoader().equals(next)
        ? Stream.concat(files.stream(), entriesOf("java.class.path"))
        : files.stream();
  }

  private static IOException unknown(ClassLoader loader) {
    return new IOException(
        "this library was loaded by %s, which does not say from where: give the process a classPath"
            .formatted(loader));
  }

  private static void addModules(List<String> command, List<Class<?>> types) {
    Set<String> modules = new LinkedHashSet<>();
    for (Class<?> type : types) {
      Module module = type.getModule();
      if (ModuleLayer.boot().equals(module.getLayer()) && !isOfJava(module)) {
        modules.add(module.getName());
      }
    }
    if (!modules.isEmpty()) {
      command.add("--add-modules");
      command.add(String.join(",", modules));
    }
  }

  private static void addPath(List<String> command, String option, String property) {
    String path = absolute(entriesOf(property));
    if (!path.isEmpty()) {
      command.add(option);
      command.add(path);
    }
  }

  private static Stream<String> entriesOf(String property) {
    String path = System.getProperty(property, "");
    return path.isEmpty()
        ? Stream.empty()
        : Stream.of(path.split(Pattern.quote(File.pathSeparator), -1));
  }

  /** Makes a path absolute, since the child may have another working directory. */
  private static String absolute(Stream<String> path) {
    return path.map(entry -> new File(entry).getAbsolutePath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
