package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;

/**
 * The scripts of the repository, copied to a folder where nothing is built yet and Maven says where
 * it was called: wherever the folder is and however they are called, they work in it.
 */
@Timeout(300)
class ScriptsIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Set<String> NOT_OURS = Set.of("target", ".git", "src", "node_modules");

  private static final String MAVEN =
      """
      #!/bin/sh
      [ -f find-jdk.sh ] && printf 'maven in %s\\n' "${PWD##*/}"
      exit 3
      """;

  private static final List<String> CALLS =
      List.of(
          "$CALL -- \"$NAME/$SCRIPT\" 1", // 1: chaos needs to know for how long
          "cd -- \"$NAME\" && $CALL \"$SCRIPT\" 1",
          "ln -s \"$PWD/$NAME/$SCRIPT\" linked; $CALL linked 1; rm linked");

  @TempDir Path folder;

  /** All that a shell reads, by names relative to the root. */
  private static Set<String> scripts() throws IOException {
    Set<String> scripts = new TreeSet<>();
    Files.walkFileTree(
        ROOT,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return NOT_OURS.contains(directory.getFileName().toString())
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (file.toString().endsWith(".sh") || beginsLikeAScript(file)) {
              scripts.add(ROOT.relativize(file).toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return scripts;
  }

  private static boolean beginsLikeAScript(Path file) throws IOException {
    byte[] begin = new byte[9];
    try (var in = Files.newInputStream(file)) {
      return in.readNBytes(begin, 0, begin.length) == begin.length
          && new String(begin, StandardCharsets.US_ASCII).equals("#!/bin/sh");
    }
  }

  /** Has the scripts in a folder of that name, and returns those that call Maven. */
  private List<String> copy(Set<String> scripts, String name) throws Exception {
    List<String> callers = new ArrayList<>();
    for (String script : scripts) {
      Path copy = folder.resolve(name).resolve(script);
      Files.createDirectories(copy.getParent());
      if (script.equals("mvnw")) {
        Files.writeString(copy, MAVEN);
        assertTrue(copy.toFile().setExecutable(true));
      } else {
        Files.copy(ROOT.resolve(script), copy);
        if (!script.endsWith(".sh") && !script.equals("with-jdk")) { // which calls what it is told
          callers.add(script);
        }
      }
    }
    return callers;
  }

  @Test
  void eachScriptWorksInItsFolderWhereverThatIsAndHoweverItIsCalled() throws Exception {
    Set<String> scripts = scripts();
    assertTrue(
        scripts.containsAll(Set.of("demo", "verify", ".ci/run", "benchmarks/run", "find-jdk.sh")),
        scripts::toString);
    Shell shell = new Shell(folder);
    List<String> shells = Shell.shells();
    int turn = 0; // not each shell and each call with each script and each name
    for (String name : List.of("a b", "-x", "x\ny\n")) {
      List<String> callers = copy(scripts, name);
      assertEquals(0, shell.run("git init -q -- \"$NAME\"", Map.of("NAME", name)).status());
      // What a cd by CDPATH would find first. It has no scripts.
      Files.createDirectories(folder.resolve("decoy").resolve(name));
      for (String script : callers) {
        Files.createDirectories(folder.resolve("decoy").resolve(script).getParent());
        String where = script.equals("reproducible") ? "one" : name;
        String call = CALLS.get(turn % CALLS.size());
        String sh = shells.get(turn++ / CALLS.size() % shells.size());
        Ended ended =
            shell.run(
                "CALL=\"env CDPATH=$PWD/decoy $SH\"; " + call,
                Map.of("SH", sh, "NAME", name, "SCRIPT", script, "JAVA_HOME", javaHome()));
        String said = String.join("\n", ended.out());
        assertTrue(
            said.contains(("maven in " + where).stripTrailing()),
            () -> sh + " " + script + " in '" + name + "' by " + call + ": " + ended);
      }
    }
  }

  private static String javaHome() {
    return System.getProperty("java.home");
  }

  /** As in a container or a unit of systemd. */
  @Test
  void aJdkIsLookedForWithoutAnyEnvironment() throws Exception {
    copy(scripts(), "plain");
    Ended ended = new Shell(folder).run("env -i PATH=/usr/bin:/bin sh plain/verify");
    String all = ended.toString();
    assertTrue(all.contains("maven in plain") || all.contains("No JDK 25 found"), all);
    assertEquals(0, ended.count("parameter not set|unbound"), all);
  }
}
