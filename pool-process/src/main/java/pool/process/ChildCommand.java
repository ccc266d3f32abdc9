package pool.process;

import java.io.File;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The command that starts a child: a small JVM that sees what its parent sees. */
final class ChildCommand {

  private static final List<String> SMALL =
      List.of(
          "-XX:TieredStopAtLevel=1",
          "-Xshare:auto",
          "-XX:ActiveProcessorCount=1",
          "-XX:+ExitOnOutOfMemoryError",
          "-XX:-UsePerfData",
          "-XX:-CreateCoredumpOnCrash");
  private static final int SHARE_OF_ALL = 25; // percent of the memory, for as many as processors

  private ChildCommand() {}

  /**
   * A command.
   *
   * @param crashReport where the JVM is to write what it has to say when it crashes
   * @param types classes that the child must see, beside the library
   */
  static List<String> of(ProcessSettings settings, Path crashReport, List<Class<?>> types) {
    Path javaHome =
        settings.javaHome == null ? Path.of(System.getProperty("java.home")) : settings.javaHome;
    List<String> command = new ArrayList<>();
    command.add(javaHome.resolve("bin").resolve("java").toString());
    command.addAll(SMALL);
    if (settings.jvmOptions.stream().noneMatch(option -> option.matches("-XX:\\+Use.+GC"))) {
      command.add("-XX:+UseSerialGC"); // there can be only one
    }
    command.add(heap(settings.heap));
    command.add("-XX:ErrorFile=" + crashReport);
    command.addAll(settings.jvmOptions);
    addPaths(command, types);
    return command;
  }

  private static String heap(@Nullable String heap) {
    if (heap != null) {
      return "-Xmx" + heap;
    }
    int processors = Runtime.getRuntime().availableProcessors();
    return "-XX:MaxRAMPercentage=" + Math.max(1.0, (double) SHARE_OF_ALL / processors);
  }

  /** As the parent was started: modules, their services with them, and the class path. */
  private static void addPaths(List<String> command, List<Class<?>> types) {
    addPath(command, "-cp", "java.class.path");
    Module own = ChildMain.class.getModule();
    if (!own.isNamed()) {
      command.add(ChildMain.class.getName());
      return;
    }
    addPath(command, "-p", "jdk.module.path");
    Set<String> modules = new LinkedHashSet<>();
    for (Class<?> type : types) {
      Module module = type.getModule();
      if (module.isNamed() && !module.getName().startsWith("java.")) {
        modules.add(module.getName());
      }
    }
    if (!modules.isEmpty()) {
      command.add("--add-modules");
      command.add(String.join(",", modules));
    }
    command.add("-m");
    command.add(own.getName() + "/" + ChildMain.class.getName());
  }

  private static void addPath(List<String> command, String option, String property) {
    String path = System.getProperty(property, "");
    if (!path.isEmpty()) {
      command.add(option);
      command.add(absolute(path));
    }
  }

  /** The child may work elsewhere. */
  private static String absolute(String path) {
    return Stream.of(path.split(Pattern.quote(File.pathSeparator), -1))
        .map(entry -> new File(entry).getAbsolutePath())
        .collect(Collectors.joining(File.pathSeparator));
  }
}
