package pool.consumers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Follows the README word for word, from the top to the bottom, and then the first steps with the
 * command line, as on a first day: in a copy of what is under version control, in one shell,
 * without {@code JAVA_HOME}, and with whatever Java is the default of the system.
 */
@DisabledIfSystemProperty(named = "quick", matches = ".*", disabledReason = "it takes minutes")
@Timeout(value = 15, unit = TimeUnit.MINUTES)
class FirstStepsIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

  /** What is there to be run for long; other tests do, or this one is part of it. */
  private static final List<String> LONG = List.of("./verify");

  @TempDir Path folder;

  private Path clone;
  private Shell shell;

  @BeforeEach
  void copy() throws Exception {
    clone = Files.createDirectory(folder.resolve("clone"));
    Shell here = new Shell(ROOT, Map.of("PATH", System.getenv("PATH")));
    for (String file : here.run("git ls-files --cached --others --exclude-standard")) {
      if (Files.isRegularFile(ROOT.resolve(file))) {
        Path copy = clone.resolve(file);
        Files.createDirectories(copy.getParent());
        Files.copy(ROOT.resolve(file), copy, StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    // It installs to a repository of its own, and reads what the build has fetched.
    Files.write(
        clone.resolve(".mvn/maven.config"),
        List.of(
            "-B",
            "-q",
            "-Dmaven.repo.local=" + folder.resolve("repository"),
            "-Dmaven.repo.local.tail=" + System.getProperty("fetched")));
    shell = new Shell(clone, environment());
  }

  /** None, unless this JDK is where nobody would look for one. */
  private Map<String, String> environment() throws Exception {
    Map<String, String> environment = new HashMap<>(Map.of("PATH", "/usr/bin:/bin"));
    if (new Shell(clone, environment).end("./with-jdk true").status() != 0) {
      environment.put("JAVA_HOME", System.getProperty("java.home"));
    }
    return environment;
  }

  private record Step(String command, List<String> out, List<String> err) {}

  /** All commands, one after the other; each ends with status 0. */
  private List<Step> follow(List<String> commands) throws Exception {
    StringBuilder script = new StringBuilder();
    for (String command : commands) {
      script
          .append("echo @@@; echo @@@ >&2\n")
          .append(command)
          .append("\n[ $? -eq 0 ] || exit 1\n");
    }
    Path file = Files.writeString(folder.resolve("script"), script);
    Shell.Ended ended = shell.end("sh " + file);
    List<List<String>> out = parts(ended.out());
    List<List<String>> err = parts(ended.err());
    assertEquals(
        0,
        ended.status(),
        () -> commands.get(out.size() - 1) + ": " + out.getLast() + err.getLast());
    List<Step> steps = new ArrayList<>();
    for (int i = 0; i < commands.size(); i++) {
      steps.add(new Step(commands.get(i), out.get(i), err.get(i)));
    }
    return steps;
  }

  private static List<List<String>> parts(List<String> lines) {
    List<List<String>> parts = new ArrayList<>();
    for (String line : lines) {
      if (line.equals("@@@")) {
        parts.add(new ArrayList<>());
      } else {
        parts.getLast().add(line);
      }
    }
    return parts;
  }

  private static Step step(List<Step> steps, String part) {
    return steps.stream().filter(step -> step.command().contains(part)).findFirst().orElseThrow();
  }

  private void saveTheProgram() throws IOException {
    List<String> readme = Files.readAllLines(clone.resolve("README.md"));
    List<String> program = readme.subList(readme.indexOf("```java") + 1, readme.size());
    Files.write(clone.resolve("Digests.java"), program.subList(0, program.indexOf("```")));
  }

  @Test
  @EnabledIfSystemProperty(
      named = "readme",
      matches = "true",
      disabledReason = "it builds the project anew: -Dreadme=true")
  void theCommandsOfTheReadmeWorkAsTheyStand() throws Exception {
    saveTheProgram();
    List<String> commands = new ArrayList<>(Shell.commands(clone.resolve("README.md")));
    commands.addAll(Shell.commands(clone.resolve("docs/cli.md"), "## First steps"));
    for (String program : LONG) {
      assertTrue(commands.removeIf(command -> command.startsWith(program)), program);
      assertTrue(Files.isExecutable(clone.resolve(program)), program);
    }
    List<Step> steps = follow(commands);

    assertTrue(Files.isDirectory(folder.resolve("repository/pool/pool-plugin-archetype")));
    assertTrue(step(steps, "Digests.java").out().getFirst().startsWith("[7692c3ad"));
    Step compress = step(steps, "pool run compress");
    assertEquals(pages(), compress.out().size(), compress::toString);
    Step listed = step(steps, "pool list --plugins");
    assertTrue(listed.out().get(1).startsWith("compress "), listed::toString); // after command
    List<String> stored = Files.readAllLines(clone.resolve("target/outcomes.jsonl"));
    assertEquals(pages(), stored.size());
    assertTrue(stored.stream().allMatch(line -> line.contains("\"status\":200")), stored::toString);
    for (Step step : steps) {
      assertFalse(
          step.err().stream().anyMatch(line -> line.startsWith("WARNING: ")), step::toString);
    }
    assertEquals("", String.join("\n", changed()));
  }

  private long pages() throws IOException {
    try (Stream<Path> pages = Files.list(clone.resolve("docs"))) {
      return pages.filter(page -> page.toString().endsWith(".md")).count();
    }
  }

  /** What lies there that was not, but for the program and what is ignored. */
  private List<String> changed() throws Exception {
    shell.run("git init -q .");
    List<String> now = new ArrayList<>(shell.run("git ls-files --others --exclude-standard"));
    now.removeIf(file -> Files.exists(ROOT.resolve(file)));
    now.removeAll(List.of("Digests.java", ".mvn/maven.config"));
    return now;
  }

  /** With an older Java as the default no other command would find the JDK that it needs. */
  @Test
  void everyCommandThatIsShownFindsItsJdk() throws IOException {
    List<String> wrong = new ArrayList<>();
    try (Stream<Path> docs = Files.walk(clone.resolve("docs"))) {
      Stream<Path> top = Stream.of(clone.resolve("README.md"), clone.resolve("CONTRIBUTING.md"));
      for (Path page :
          Stream.concat(top, docs.filter(f -> f.toString().endsWith(".md"))).toList()) {
        for (String line : Files.readAllLines(page)) {
          if (line.matches(".*(?<!\\./with-jdk )\\./mvnw .*")
              || line.matches(" {4}(java|javac|jar|jshell) .*")) {
            wrong.add(page + ": " + line);
          }
        }
      }
    }
    assertEquals(List.of(), wrong);
  }

  @Test
  void aJdkIsFoundThoughJavaHomeIsAnOlderOneOrNone() throws Exception {
    for (String home : List.of("", "/no/such/folder", "/usr/lib/jvm/java-17-openjdk-amd64")) {
      Map<String, String> environment = environment();
      if (!environment.containsKey("JAVA_HOME")) {
        environment.put("JAVA_HOME", home);
      }
      String version = new Shell(clone, environment).run("./with-jdk javac -version").getFirst();
      assertTrue(version.matches("javac (2[5-9]|[3-9]\\d).*"), version);
    }
    assertEquals(2, shell.end("./with-jdk").status());
  }
}
