package pool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pool.cli.Image.Ended;

/** What can be seen of a run of the image: its progress, its trace, its report. */
@Timeout(120)
class SeenIT {

  @TempDir Path folder;

  private Image pool;

  @BeforeEach
  void image() {
    pool = new Image(folder);
  }

  private static String numbers(int count) {
    return IntStream.range(0, count).mapToObj(i -> i + "\n").collect(Collectors.joining());
  }

  /** A line that counts up to there, ten million in a second or two. */
  private static String query(int rows) {
    return "SELECT count(*) FROM (WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1"
        + " FROM n WHERE i < "
        + rows
        + ") SELECT i FROM n)\n";
  }

  private List<Map<String, Object>> trace() throws Exception {
    return TraceTest.events(Files.readString(folder.resolve("trace")));
  }

  /** How many events of each category the trace has. */
  private Map<Object, Long> spans() throws Exception {
    return trace().stream()
        .filter(event -> event.get("ph").equals("X") && !event.get("cat").equals("idle"))
        .collect(groupingBy(event -> event.get("cat"), counting()));
  }

  private String report() throws Exception {
    return Files.readString(folder.resolve("report"))
        .replaceAll("(?s)<style>.*?</style>", "")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ");
  }

  @Test
  void aRunThatFailsIsTracedAndReported() throws Exception {
    Ended ended =
        pool.run(
            "SELECT 1\nSELECT 2\nSELEC 3\n\nSELECT 4\n",
            "run",
            "query",
            "--workers",
            "2",
            "--keep-going",
            "-o",
            "database=jdbc:sqlite:",
            "--trace",
            "trace",
            "--report",
            "report");
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(
        Map.of("open", 2L, "job", 3L, "job,failed", 2L, "finish", 2L, "close", 2L), spans());
    String report = report();
    assertTrue(report.contains("Succeeded 3 Failed 2"), report);
    assertTrue(report.contains("near \"SELEC\"".replace("\"", "&quot;")), report);
    assertTrue(report.contains("finished: 3 succeeded, 2 failed in"), report);
  }

  @Test
  void aRunThatDoesNotOpenLeavesATraceAndNoReport() throws Exception {
    Ended ended =
        pool.run(
            "",
            "run",
            "query",
            "-o",
            "database=jdbc:sqlite:/no/such/folder/x.db",
            "--trace",
            "trace",
            "--report",
            "report");
    assertEquals(1, ended.status(), ended::toString);
    assertTrue(trace().stream().anyMatch(event -> event.get("name").equals("did not open")));
    assertEquals("", Files.readString(folder.resolve("report")));
  }

  @Test
  void anInterruptedRunIsTracedAndReportedToItsEnd() throws Exception {
    Process process =
        pool.start("run", "note", "--workers", "2", "--trace", "trace", "--report", "report");
    begin(process, 10);
    boolean interrupt = !Image.ignoresInterrupts(process);
    Image.signal(process, interrupt ? "INT" : "TERM");
    Ended ended = pool.end(process);
    assertEquals(128 + (interrupt ? 2 : 15), ended.status(), ended::toString);
    assertEquals(Map.of("open", 2L, "job", 10L, "finish", 2L, "close", 2L), spans());
    assertTrue(Files.readString(folder.resolve("trace")).endsWith("\n]\n"));
    assertTrue(report().contains("pool: stopped by a signal before the end of the input"));
  }

  @Test
  void theTraceOfARunThatWasKilledCanBeLoaded() throws Exception {
    Process process = pool.start("run", "note", "--workers", "1", "--trace", "trace");
    begin(process, 10);
    awaitJobs(10);
    Image.signal(process, "KILL");
    assertTrue(process.waitFor(20, TimeUnit.SECONDS));
    assertEquals(Map.of("open", 1L, "job", 10L), spans());
    assertFalse(Files.readString(folder.resolve("trace")).strip().endsWith("]"));
  }

  /** Reads the outcomes; the input stays open. */
  private static void begin(Process process, int jobs) throws Exception {
    Writer in = process.outputWriter();
    in.write(numbers(jobs));
    in.flush();
    BufferedReader out = process.inputReader();
    for (int i = 0; i < jobs; i++) {
      assertTrue(out.readLine().contains("succeeded"));
    }
  }

  /** Counts in the text: a file that is being written need not be whole. */
  private void awaitJobs(int count) throws Exception {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    Path trace = folder.resolve("trace");
    while (Files.readString(trace).split("\"cat\":\"job\"", -1).length - 1 < count) {
      assertTrue(System.nanoTime() < deadline, "the jobs are not in the trace");
      Thread.onSpinWait();
    }
  }

  @Test
  void aHundredThousandJobsMakeASmallPageInLittleMemory() throws Exception {
    Path input = Files.writeString(folder.resolve("in"), numbers(100_000));
    Ended ended =
        new Image(folder, "-Xmx64m")
            .run(
                "",
                "run",
                "note",
                "--workers",
                "4",
                "--input",
                input.toString(),
                "--output",
                "out",
                "--trace",
                "trace",
                "--report",
                "report");
    assertEquals(0, ended.status(), () -> ended.err().getLast());
    String report = report();
    assertTrue(report.contains("Succeeded 100,000 Failed 0"), report);
    assertTrue(Files.size(folder.resolve("report")) < 2_000_000);
    long missing =
        trace().stream()
            .map(event -> (String) event.get("name"))
            .filter(name -> name.endsWith(" events are missing"))
            .mapToLong(name -> Long.parseLong(name.split(" ")[0]))
            .sum();
    assertTrue(spans().get("job") + missing >= 100_000, missing + " are missing");
    assertEquals(missing > 0, report.contains("events are missing"), report);
  }

  @Test
  @EnabledOnOs(OS.LINUX) // has /dev/full
  void filesForWhichThereIsNoRoomAreALineEachAndStatus1() throws Exception {
    Ended ended = pool.run("1\n", "run", "note", "--trace", "/dev/full", "--report", "/dev/full");
    assertEquals(1, ended.status(), ended::toString);
    assertEquals(
        List.of(
            "pool: the trace could not be written: No space left on device",
            "pool: the report could not be written: No space left on device"),
        ended.err().stream().filter(line -> line.startsWith("pool:")).toList());
    assertEquals(1, ended.out().size());
  }

  @Test
  void plainProgressIsALineAndNoneIsSilent() throws Exception {
    Path input = Files.writeString(folder.resolve("in"), numbers(3));
    Ended plain = pool.run("", "run", "note", "--input", input.toString(), "--progress", "plain");
    assertTrue(plain.count("^progress: \\d+ done, 0 failed, ") >= 1, plain::toString);
    for (String silent : List.of("auto", "none")) {
      Ended ended = pool.run("", "run", "note", "--input", input.toString(), "--progress", silent);
      assertEquals(0, ended.count("progress|%|\u001b"), ended::toString);
    }
  }

  @Test
  void aBarIsAsWideAsItsTerminal() throws Exception {
    Files.writeString(folder.resolve("in"), "SELECT 1\n".repeat(100) + query(10_000_000));
    String run =
        "; '"
            + Image.POOL
            + "' run query -o database=jdbc:sqlite: --workers 2 --input in --output out";
    List<String> narrow = bars(onATerminal("stty cols 60" + run));
    assertFalse(narrow.isEmpty());
    assertTrue(narrow.stream().allMatch(bar -> bar.length() < 60), narrow::toString);
    List<String> wide = bars(onATerminal("stty cols 151" + run));
    assertFalse(wide.isEmpty());
    assertTrue(wide.stream().allMatch(bar -> bar.matches(".*\\|.{25}\\| .*")), wide::toString);
  }

  @Test
  void aTerminalThatCannotEraseALineHasNoBar() throws Exception {
    Files.writeString(folder.resolve("in"), numbers(3));
    String run = "'" + Image.POOL + "' run note --input in --output out";
    String written = onATerminal("TERM=dumb " + run);
    assertTrue(written.contains("finished: 3 succeeded"), written);
    assertFalse(written.contains("\u001b") || written.contains("%"), written);
  }

  /** The pace of the lines before says nothing of the last one, which runs for seconds. */
  @Test
  void noTimeIsSaidToBeLeftWhileTheLastJobRuns() throws Exception {
    Files.writeString(
        folder.resolve("in"), "SELEC 1\n" + "SELECT 1\n".repeat(200) + query(20_000_000));
    String written =
        onATerminal(
            "'"
                + Image.POOL
                + "' run query -o database=jdbc:sqlite: --workers 2 --keep-going --input in --output out");
    List<String> bars = bars(written);
    assertTrue(bars.stream().anyMatch(bar -> bar.contains("201 of 202 done, 1 failed")), written);
    for (String bar : bars) {
      assertTrue(
          bar.matches(
              ".*query +\\d+% \\|[ █▏▎▍▌▋▊▉=]+\\| \\d+ of 202 done, [01] failed(, \\d+ s so far"
                  + "(, [\\d.,]+ jobs/(s|min))?)?"),
          bar);
    }
  }

  @Test
  void theReportHasTheCommandLineWithoutItsSecrets() throws Exception {
    Ended ended =
        pool.run(
            "SELECT 1\n",
            "run",
            "query",
            "--workers",
            "1",
            "-o",
            "database=jdbc:sqlite:x.db?password=geheim",
            "-o",
            "writable=true",
            "--report",
            "report");
    assertEquals(0, ended.status(), ended::toString);
    String report = report();
    assertTrue(
        report.contains(
            "pool run query --workers 1 -o &#39;database=jdbc:sqlite:x.db?password=***&#39;"
                + " -o writable=true --report report"),
        report);
    assertTrue(report.contains("--threads virtual (default)"), report);
    assertFalse(Files.readString(folder.resolve("report")).contains("geheim"), report);
  }

  /** The time of the whole run is told once, and the same on the screen and on the page. */
  @Test
  void theSummaryAndTheReportAgreeOnTheTimeOfTheRun() throws Exception {
    Ended ended = pool.run("1\n2\n", "run", "note", "--report", "report");
    String summary =
        ended.err().stream().filter(line -> line.startsWith("finished")).findFirst().orElseThrow();
    String took = summary.substring(summary.indexOf(" in ") + 4);
    String report = report();
    assertTrue(report.contains("Whole run " + took + " with the opening and closing"), report);
    assertTrue(report.contains(summary), report);
  }

  @Test
  void aBarIsDrawnOnATerminalAndTearsNoLine() throws Exception {
    Files.writeString(folder.resolve("in"), numbers(2_000));
    String run = "'" + Image.POOL + "' run note --workers 2 --input in --output out";
    String written = onATerminal(run);
    assertTrue(written.contains("note ") && written.contains("%"), written);
    String screen = Screen.of(written);
    List<String> lines = screen.lines().toList();
    assertEquals(2_000, lines.stream().filter(line -> line.matches(LOG + "run \\d+")).count());
    assertEquals(
        List.of(),
        lines.stream()
            .filter(line -> !line.matches(LOG + "(open|close|run \\d+)"))
            .filter(line -> !line.matches("finished: 2000 succeeded, 0 failed in .* s"))
            .toList(),
        "nothing is torn, and nothing of the bar is left");
    String shown = onATerminal(run.replace(" --output out", ""));
    assertFalse(shown.contains("%"), "outcomes scroll there, and are progress enough");
  }

  private static List<String> bars(String written) {
    return Arrays.stream(written.replace("\u001b[K", "").split("[\r\n]"))
        .filter(line -> line.contains("% |"))
        .toList();
  }

  private static final String LOG = "\\S+ INFO NoteFactory - note-\\d: ";

  /** What is written to a pseudo-terminal. */
  private String onATerminal(String command) throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "this machine has no script(1)");
    Process process =
        new ProcessBuilder("script", "-qec", command, "/dev/null")
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .start();
    process.getOutputStream().close();
    String written = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertTrue(process.waitFor(60, TimeUnit.SECONDS));
    return written;
  }
}
