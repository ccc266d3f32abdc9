package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** {@code pool run command -- ...}, with the programs that the page shows. */
@Timeout(90)
class CommandIT {

  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path EXAMPLES = ROOT.resolve("examples/command");
  private static final int LONGEST = 24; // lines

  @TempDir Path folder;

  private Image pool;

  @BeforeEach
  void image() {
    pool = new Image(folder);
  }

  private static void assumeThereIs(String program) {
    assumeTrue(
        Stream.of(System.getenv("PATH").split(":"))
            .anyMatch(each -> Files.isExecutable(Path.of(each, program))),
        program);
  }

  private static String program(String name) {
    return EXAMPLES.resolve(name).toString();
  }

  @ParameterizedTest
  @ValueSource(strings = {"worker.py", "worker.sh", "worker.mjs"})
  void thePageShowsTheProgramAndItIsShort(String name) throws Exception {
    String program = Files.readString(EXAMPLES.resolve(name));
    String page = Files.readString(ROOT.resolve("docs/processes.md"));
    assertTrue(page.contains(program + "```"), name);
    assertTrue(program.lines().count() <= LONGEST, name);
  }

  @Test
  void aWorkerInPython() throws Exception {
    assumeThereIs("python3");
    Ended ended =
        pool.run(
            "a b\nc\n", "run", "command", "--workers", "1", "--", "python3", program("worker.py"));
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"a b\",\"outcome\":\"succeeded\",\"result\":{\"words\":2,\"job\":1}}",
            "{\"line\":2,\"job\":\"c\",\"outcome\":\"succeeded\",\"result\":{\"words\":1,\"job\":2}}"),
        ended.plain());
    assertEquals(1, ended.count("command-0: closed after 2 jobs"), ended::toString);
    assertEquals(0, ended.status(), ended::toString);
  }

  @Test
  void aWorkerInNode() throws Exception {
    assumeThereIs("node");
    Ended ended =
        pool.run(
            "a\na\n",
            "run",
            "command",
            "--workers",
            "1",
            "--keep-going",
            "--",
            "node",
            program("worker.mjs"));
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"a\",\"outcome\":\"succeeded\",\"result\":{\"upper\":\"A\"}}",
            "{\"line\":2,\"job\":\"a\",\"outcome\":\"failed\",\"reason\":\"a was there before\"}"),
        ended.plain());
    assertEquals(1, ended.status(), ended::toString);
  }

  @Test
  void aWorkerInBash() throws Exception {
    assumeThereIs("bash");
    Ended ended =
        pool.run(
            "ab\n", "run", "command", "-o", "protocol=lines", "--", "bash", program("worker.sh"));
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"ab\",\"outcome\":\"succeeded\",\"result\":\"ab has 2 characters\"}"),
        ended.plain());
    assertEquals(0, ended.status(), ended::toString);
  }

  @Test
  void theReportShowsTheCommandAndHidesTheEnvironment() throws Exception {
    Ended ended =
        pool.run(
            "a\n",
            "run",
            "command",
            "-o",
            "protocol=lines",
            "-o",
            "env.TOKEN=s3cret",
            "--report",
            "r.html",
            "--",
            "sh",
            "-c",
            "while read -r l; do echo \"$l it's $TOKEN\"; done");
    assertEquals(
        List.of(
            "{\"line\":1,\"job\":\"a\",\"outcome\":\"succeeded\",\"result\":\"a it's s3cret\"}"),
        ended.plain());
    String report = Files.readString(folder.resolve("r.html"));
    assertTrue(report.contains("env.TOKEN=***"), report);
    assertTrue(report.contains("<span>--</span>"), report);
    assertEquals(-1, report.indexOf("env.TOKEN=s3cret"), report);
  }

  @Test
  void optionsComeFromAFileTheLineAndTheEnvironmentAndSecretsOfTheLineAreWarnedOf()
      throws Exception {
    Files.writeString(
        folder.resolve("o"), "protocol=lines\nenv.A=file\nenv.B=file\nenv.HOME_OF=env:HOME\n");
    String script = "while read -r l; do echo \"$A $B $HOME_OF $PASSWORD\"; done";
    Ended ended =
        pool.run(
            "a\n",
            "run",
            "command",
            "--options",
            "o",
            "-o",
            "env.B=line",
            "-o",
            "env.PASSWORD=geheim",
            "--",
            "sh",
            "-c",
            script);
    assertTrue(
        ended.out().getFirst().contains("file line " + System.getenv("HOME") + " geheim"),
        ended::toString);
    assertEquals(1, ended.count("option 'env.PASSWORD' has a secret, and the process table"));
    assertEquals(0, ended.count("env.B"));
    assertEquals(0, ended.count("geheim"), ended::toString);
  }

  @Test
  void aCommandIsForAFactoryThatTakesOneAndIsGivenOnce() throws Exception {
    Ended none = pool.run("", "run", "note", "--", "cat");
    assertEquals(2, none.status());
    assertEquals(
        1,
        none.count("factory 'note' has no option 'command', so nothing may follow its name"),
        none::toString);
    Ended twice = pool.run("", "run", "command", "-o", "command=cat", "--", "cat");
    assertEquals(2, twice.status());
    assertEquals(1, twice.count("the command is given twice"), twice::toString);
    Ended missing = pool.run("", "run", "command", "--", "no-such-program");
    assertEquals(1, missing.status());
    assertEquals(
        1, missing.count("program 'no-such-program' is in no folder of PATH"), missing::toString);
  }
}
