package pool.spring;

import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.boot.loader.tools.Libraries;
import org.springframework.boot.loader.tools.Library;
import org.springframework.boot.loader.tools.LibraryScope;
import org.springframework.boot.loader.tools.Repackager;

/** Packs the service of the tests as Boot's own plugins do: with its libraries within its jar. */
final class ExecutableJar {

  /** What only tests use. */
  private static final Pattern OF_TESTS =
      Pattern.compile(
          "(junit|opentest4j|apiguardian|surefire|failsafe|assertj|byte-buddy|spring-boot-test|spring-boot-loader-tools|commons-compress|commons-codec).*");

  private ExecutableJar() {}

  static Path in(Path folder) throws IOException {
    Path classes = Files.createDirectory(folder.resolve("work")).resolve("classes.jar");
    pack(Path.of("target", "test-classes"), "service", classes);
    Path jar = folder.resolve("service.jar");
    Repackager repackager = new Repackager(classes.toFile());
    repackager.setMainClass("service.Service");
    repackager.repackage(jar.toFile(), libraries());
    return jar;
  }

  private static void pack(Path root, String part, Path jar) throws IOException {
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file);
        Stream<Path> all = Files.walk(root.resolve(part))) {
      for (Path each : (Iterable<Path>) all.filter(Files::isRegularFile)::iterator) {
        out.putNextEntry(
            new JarEntry(root.relativize(each).toString().replace(File.separatorChar, '/')));
        Files.copy(each, out);
        out.closeEntry();
      }
    }
  }

  private static Libraries libraries() {
    List<Library> libraries =
        Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(File::new)
            .filter(file -> file.isFile() && !OF_TESTS.matcher(file.getName()).matches())
            .map(file -> new Library(file, LibraryScope.COMPILE))
            .toList();
    return library -> {
      for (Library each : libraries) {
        library.library(each);
      }
    };
  }
}
