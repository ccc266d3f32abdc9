package pool.plugins.example.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.core.CloseReport;
import pool.core.JobFailedException;
import pool.core.OpenFailedException;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Real programs, which do what no program should. */
@Timeout(60)
@SuppressWarnings("try")
class CommandTest {

  @TempDir Path folder;

  @AfterEach
  void noProgramIsLeft() throws Exception {
    for (ProcessHandle child : ProcessHandle.current().children().toList()) {
      var _ = child.onExit().get(10, TimeUnit.SECONDS);
    }
  }

  private static WorkerPool.Builder<String, Object> pool(String script) {
    return WorkerPool.of(new CommandFactory())
        .workers(1)
        .option("command", CommandContractTest.command(script))
        .option("stop", "300ms");
  }

  private static WorkerPool.Builder<String, Object> lines(String script) {
    return pool(script).option("protocol", "lines");
  }

  private static Throwable failure(WorkerPool<String, Object> pool, String job) {
    return assertThrows(JobFailedException.class, () -> pool.call(job)).getCause();
  }

  /** The reason of the first job, which breaks the worker. */
  private static String reason(WorkerPool.Builder<String, Object> builder) {
    try (var pool = builder.open()) {
      return assertInstanceOf(WorkerBrokenException.class, failure(pool, "a")).getMessage();
    }
  }

  private static void assertContains(String part, String text) {
    assertTrue(text.contains(part), text);
  }

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void aProgramIsStartedOnceDoesManyJobsAndIsClosedOnce(ThreadKind threads) throws Exception {
    Path journal = folder.resolve("journal");
    String script = "echo open >>%1$s\n%2$s\necho close >>%1$s";
    List<String> jobs = IntStream.range(0, 500).mapToObj(i -> "x".repeat(i % 50)).toList();
    try (var pool =
        pool(script.formatted(journal, CommandContractTest.SCRIPT))
            .workers(2)
            .threads(threads)
            .open()) {
      assertEquals(jobs.stream().map(String::length).toList(), pool.map(jobs));
      assertEquals("fail so", failure(pool, "fail so").getMessage());
      assertEquals(3, pool.call("abc"));
    }
    List<String> told = Files.readAllLines(journal);
    assertEquals(List.of("close", "close", "open", "open"), told.stream().sorted().toList());
  }

  @Test
  void aProgramSaysThatItIsBrokenOrThatAJobIsToBeRunLater() {
    try (var pool = pool(CommandContractTest.SCRIPT).open()) {
      CompletableFuture<Object> later = pool.submit("later");
      assertThrows(ExecutionException.class, () -> later.get(20, TimeUnit.SECONDS));
      assertEquals(3, pool.stats().retried());
      WorkerBrokenException broken =
          assertInstanceOf(WorkerBrokenException.class, failure(pool, "break"));
      assertContains("says that it is broken: as asked", broken.getMessage());
      assertEquals(1, pool.call("a"));
    }
  }

  @Test
  void aProgramThatDoesNotExistIsNamed() {
    OpenFailedException failed =
        assertThrows(
            OpenFailedException.class,
            WorkerPool.of(new CommandFactory()).option("command", "no-such-program x")::open);
    assertContains("program 'no-such-program' is in no folder of PATH", failed.getMessage());
    OpenFailedException path =
        assertThrows(
            OpenFailedException.class,
            WorkerPool.of(new CommandFactory()).option("command", "/no/such x")::open);
    assertContains("program '/no/such' does not exist", path.getMessage());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          exit 3                                | ended with status 3
          echo sad >&2; exit 4                  | ended with status 4; its last lines: sad
          kill -9 $$                            | was ended by SIGKILL
          echo hello; cat                       | wrote a line that is no answer: 'hello': it is no JSON
          echo '{"id":1}'; cat                  | an answer has a whole number as id and exactly one of
          echo '{"id":1,"result":1,"failed":2}' | an answer has a whole number as id and exactly one of
          echo '{"id":1,"result":1} x'; cat     | it is no JSON
          echo '[1]'; cat                       | an answer is an object of JSON
          echo '{"id":9,"result":1}'; cat       | answered job 9, which nobody asked
          printf '{"id":1,'; exit 2             | ended with status 2; it wrote half a line: '{"id":1,'
          exec >&-; sleep 1000                  | has closed its standard output
          sleep 5 & exit 5                      | ended with status 5
          """)
  void aProgramThatEndsOrWritesWhatIsNoAnswerHasOneClearReason(String script, String reason) {
    String said = reason(pool(script));
    assertContains(reason, said);
    assertContains("program 'sh -c ", said);
  }

  @Test
  void anAnswerThatComesTwiceBreaksTheWorkerAndNoJobGetsIt() {
    String twice =
        "while read -r l; do echo '{\"id\":1,\"result\":1}'; echo '{\"id\":1,\"result\":1}'; done";
    try (var pool = pool(twice).open()) {
      assertEquals(1, pool.call("a"));
      assertContains("answered job 1 twice", failure(pool, "b").getMessage());
    }
  }

  /** With a program that has answered, and has written a line more: a pool could not tell when. */
  private static Conversation withALineMore() throws Exception {
    Program program =
        Program.start(
            new Program.Setup(
                List.of("sh", "-c", "read -r l; echo \"$l\"; echo more; cat"),
                null,
                Map.of(),
                Duration.ofSeconds(2),
                Duration.ofSeconds(2)),
            "lines");
    Conversation conversation = new Conversation(program, new Protocol.Lines(), null);
    conversation.ask(0, "a");
    assertEquals(new Answer.Result(1, "a"), conversation.next().answer());
    while (program.unasked() == null) { // bounded by the time-out
      Thread.sleep(5);
    }
    return conversation;
  }

  @Test
  void aLineMoreThanWasGivenIsNoticedAndNoJobGetsIt() throws Exception {
    Conversation conversation = withALineMore();
    WorkerBrokenException refused =
        assertThrows(WorkerBrokenException.class, () -> conversation.ask(0, "b"));
    assertContains("wrote a line more than it was given: 'more'", refused.getMessage());
    conversation.end();
    Conversation other = withALineMore();
    IOException failed = assertThrows(IOException.class, other::end);
    assertContains("wrote more lines than it was given: 'more'", failed.getMessage());
  }

  /** With the time to do so that one has which closes in order. */
  @Test
  void aProgramThatIsBrokenCleansUp() throws Exception {
    Path journal = folder.resolve("journal");
    String script =
        "read -r l; echo '{\"broken\":\"so\"}'; while read -r l; do :; done; sleep 0.1; echo close >>";
    assertContains("says that it is broken: so", reason(pool(script + journal)));
    assertEquals(List.of("close"), Files.readAllLines(journal));
  }

  @Test
  void aProgramThatDoesNotFlushIsSuspected() {
    String said = reason(pool("read -r l; sleep 1000").option("timeout", "200ms"));
    assertContains("no answer from program", said);
    assertContains(
        "within PT0.2S; does the program flush its output, and read line by line?", said);
  }

  @Test
  void anAnswerThatIsLateReachesNoOtherJob() {
    try (var pool =
        lines("while read -r l; do [ \"$l\" != slow ] || sleep 1; echo \"$l\"; done")
            .jobTimeout(Duration.ofMillis(500))
            .open()) {
      assertInstanceOf(TimeoutException.class, failure(pool, "slow"));
      assertEquals("b", pool.call("b"));
      assertEquals(List.of(), pool.shutdown(Duration.ofSeconds(10)).abandoned());
    }
  }

  @Test
  void aProgramThatDoesNotWantToEndIsKilledAndTheCloseSaysSo() {
    var pool = lines("trap '' TERM; cat; while :; do sleep 1; done").open();
    assertEquals("a", pool.call("a"));
    CloseReport report = pool.shutdown(Duration.ofSeconds(30));
    assertContains(
        "did not end within PT0.3S when its input had ended: it was ended by SIGKILL",
        report.closeFailures().getFirst().cause().getMessage());
  }

  @Test
  void aProgramThatFailsWhenItClosesIsTold() {
    var pool = lines("cat; echo 'cannot save' >&2; exit 7").open();
    assertEquals("a", pool.call("a"));
    CloseReport report = pool.shutdown(Duration.ofSeconds(30));
    assertContains(
        "ended with status 7; its last lines: cannot save when it closed",
        report.closeFailures().getFirst().cause().getMessage());
  }

  @Test
  void whatAProgramHasStartedEndsWithIt() throws Exception {
    Path pid = folder.resolve("pid");
    try (var pool = lines("sleep 1000 & echo $! >" + pid + "; cat").open()) {
      assertEquals("a", pool.call("a"));
    }
    long number = Long.parseLong(Files.readString(pid).strip());
    var ended = ProcessHandle.of(number).map(ProcessHandle::onExit);
    if (ended.isPresent()) {
      var _ = ended.get().get(10, TimeUnit.SECONDS);
    }
    assertFalse(ProcessHandle.of(number).map(ProcessHandle::isAlive).orElse(false));
  }

  @Test
  void linesMayHaveTenMegabytes() {
    String job = "x".repeat(10_000_000);
    try (var pool = lines("cat").open()) {
      assertEquals(job, pool.call(job));
      assertContains("of several lines", failure(pool, "a\nb").getMessage());
    }
  }

  /** A program that reads no more while it writes would otherwise wait for us, and we for it. */
  @Test
  void longLinesMayBeUnderWayInBothDirections() {
    List<String> jobs = IntStream.range(0, 20).mapToObj(i -> i + "x".repeat(1_000_000)).toList();
    try (var pool = lines("cat").option("pipeline", "10").open()) {
      assertEquals(jobs, pool.map(jobs));
    }
  }

  @Test
  void answersComeInAnyOrderWhenSeveralJobsAreUnderWay() {
    String reversed =
        """
        n=0
        while read -r l; do
          n=$((n + 1)); id=${l#*:}; ids="${id%%,*} $ids"
          if [ $n = 3 ]; then
            for i in $ids; do echo "{\\"id\\":$i,\\"result\\":\\"r$i\\"}"; done
            n=0; ids=
          fi
        done
        """;
    try (var pool = pool(reversed).option("pipeline", "3").open()) {
      assertEquals(List.of("r1", "r2", "r3"), pool.map(List.of("a", "b", "c")));
      assertEquals(List.of("r4", "r5", "r6"), pool.map(List.of("d", "e", "f")));
    }
  }

  /** It is as deep as may be read, and the object around it is deeper than may be written. */
  @ParameterizedTest
  @ValueSource(strings = {"1", "4"})
  void aJobThatCannotBeWrittenShiftsNoAnswer(String pipeline) {
    String deep = "[".repeat(1_000) + "]".repeat(1_000);
    String echo = "while read -r l; do echo \"$l\" | sed 's/\"job\"/\"result\"/'; done";
    try (var pool = pool(echo).option("jobs", "json").option("pipeline", pipeline).open()) {
      for (int i = 0; i < 3; i++) {
        var outcomes = pool.mapAll(List.of("1", "2", deep, "3"));
        assertEquals(1, outcomes.get(0).orElseThrow());
        assertEquals(3, outcomes.get(3).orElseThrow());
        assertFalse(outcomes.get(2).isSucceeded());
        assertEquals(List.of(4, 5), pool.map(List.of("4", "5")));
      }
    }
  }

  /** Nobody may be left to kill it if it has more time than the pool waits. */
  @Test
  void aProgramThatIgnoresItsEndIsKilledBeforeItsWorkerIsAbandoned() throws Exception {
    String deaf = "trap '' TERM; while :; do sleep 0.1; done";
    var pool = pool(deaf).option("stop", "1h").cancelGrace(Duration.ofSeconds(2)).open();
    var _ = pool.submit("a");
    while (pool.stats().running() == 0) { // bounded by the test's time-out
      Thread.sleep(1);
    }
    assertEquals(List.of(), pool.shutdownNow().abandoned());
  }

  @Test
  void ofJobsUnderWayTheAnsweredOnesCount() {
    String dies = "read -r a; read -r b; echo '{\"id\":2,\"result\":\"two\"}'; exit 6";
    try (var pool = pool(dies).option("pipeline", "2").open()) {
      List<Outcome<String, Object>> outcomes = pool.mapAll(List.of("a", "b"));
      assertEquals("two", outcomes.get(1).orElseThrow());
      assertFalse(outcomes.get(0).isSucceeded());
    }
  }

  @Test
  void jobsAndResultsMayBeJson() {
    Map<String, String> options =
        Map.of(
            "command",
            CommandContractTest.command(
                "while read -r l; do j=${l#*job\\\":}; echo \"{\\\"id\\\":${l#*:}\" | sed 's/,.*//;s/$/,\"result\":'\"$j\"'/'; done"),
            "jobs",
            "json");
    List<Object> values = Arrays.asList(1, "a", List.of(true, "b"), Map.of("c", 2), null);
    List<String> jobs = List.of("1", "\"a\"", "[true, \"b\"]", "{\"c\": 2}", "null");
    try (var pool = WorkerPool.of(new CommandFactory()).workers(1).options(options).open()) {
      assertEquals(values, pool.map(jobs));
      assertContains("the job is no JSON", failure(pool, "{").getMessage());
      assertEquals(7, pool.call("7"), "the program goes on");
    }
  }

  @Test
  void itHasItsDirectoryItsEnvironmentAndIsReadyWhenItSaysSo() throws Exception {
    String script =
        "echo loading; sleep 0.2; echo ready; while read -r l; do echo \"$(pwd) $A$B\"; done";
    try (var pool =
        lines(script)
            .option("directory", folder.toString())
            .option("env.A", "1")
            .option("env.B", "2")
            .option("ready", "ready")
            .option("pipeline", "2")
            .open()) {
      assertEquals(folder.toRealPath() + " 12", pool.call("a"));
    }
    OpenFailedException failed =
        assertThrows(
            OpenFailedException.class,
            lines("echo loading; exit 1").option("ready", "ready")::open);
    assertContains("ended with status 1, before it wrote 'ready'", failed.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        lines("cat").option("environment", "x")::open,
        "a name that is no option's");
  }

  @Test
  void aProgramThatEndsWhileItIsIdleCostsNoJob() throws Exception {
    try (var pool = lines("read -r l; echo \"$l of $$\"").open()) {
      Object first = pool.call("a");
      for (ProcessHandle child : ProcessHandle.current().children().toList()) {
        var _ = child.onExit().get(10, TimeUnit.SECONDS);
      }
      Object second = pool.call("a");
      assertFalse(first.equals(second), () -> first + " was not followed by another program");
    }
  }

  @Test
  void whatAProgramWritesWhenItsInputHasEndedDoesNotHoldItUp() {
    try (var pool = lines("read -r l; echo $l; cat; seq 1 50000; echo \"${l}\" >&2").open()) {
      assertEquals("a", pool.call("a"));
    }
  }

  @Test
  void badOptionsStartNoProgram() {
    for (Map<String, String> bad :
        List.of(
            Map.of("pipeline", "0"),
            Map.of("timeout", "0s"),
            Map.of("stop", "200000d"),
            Map.of("env.A.B", "1"))) {
      var options = new HashMap<>(bad);
      options.put("command", "sleep 77");
      assertThrows(
          IllegalArgumentException.class,
          () -> new CommandFactory().open(WorkerContext.standalone(options)));
    }
    assertEquals(0, ProcessHandle.current().children().count());
  }
}
