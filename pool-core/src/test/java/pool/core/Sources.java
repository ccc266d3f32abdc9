package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import pool.api.WorkerFactory;

/** Compiles what a test has written. */
public final class Sources {

  private Sources() {}

  /** Where {@code pool.api} is: a folder of classes or a jar. */
  public static Path api() throws Exception {
    return Path.of(WorkerFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /**
   * Compiles sources, by the name of their file, against {@code pool.api} and what else they need:
   * as a module, if they have a descriptor. Returns the folder of the classes.
   */
  public static Path compile(Path classes, Map<String, String> sources, Path... needs)
      throws Exception {
    String path =
        Stream.concat(Stream.of(api()), Stream.of(needs))
            .map(Path::toString)
            .collect(Collectors.joining(File.pathSeparator));
    List<String> args = new ArrayList<>(List.of("-d", classes.toString()));
    args.add(sources.containsKey("module-info.java") ? "--module-path" : "--class-path");
    args.add(path);
    Path folder = Files.createTempDirectory(classes.toAbsolutePath().getParent(), "sources");
    for (Map.Entry<String, String> source : sources.entrySet()) {
      Path file = folder.resolve(source.getKey());
      Files.createDirectories(file.getParent());
      args.add(Files.writeString(file, source.getValue()).toString());
    }
    run("javac", args.toArray(String[]::new));
    return classes;
  }

  /** Runs a tool of the JDK, which must succeed. */
  public static void run(String tool, String... args) {
    int status = ToolProvider.findFirst(tool).orElseThrow().run(System.out, System.err, args);
    assertEquals(0, status);
  }
}
