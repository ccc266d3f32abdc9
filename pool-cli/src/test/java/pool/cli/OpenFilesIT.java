package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two files of one command that are one: what it holds is kept, and the command refused. */
@Timeout(120)
class OpenFilesIT {

  private static final String KEPT = "1\n2\n";

  @TempDir static Path plugins;

  @TempDir Path folder;

  @BeforeAll
  static void pack() throws Exception {
    SourcePlugin.pack(plugins, Hostile.SOURCE);
  }

  @BeforeEach
  void files() throws Exception {
    Files.writeString(folder.resolve("f"), KEPT);
    Files.writeString(folder.resolve("other"), "7\n");
    Files.createLink(folder.resolve("hard"), folder.resolve("f"));
    Files.createSymbolicLink(folder.resolve("soft"), folder.resolve("f"));
  }

  private record Ended(int status, List<String> out, List<String> err) {}

  /** By a shell, as its user would; what is not redirected goes to the files out and err. */
  private Ended sh(String command) throws Exception {
    Process process =
        new ProcessBuilder("sh", "-c", command)
            .directory(folder.toFile())
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(folder.resolve("out").toFile())
            .redirectError(folder.resolve("err").toFile())
            .start();
    try {
      assertTrue(process.waitFor(30, TimeUnit.SECONDS), "it hangs: " + command);
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    return new Ended(process.exitValue(), lines("out"), lines("err"));
  }

  private List<String> lines(String file) throws IOException {
    return Files.readAllLines(folder.resolve(file));
  }

  private static String run(String arguments) {
    return "exec '" + Image.POOL + "' run note --workers 1 " + arguments;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--output f < f",
        "--report f < f",
        "--trace f < f",
        "--output hard < f",
        "--output soft < f",
        "--output f < soft",
        "--report hard < soft",
        "--output /dev/stdin < f",
        "--output /dev/fd/0 < f",
        "--trace /proc/self/fd/0 < f",
        "--input /dev/stdin --output f < f",
        "--input /dev/fd/0 --report ./f < f",
        "--input /proc/self/fd/0 --trace hard < f",
        "--input /dev/fd/3 --output f 3< f",
        "--input f --output /dev/fd/3 3< f",
        "--input other --output f < f",
        "--output f --input hard",
        "--output f --report hard < other",
        "--trace soft --report f < other",
        "--output soft --trace hard < other",
        "--output f >> f < other",
        "--trace f >> f < other",
        "--report f >> f < other",
        "--report /dev/fd/3 3>> f >> f < other",
        "--output f 2>> f < other",
        "--trace f 2>> f < other",
        "--report hard 2>> soft < other",
        "--report /dev/stderr 2>> f < other",
        "< f >> f",
        "< f >> hard",
        "< soft >> f",
        "< f 2>> hard",
        "--input hard >> f",
        "--input f --output /dev/stdout >> f",
        "<> f >&0",
      })
  void twoThatAreOneAreRefusedAndKept(String arguments) throws Exception {
    Ended ended = sh(run(arguments));
    assertEquals(2, ended.status(), ended::toString);
    String kept = Files.readString(folder.resolve("f"));
    if (arguments.contains("2>> ") && !arguments.startsWith("< f")) { // there the message went
      assertTrue(kept.startsWith(KEPT + "pool: "), kept);
    } else {
      assertEquals(KEPT, kept, ended::toString);
    }
    assertEquals("7\n", Files.readString(folder.resolve("other")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--input p --output p",
        "--output p <> p",
        "<> p >&0",
        "--input p --trace q <> p",
      })
  void onePipeForTwoIsRefusedBeforeAnybodyWaits(String arguments) throws Exception {
    assertEquals(0, new ProcessBuilder("mkfifo", folder.resolve("p").toString()).start().waitFor());
    Files.createLink(folder.resolve("q"), folder.resolve("p"));
    assertEquals(2, sh(run(arguments)).status());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "< other",
        "--input /dev/stdin < other",
        "--output /dev/stdout < other",
        "--output /dev/fd/1 --input /dev/fd/0 < other",
        "--input other < other",
        "< other > both 2>&1",
        "< other >> both 2>> both",
        "--output /dev/null --trace /dev/null --report /dev/null < other",
        "--output /dev/null < other > /dev/null 2> /dev/null",
        "--output new --trace trace --report report < other",
        "--output /dev/fd/3 < other 3> third",
        "--output third < other 3> third",
      })
  void whatIsNotOneOrMayBeSharedIsRun(String arguments) throws Exception {
    Ended ended = sh(run(arguments));
    assertEquals(0, ended.status(), ended::toString);
    assertEquals("7\n", Files.readString(folder.resolve("other")));
    assertEquals(KEPT, Files.readString(folder.resolve("f")));
  }

  /** A terminal is input, output and error at once. */
  @Test
  void standardOutputIsLeftWhatItHeldWhenItIsNamed() throws Exception {
    Ended ended = sh(run("--output /dev/stdout < other >> f"));
    assertEquals(0, ended.status(), ended::toString);
    assertTrue(Files.readString(folder.resolve("f")).startsWith(KEPT + "{\"line\":1,"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--output", "--trace", "--report"})
  void whatAPluginHasOpenIsKept(String option) throws Exception {
    Files.createSymbolicLink(folder.resolve("plugins"), plugins);
    Ended ended =
        sh(
            "exec '"
                + Image.POOL
                + "' run hostile --plugins plugins -o file=hard "
                + option
                + " f < other");
    assertEquals(2, ended.status(), ended::toString);
    assertEquals(KEPT, Files.readString(folder.resolve("f")));
    assertTrue(
        ended.err().contains("pool: cannot write 'f': a plugin has it open; name another file"),
        ended::toString);
  }

  @Test
  void theDatabaseOfAPluginIsKept() throws Exception {
    String database =
        "exec '" + Image.POOL + "' run query -o writable=true -o database=jdbc:sqlite:s.db ";
    assertEquals(0, sh("printf 'CREATE TABLE t (x)\\n' | (" + database + ")").status());
    Path file = folder.resolve("s.db");
    if (!Files.exists(file)) {
      return; // it reads only
    }
    byte[] before = Files.readAllBytes(file);
    Ended ended = sh(database + "--report s.db < other");
    assertEquals(2, ended.status(), ended::toString);
    assertEquals(before.length, Files.size(file));
  }

  @Test
  void whatIsReadFromOnePipeIsNotReadTwice() throws Exception {
    Ended ended = sh("printf 'a=b\\n' | " + run("--options /dev/stdin"));
    assertEquals(2, ended.status(), ended::toString);
    assertTrue(ended.err().getFirst().contains("it is standard input"), ended::toString);
  }
}
