package pool.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.Image.Ended;

/** The image's standard input, output and error: who writes where, and what if one is closed. */
@Timeout(120)
class StandardStreamsIT {

  private static final List<String> FACTORIES = List.of("command", "download", "note", "query");

  @TempDir Path folder;

  private Shell shell;

  @BeforeEach
  void shell() {
    shell = new Shell(folder);
  }

  private static void assertThreeOutcomes(Ended ended) {
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(3, ended.out().size(), ended::toString);
    ended.out().forEach(Json::object);
  }

  private static List<String> factories(Ended ended) {
    return ended.out().stream().map(line -> line.split(" ", 2)[0]).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "-XX:MaxRAM=200g",
        "-XX:+UseZGC",
        "-Xlog:gc*:stdout",
        "-Xlog:all=info",
        "-verbose:class",
        "-verbose:gc",
        "-XX:+PrintFlagsFinal",
        "-XX:+UnlockDiagnosticVMOptions -XX:+PrintNMTStatistics -XX:NativeMemoryTracking=summary",
        "-XX:+PrintCommandLineFlags",
        "--show-version",
      })
  void whatTheVmPrintsIsNoOutcome(String options) throws Exception {
    String run = "printf '1\\n2\\n3\\n' | \"$POOL\" run note --workers 2";
    Ended ended = shell.run(run, Map.of("POOL_JAVA_OPTIONS", options));
    assertThreeOutcomes(ended);
    assertTrue(ended.err().size() > 8, "the VM had nothing to say: " + ended);
    Ended listed = shell.run("\"$POOL\" list", Map.of("POOL_JAVA_OPTIONS", options));
    assertEquals(FACTORIES, factories(listed));
  }

  @ParameterizedTest
  @ValueSource(strings = {"JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "_JAVA_OPTIONS"})
  void whatTheVmPrintsByOptionsFromTheEnvironmentIsNoOutcome(String name) throws Exception {
    String run = "printf '1\\n2\\n3\\n' | \"$POOL\" run note --workers 2";
    assertThreeOutcomes(shell.run(run, Map.of(name, "-Xlog:all=info:stdout")));
  }

  @Test
  void aThreadDumpIsNoOutcome() throws Exception {
    Image pool = new Image(folder);
    Process process = pool.start("run", "note", "--workers", "2");
    List<String> outcomes = new ArrayList<>();
    try (Writer in = process.outputWriter()) {
      BufferedReader out = process.inputReader();
      in.write("1\n");
      in.flush();
      outcomes.add(out.readLine());
      Image.signal(process, "QUIT");
      awaitInErr("Full thread dump");
      awaitInErr("JNI global refs"); // its end
      in.write("2\n");
    }
    Ended ended = pool.end(process);
    outcomes.addAll(ended.out());
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(2, outcomes.size(), outcomes::toString);
    outcomes.forEach(Json::object);
  }

  private void awaitInErr(String text) throws Exception {
    long deadline = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    while (!Files.readString(folder.resolve("err")).contains(text)) {
      assertTrue(System.nanoTime() < deadline, "not in standard error: " + text);
      TimeUnit.MILLISECONDS.sleep(10);
    }
  }

  /** It neither starts anew nor is cut, as it would be if it were opened again. */
  @Test
  void outcomesGoWhereTheFileIs() throws Exception {
    Ended ended = shell.run("{ echo before; echo 1 | \"$POOL\" run note; echo after; }");
    assertEquals(3, ended.out().size(), ended::toString);
    assertEquals("before", ended.out().getFirst());
    assertEquals("1", Json.object(ended.out().get(1)).get("line"));
    assertEquals("after", ended.out().getLast());
  }

  @ParameterizedTest
  @ValueSource(strings = {"/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})
  void standardOutputCanBeNamed(String name) throws Exception {
    Ended ended = shell.run("echo 1 | \"$POOL\" run note --output " + name + " | cat");
    assertEquals(1, ended.out().size(), ended::toString);
    assertEquals("succeeded", Json.object(ended.out().getFirst()).get("outcome"));
  }

  /** The script takes a descriptor that is free. */
  @Test
  void descriptorsOfTheCallerStayWhatTheyAre() throws Exception {
    Ended ended =
        shell.run(
            """
            echo 1 >in3
            echo 2 >in9
            "$POOL" run note --input /dev/fd/3 --output /dev/fd/8 3<in3 8>out8 || exit 10
            "$POOL" run note --input /dev/fd/9 9<in9
            """);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals("2", Json.object(ended.out().getFirst()).get("job"));
    assertEquals("1", Json.object(shell.lines("out8").getFirst()).get("job"));
  }

  @Test
  void aReaderOfOneLineGetsIt() throws Exception {
    Ended ended = shell.run("seq 100000 | \"$POOL\" run note 2>/dev/null | head -n 1");
    assertEquals(1, ended.out().size(), ended::toString);
    assertEquals("succeeded", Json.object(ended.out().getFirst()).get("outcome"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          <&-      | pool: cannot read '-': standard input is closed; name a file
          <&- 2>&- | ''
          >&-      | pool: standard output is closed; name a file
          >&- 2>&- | ''
          <&- >&-  | pool: cannot read '-': standard input is closed; name a file
          """)
  void aRunThatNeedsWhatIsClosedIsRefusedBeforeAnyJob(String closed, String message)
      throws Exception {
    for (String sh : Shell.shells()) {
      Ended ended = shell.run("echo 1 | { " + sh + " \"$POOL\" run query " + closed + "; }");
      assertEquals(2, ended.status(), ended::toString);
      assertEquals(message, String.join("", ended.err()), ended::toString);
      assertEquals(List.of(), ended.out());
      assertTrue(Files.notExists(folder.resolve("store.db")), "it opened a worker");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"<&-", ">&-", "2>&-", "<&- >&-", ">&- 2>&-", "<&- >&- 2>&-"})
  void aRunThatNeedsNothingOfWhatIsClosedDoesItsWork(String closed) throws Exception {
    Files.writeString(folder.resolve("in"), "CREATE TABLE a (x)\nCREATE TABLE b (x)\n");
    Ended ended =
        shell.run(
            "\"$POOL\" run query -o writable=true --input in --output outcomes --report page "
                + closed);
    assertEquals(0, ended.status(), ended::toString);
    List<String> outcomes = shell.lines("outcomes");
    assertEquals(2, outcomes.size(), outcomes::toString); // and nothing else
    outcomes.forEach(Json::object);
    assertTrue(shell.lines("page").getFirst().startsWith("<!"));
    byte[] database = Files.readAllBytes(folder.resolve("store.db"));
    assertTrue(new String(database, ISO_8859_1).startsWith("SQLite format 3\0"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"<&-", "2>&-", "<&- 2>&-"})
  void listNeedsStandardOutputOnly(String closed) throws Exception {
    Ended ended = shell.run("\"$POOL\" list " + closed);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(FACTORIES, factories(ended));
  }
}
