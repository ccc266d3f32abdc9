package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Makes projects of plugins from the archetype, by the command of the guide, and follows the README
 * that each has: it builds, and the runtime image lists, describes and runs what it built.
 */
class PluginFromArchetypeIT {

  private static final Path GUIDE = Path.of("..", "docs", "plugins.md");
  private static final Path IMAGE = Path.of(System.getProperty("pool.image"), "bin").normalize();
  private static final Path MAVEN = Path.of(System.getProperty("maven.home"), "bin");

  @TempDir Path folder;

  private static Shell shell(Path folder, String javaHome) {
    return new Shell(
        folder, Map.of("PATH", IMAGE + ":" + MAVEN + ":/usr/bin:/bin", "JAVA_HOME", javaHome));
  }

  private static Shell shell(Path folder) {
    return shell(folder, System.getProperty("java.home"));
  }

  /** Has Maven look where this build has installed what it made, and for the rest in its own. */
  private static void configureMaven(Path folder) throws IOException {
    Path settings = folder.resolve(".mvn", "settings.xml");
    Files.createDirectories(settings.getParent());
    String url = Path.of(System.getProperty("fetched")).toUri().toString();
    Files.writeString(
        settings,
        Files.readString(Path.of("src/it/settings.xml")).replace("@localRepositoryUrl@", url));
    Files.write(
        folder.resolve(".mvn", "maven.config"),
        List.of(
            "-s", settings.toString(), "-Dmaven.repo.local=" + System.getProperty("repository")));
  }

  /** The guide's command, with other names. */
  private Path generate(String groupId, String artifactId, String more) throws Exception {
    String command =
        Shell.commands(GUIDE).stream()
            .filter(line -> line.contains("maven-archetype-plugin"))
            .findFirst()
            .orElseThrow()
            .replace("-DgroupId=com.example", "-DgroupId=" + groupId)
            .replace("-DartifactId=ask", "-DartifactId=" + artifactId);
    configureMaven(folder);
    shell(folder).run(command + " " + more);
    Path project = folder.resolve(artifactId);
    configureMaven(project);
    return project;
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  /** Runs the commands of its README. */
  private static void follow(Path project, String name) throws Exception {
    Shell shell = shell(project);
    for (String command : Shell.commands(project.resolve("README.md"))) {
      Shell.Ended ended = shell.end(command);
      assertEquals(0, ended.status(), () -> command + ": " + ended);
      if (command.startsWith("pool list")) {
        assertTrue(
            ended.out().stream().anyMatch(line -> line.startsWith(name + " ")), ended::toString);
        assertEquals(List.of(), ended.err());
      } else if (command.startsWith("pool describe")) {
        assertTrue(
            ended.out().stream().anyMatch(line -> line.contains("(Path; default .)")),
            ended::toString);
      } else if (command.contains("pool run")) {
        assertEquals(
            List.of(
                "{\"line\":1,\"job\":\"one\",\"outcome\":\"succeeded\",\"result\":3}",
                "{\"line\":2,\"job\":\"three\",\"outcome\":\"succeeded\",\"result\":5}"),
            ended.out().stream().map(line -> line.replaceFirst(",\"hash\".*}$", "}")).toList());
      }
    }
    assertEquals(
        List.of("one", "three"), Files.readAllLines(project.resolve("target", name + "-0.txt")));
  }

  @ParameterizedTest(name = "{0}:{1} {2}")
  @CsvSource({
    "org.example-corp, new, -Dversion=1.0-beta_2, org.example_corp.new_.NewFactory, new",
    "open, 2-Fast.Plugin, '', open._2_fast_plugin.Plugin2FastPluginFactory, 2-fast-plugin",
    "com.example, com.example.worker, -Dpackage=org.Example.my-plugin.int,"
        + " org.Example.my_plugin.int_.WorkerPluginFactory, worker"
  })
  void aProjectHasTheNamesThatItWasGivenAndItsReadmeCanBeFollowed(
      String groupId, String artifactId, String more, String factory, String name)
      throws Exception {
    Path project = generate(groupId, artifactId, more);
    Path sources = project.resolve("src", "main", "java");
    assertTrue(Files.exists(sources.resolve(factory.replace('.', '/') + ".java")), factory);
    follow(project, name);
    assertEquals(
        List.of(artifactId + ".jar"), names(project.resolve("target", "plugins", artifactId)));
  }

  @Test
  void aLibraryThatAPluginNeedsIsBesideItAndWhatTheRuntimeHasIsNot() throws Exception {
    Path project = generate("com.example", "ask", "");
    List<String> library = Arrays.asList(System.getProperty("picocli").split(":"));
    String pom = Files.readString(project.resolve("pom.xml"));
    Files.writeString(
        project.resolve("pom.xml"),
        pom.replaceFirst(
            "(?s)(</dependencyManagement>.*?<dependencies>)",
            """
            $1<dependency>
            <groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version>
            </dependency>\
            """
                .formatted(library.toArray())));
    shell(project).run("mvn -B -q -DskipTests package");
    assertEquals(
        List.of("ask.jar", library.get(1) + "-" + library.get(2) + ".jar"),
        names(project.resolve("target", "plugins", "ask")));
    assertTrue(
        shell(project).run("pool list --plugins target/plugins").stream()
            .anyMatch(line -> line.startsWith("ask ")));
  }

  @Test
  void anOlderJavaIsToldWhatToSet() throws Exception {
    Path older = olderJdk();
    Path project = generate("com.example", "ask", "");
    Shell.Ended ended = shell(project, older.toString()).end("mvn -B verify");
    assertEquals(1, ended.status(), ended::toString);
    assertTrue(
        ended.out().stream()
            .anyMatch(line -> line.contains("Set JAVA_HOME to the folder of a JDK 25")),
        ended::toString);
  }

  private static Path olderJdk() throws IOException {
    Path folder = Path.of("/usr/lib/jvm");
    Assumptions.assumeTrue(Files.isDirectory(folder), "no JDK is older");
    try (Stream<Path> jdks = Files.list(folder)) {
      List<Path> older = jdks.filter(PluginFromArchetypeIT::isOlder).sorted().toList();
      Assumptions.assumeFalse(older.isEmpty(), "no JDK is older");
      return older.getFirst();
    }
  }

  private static boolean isOlder(Path jdk) {
    try {
      return Files.isExecutable(jdk.resolve("bin", "javac"))
          && Files.readString(jdk.resolve("release"))
              .matches("(?s).*JAVA_VERSION=\"(17|18|19|2[0-4])[.\"].*");
    } catch (IOException e) {
      return false;
    }
  }
}
