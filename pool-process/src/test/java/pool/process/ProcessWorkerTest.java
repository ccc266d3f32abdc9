package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.codec.RemoteFailure;
import pool.core.CloseReport;
import pool.core.JobFailedException;
import pool.core.OpenFailedException;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Real processes, which die in every way. */
@SuppressWarnings("try")
@Timeout(120)
class ProcessWorkerTest {

  @TempDir Path folder;

  private long childrenBefore;
  private long foldersBefore;

  private static long children() {
    return ProcessHandle.current().children().count();
  }

  @BeforeEach
  void count() throws Exception {
    childrenBefore = children();
    foldersBefore = Kills.folders();
  }

  /** One whose opening was interrupted has been killed, and may take a moment to end. */
  @AfterEach
  void nothingIsLeft() throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (children() != childrenBefore && System.nanoTime() < deadline) {
      Thread.sleep(5);
    }
    assertEquals(childrenBefore, children());
    assertEquals(foldersBefore, Kills.folders());
  }

  private static ProcessFactory<String, String> trouble() {
    return ProcessFactory.of(TroubleFactory.class)
        .heap("64m")
        .jvmOption("--enable-native-access=ALL-UNNAMED");
  }

  private static WorkerPool.Builder<String, String> pool(ProcessFactory<String, String> factory) {
    return WorkerPool.of(factory).workers(2).closeTimeout(Duration.ofSeconds(30));
  }

  private List<String> journal() throws Exception {
    return Files.readAllLines(folder.resolve("journal"));
  }

  private static Throwable cause(WorkerPool<String, String> pool, String job) {
    return assertThrows(JobFailedException.class, () -> pool.call(job)).getCause();
  }

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void eachWorkerHasAProcessThatDoesManyJobsAndIsClosedOnce(ThreadKind threads) throws Exception {
    TreeSet<String> pids = new TreeSet<>();
    try (var pool =
        pool(trouble())
            .threads(threads)
            .option("journal", folder.resolve("journal").toString())
            .open()) {
      for (String pid : pool.map(IntStream.range(0, 200).mapToObj(_ -> "pid").toList())) {
        pids.add(pid);
      }
      assertNull(pool.call("null"));
      assertTrue(pool.call("name").matches("trouble-[01] [01]"));
      assertEquals("hello \ud83d\ude42", pool.call("hello \ud83d\ude42"));
      pool.broadcast("pid").forEach(outcome -> pids.add(outcome.orElseThrow()));
    }
    assertEquals(2, pids.size());
    assertFalse(pids.contains(Long.toString(ProcessHandle.current().pid())));
    for (String what : List.of("open", "finish", "close")) {
      List<String> expected = pids.stream().map(pid -> what + " " + pid).sorted().toList();
      List<String> told =
          journal().stream().filter(line -> line.startsWith(what)).sorted().toList();
      assertEquals(expected, told);
    }
  }

  @Test
  void failuresAreWhatTheWorkerHasThrown() {
    try (var pool = pool(trouble()).workers(1).open()) {
      String pid = pool.call("pid");
      RemoteFailure failure = assertInstanceOf(RemoteFailure.class, cause(pool, "fail so"));
      assertEquals("java.io.IOException", failure.className());
      assertEquals("fail so", failure.getMessage());
      assertEquals(pid, pool.call("pid"), "a failed job costs no process");
      assertEquals(
          "break so",
          assertInstanceOf(WorkerBrokenException.class, cause(pool, "break so")).getMessage());
      assertNotEquals(pid, pool.call("pid"));
      assertInstanceOf(WorkerBrokenException.class, cause(pool, "error so"));
      CompletableFuture<String> later = pool.submit("later");
      assertThrows(ExecutionException.class, () -> later.get(30, TimeUnit.SECONDS));
      assertEquals(3, pool.stats().retried());
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "crash      | SIGSEGV",
        "kill -KILL | was ended by SIGKILL",
        "kill -TERM | was ended by SIGTERM",
        "exit 7     | ended with status 7",
        "exit 0     | ended with status 0",
        "heap       | OutOfMemoryError",
      })
  void aProcessThatEndsCostsItsJobAndItsWorkerOnly(String job, String how) {
    try (var pool = pool(trouble()).open()) {
      CompletableFuture<String> bad = pool.submit(job);
      for (int i = 0; i < 50; i++) {
        assertEquals("good", pool.call("good"));
      }
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> bad.get(30, TimeUnit.SECONDS));
      WorkerBrokenException broken = assertInstanceOf(WorkerBrokenException.class, e.getCause());
      assertTrue(broken.getMessage().contains(how), broken::getMessage);
      assertEquals(2, pool.broadcast("good").size());
    }
  }

  @Test
  void aRunThatDoesNotStopIsKilledAndNobodyIsAbandoned() {
    try (var pool =
        pool(trouble().killAfter(Duration.ofMillis(300)))
            .jobTimeout(Duration.ofSeconds(1))
            .open()) {
      List<Outcome<String, String>> outcomes =
          pool.mapAll(List.of("loop", "sleep", "wait", "loop", "good"));
      assertEquals(
          List.of(false, false, false, false, true),
          outcomes.stream().map(Outcome::isSucceeded).toList());
      assertEquals("good", pool.call("good"));
      CloseReport report = pool.shutdown(Duration.ofSeconds(30));
      assertEquals(List.of(), report.abandoned());
    }
  }

  /** A run that stops when it is told to keeps its process. */
  @ParameterizedTest
  @ValueSource(strings = {"sleep", "wait"})
  void aRunThatStopsKeepsItsProcess(String job) throws Exception {
    try (var pool = pool(trouble()).workers(1).open()) {
      String pid = pool.call("pid");
      CompletableFuture<String> future = pool.submit(job);
      while (pool.stats().running() == 0) { // bounded by the test's time-out
        Thread.sleep(1);
      }
      assertTrue(future.cancel(true));
      assertEquals(pid, pool.call("pid"));
    }
  }

  @Test
  void aCancelThatThrowsCostsNothing() throws Exception {
    try (var pool = pool(trouble()).workers(1).option("in-cancel", "fail so").open()) {
      String pid = pool.call("pid");
      for (int i = 0; i < 3; i++) {
        CompletableFuture<String> future = pool.submit("sleep");
        while (pool.stats().running() == 0) { // bounded by the test's time-out
          Thread.sleep(1);
        }
        assertTrue(future.cancel(true));
        assertEquals(pid, pool.call("pid"));
      }
    }
  }

  @Test
  void aCancelThatHangsCostsItsProcess() {
    try (var pool =
        pool(trouble().killAfter(Duration.ofMillis(300)))
            .workers(1)
            .jobTimeout(Duration.ofSeconds(1))
            .option("in-cancel", "loop")
            .open()) {
      assertThrows(JobFailedException.class, () -> pool.call("sleep"));
      assertEquals("good", pool.call("good"));
    }
  }

  @Test
  void aProcessThatIsStoppedIsKilled() {
    try (var pool =
        pool(trouble().killAfter(Duration.ofMillis(300)))
            .workers(1)
            .jobTimeout(Duration.ofSeconds(1))
            .open()) {
      assertThrows(JobFailedException.class, () -> pool.call("kill -STOP"));
      assertEquals("good", pool.call("good"));
    }
  }

  @Test
  void memoryIsLimitedWhileAJobRunsAndBetweenJobs() {
    try (var pool = pool(trouble().maxMemory("220m")).workers(1).open()) {
      String pid = pool.call("pid");
      WorkerBrokenException broken =
          assertInstanceOf(WorkerBrokenException.class, cause(pool, "native 400 sleep"));
      assertTrue(
          broken.getMessage().contains("and may have 230686720 (maxMemory)"), broken::getMessage);
      assertNotEquals(pid, pool.call("pid"));
    }
  }

  /** The memory is looked at before each of these jobs, and not within it. */
  @Test
  void aProcessThatHasGrownIsReplacedBetweenJobs() throws Exception {
    TreeSet<String> pids = new TreeSet<>();
    try (var pool =
        pool(trouble().maxMemory("200m"))
            .workers(1)
            .option("journal", folder.resolve("journal").toString())
            .open()) {
      for (int i = 0; i < 12; i++) {
        Thread.sleep(150);
        assertEquals("done", pool.call("native 20"));
        pids.add(pool.call("pid"));
      }
    }
    assertTrue(pids.size() > 1, pids::toString);
    for (String pid : pids) {
      for (String what : List.of("open", "finish", "close")) {
        assertEquals(1, journal().stream().filter((what + " " + pid)::equals).count(), what);
      }
    }
  }

  /** The memory is looked at within each of these jobs as well, shortly before its end. */
  @Test
  void aProcessThatGrowsInLongJobsIsReplacedBetweenThem() {
    TreeSet<String> pids = new TreeSet<>();
    try (var pool = pool(trouble().maxMemory("200m", "2g")).workers(1).open()) {
      for (int i = 0; i < 12; i++) {
        pids.add(pool.call("grow 20 120"));
      }
    }
    assertTrue(pids.size() > 1, pids::toString);
  }

  /** Its finish or close takes longer than the pool waits for a worker that it has stopped. */
  @ParameterizedTest
  @ValueSource(strings = {"in-finish", "in-close"})
  void aTimeOutWhileAProcessIsReplacedAbandonsNobody(String when) throws Exception {
    var pool =
        pool(trouble().maxMemory("100m", "2g").killAfter(Duration.ofSeconds(2)))
            .workers(1)
            .jobTimeout(Duration.ofSeconds(3))
            .cancelGrace(Duration.ofSeconds(2))
            .option(when, "grow 0 10000")
            .open();
    assertEquals("done", pool.call("native 100"));
    Thread.sleep(150); // the memory is not looked at more often
    assertInstanceOf(TimeoutException.class, cause(pool, "good"));
    assertEquals("good", pool.call("good"));
    assertEquals(List.of(), pool.shutdown(Duration.ofSeconds(30)).abandoned());
  }

  @Test
  void whatAReplacedProcessThrowsWhenItClosesIsReportedAtTheEnd() throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    ProcessFactory<String, String> factory = trouble().maxMemory("100m", "2g");
    try (var context = WorkerContext.standalone(Map.of("in-close", "unless " + file))) {
      var worker = factory.open(context);
      assertEquals("done", worker.run("native 100"));
      assertEquals("good", worker.run("good")); // in another process
      Files.delete(file);
      Exception thrown = assertThrows(Exception.class, worker::close);
      assertEquals("not while %s is there".formatted(file), thrown.getMessage());
      worker.close();
    }
  }

  @Test
  void anOptionMayHaveHalvesOfSurrogatePairs() throws Exception {
    String half = "caf\udce9";
    try (var context = WorkerContext.standalone(Map.of("said", half));
        var worker = trouble().open(context)) {
      assertEquals("dce9", worker.run("said"));
    }
  }

  @Test
  void whatAChildPrintsNeverHoldsItUp() {
    try (var pool = pool(trouble()).workers(1).open()) {
      assertEquals("printed", pool.call("print 10000000"));
    }
  }

  @ParameterizedTest
  @CsvSource({"exit 5, ended with status 5", "fail so, fail so", "kill -KILL, SIGKILL"})
  void anOpeningThatFailsLeavesNoProcess(String job, String how) {
    OpenFailedException e =
        assertThrows(
            OpenFailedException.class, () -> pool(trouble()).option("in-open", job).open());
    assertTrue(String.valueOf(e.getMessage()).contains(how), e::getMessage);
  }

  @ParameterizedTest
  @ValueSource(strings = {"exit 5", "fail so"})
  void aCloseThatFailsIsToldAndLeavesNoProcess(String job) {
    var pool = pool(trouble()).workers(1).option("in-close", job).open();
    CloseReport report = pool.shutdown(Duration.ofSeconds(30));
    assertEquals(1, report.closeFailures().size(), report::toString);
  }

  @Test
  void aCloseThatHangsIsKilledAndTold() {
    var pool = pool(trouble().killAfter(Duration.ofMillis(300))).option("in-close", "loop").open();
    assertEquals("good", pool.call("good"));
    CloseReport report = pool.shutdown(Duration.ofSeconds(30));
    assertEquals(List.of(), report.abandoned(), report::toString);
    assertEquals(2, report.closeFailures().size(), report::toString);
  }

  @Test
  void jvmOptionsEnvironmentAndDirectoryAreTheChilds() throws Exception {
    ProcessFactory<String, String> factory =
        trouble().directory(folder).environment("TROUBLE", "yes").jvmOption("-Dtrouble=yes");
    try (var context = WorkerContext.standalone(Map.of("journal", "journal"));
        var worker = factory.open(context)) {
      assertEquals("good", worker.run("good"));
    }
    assertEquals(List.of("open", "close"), journal().stream().map(l -> l.split(" ")[0]).toList());
  }

  @Test
  void settingsThatAllowNothingAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> trouble().heap("much"));
    assertThrows(IllegalArgumentException.class, () -> trouble().heap("64"));
    assertThrows(IllegalArgumentException.class, () -> trouble().maxMemory("0m"));
    assertThrows(IllegalArgumentException.class, () -> trouble().maxMemory("64m"));
    assertThrows(IllegalArgumentException.class, () -> trouble().maxMemory("2g", "1g"));
    assertThrows(IllegalArgumentException.class, () -> trouble().killAfter(Duration.ZERO));
  }

  @Test
  void optionsArriveHoweverTheyWereGiven() throws Exception {
    String journal = folder.resolve("journal").toString();
    try (var pool = pool(trouble()).workers(1).option(TroubleFactory.JOURNAL, journal).open()) {
      assertEquals("good", pool.call("good"));
    }
    assertEquals(3, journal().size());
    try (var pool =
        pool(trouble()).workers(1).optionFrom(TroubleFactory.JOURNAL, () -> journal).open()) {
      assertEquals("good", pool.call("good"));
    }
    assertEquals(6, journal().size());
  }

  @Test
  void aWorkerIsClosedThoughWhoClosesItIsInterrupted() throws Exception {
    var worker =
        trouble()
            .open(
                WorkerContext.standalone(Map.of("journal", folder.resolve("journal").toString())));
    Thread.currentThread().interrupt();
    worker.close();
    assertTrue(Thread.interrupted());
    assertTrue(journal().getLast().startsWith("close"), () -> "it was not closed");
  }

  @Test
  void aProcessThatEndsWhileNobodyAsksCostsNoJob() throws Exception {
    ProcessFactory<String, String> factory = trouble();
    try (var pool = pool(factory).workers(1).open()) {
      String pid = pool.call("pid");
      ProcessHandle child = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
      assertTrue(child.destroyForcibly());
      var _ = child.onExit().get(10, TimeUnit.SECONDS);
      assertNotEquals(pid, pool.call("pid"));
    }
    assertEquals(new ProcessCounts(2, 1, 0), factory.counts());
  }

  @Test
  void aNewProcessThatCannotOpenItsWorkerBreaksTheOldOne() throws Exception {
    Path file = folder.resolve("file");
    ProcessFactory<String, String> factory = trouble().maxMemory("100m", "2g");
    var options = Map.of("in-open", "unless " + file);
    try (var context = WorkerContext.standalone(options)) {
      var worker = factory.open(context);
      assertEquals("done", worker.run("native 100"));
      Files.createFile(file);
      Thread.sleep(150); // the memory is looked at ten times a second
      WorkerBrokenException broken =
          assertThrows(WorkerBrokenException.class, () -> worker.run("good"));
      assertTrue(broken.getMessage().contains("got no new process: not while"), broken::getMessage);
      worker.close();
    }
  }

  @Test
  void whatAJobDoesToItsThreadIsUndone() {
    try (var pool = pool(trouble()).workers(1).open()) {
      assertEquals("renamed", pool.call("rename"));
      assertEquals("trouble-0 0", pool.call("name"));
    }
  }

  @Test
  void aCancelOfNoRunStopsNoOther() throws Exception {
    try (var context = WorkerContext.standalone();
        var worker = trouble().open(context)) {
      assertEquals("a", worker.run("a"));
      worker.cancel();
      assertEquals("b", worker.run("b"));
    }
  }
}
