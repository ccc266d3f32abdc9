package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import pool.core.PoolState;
import pool.core.PoolStats;
import pool.metrics.PoolMeter;

class ReportTest {

  private static final String HOSTILE =
      "</td></style><script>alert(1)</script><img src=x onerror='alert(1)'>\"&{}\u001b[31m\n"
          + "\u202e\ud800";

  @TempDir Path folder;

  private final Report report = new Report();
  private final PoolMeter meter = new PoolMeter();
  private final Tally tally = new Tally();

  private ReportPage.About about(String factory) {
    PoolStats closed = new PoolStats(PoolState.CLOSED, 0, 0, 0, 0, 0, 0, 0, 0, List.of());
    return new ReportPage.About(
        factory,
        "2 workers",
        new Invocation(
            List.of("pool", "run", factory, "-o", "x=y"),
            List.of(new Invocation.Setting("--queue", "9", true))),
        Instant.EPOCH,
        List.of("finished: so"),
        2_000_000_000,
        meter.snapshot(closed));
  }

  private void ran(Span job) {
    meter.jobRan(Objects.requireNonNull(job.run()));
    report.saw(job);
  }

  private String page(String factory) throws IOException {
    Path file = folder.resolve("report.html");
    assertEquals(Optional.empty(), report.write(Output.file(file), about(factory), tally));
    return Files.readString(file);
  }

  /** What is between tags, without its white space. */
  private static String words(String page) {
    return page.replaceAll("(?s)<style>.*?</style>", "")
        .replaceAll("<[^>]*>", " ")
        .replaceAll("\\s+", " ");
  }

  @Test
  void aPageTellsCountsUtilizationTimesAndFailures() throws Exception {
    report.saw(new Span("a-0", Span.Kind.OPEN, 0, 1_000_000_000, null));
    ran(Seen.job("a-0", 1, "first", 1_000_000_000, 600_000_000, false));
    report.saw(new Span("a-0", Span.Kind.IDLE, 1_600_000_000, 200_000_000, null));
    ran(Seen.job("a-0", 2, "second", 1_800_000_000, 200_000_000, true));
    report.happened("broke", "a-0", "gone", 2_000_000_000);
    tally.succeeds();
    tally.fails(Failure.of(Seen.line(2, "second"), new IOException("no")));
    String words = words(page("a"));
    for (String part :
        List.of(
            "pool run a Began on 1 January 1970",
            "2 workers. pool run a -o x=y",
            "Setting Value --queue 9 (default)",
            "Succeeded 1 Failed 1 Whole run 2.0 s with the opening and closing of the workers"
                + " Pace 1.0 jobs/s average of the whole run Utilization 80 %",
            "finished: so",
            "a-0 2 1 800 ms 80 % 1 time 1.0 s 0 s 0 s",
            "Half within 999 µs 90 % within 2.0 ms 99 % within 2.0 ms Longest 2.0 ms Average 1.5"
                + " ms",
            "Half within 197 ms 90 % within 600 ms 99 % within 600 ms Longest 600 ms Average 400"
                + " ms",
            "600 ms first 1 succeeded 1.0 ms 1.0 s a-0",
            "200 ms second 2 failed 2.0 ms 1.8 s a-0",
            "0 s 0.5 s 1 s 1.5 s 2 s",
            "1 java.io.IOException: no All Line Job Reason 2 second java.io.IOException: no",
            "2.0 s a-0 broke gone")) {
      assertTrue(words.contains(part), () -> part + " is not in " + words);
    }
    assertFalse(words.contains("missing"), words);
  }

  @Test
  void whatIsMissingIsSaid() throws Exception {
    report.missed(1_000, 0);
    report.missed(234, 0);
    assertTrue(words(page("a")).contains("1,234 events are missing"));
  }

  @Test
  void oneEventIsNotMany() throws Exception {
    report.missed(1, 0);
    assertTrue(words(page("a")).contains("1 event is missing"));
  }

  @Test
  void aRunWithoutJobsSaysSoInsteadOfZeros() throws Exception {
    report.saw(new Span("a-0", Span.Kind.OPEN, 0, 1_000, null));
    report.saw(new Span("a-0", Span.Kind.CLOSE, 1_000, 1_000, null));
    String words = words(page("a"));
    for (String part :
        List.of(
            "Succeeded 0 Failed 0 Whole run 2.0 s",
            "Pace 0 jobs/s",
            "after they were read. No job ran.",
            "successful or not. No job ran.",
            "Slowest jobs No job ran.",
            "Failures None.")) {
      assertTrue(words.contains(part), () -> part + " is not in " + words);
    }
  }

  @Test
  void theOnlyJobIsOne() throws Exception {
    ran(Seen.job("a-0", 1, "x", 0, 300, false));
    String words = words(page("a"));
    assertTrue(words.contains("1 job 0 100 ns 200 ns 500 ns Half within 300 ns"), words);
    assertTrue(words.contains("The only one. Ran: on a worker."), words);
    assertFalse(words.contains("1 jobs"), words);
  }

  /** One name for each length of time, which is the same wherever it is. */
  @Test
  void theSummaryAndThePageTellOneTimeOfTheWholeRun() throws Exception {
    Tally ended = new Tally();
    ended.ends();
    long took = ended.nanos();
    assertEquals(took, ended.nanos(), "it stands still");
    String words = words(page("a"));
    assertEquals(1, words.split("Whole run", -1).length - 1, words);
    assertFalse(words.contains("Took"), words);
  }

  /** A narrow screen shows cards instead of columns, each cell with the name of its column. */
  @Test
  void eachCellOfATableSaysOfWhichColumnItIs() throws Exception {
    report.saw(new Span("a-0", Span.Kind.OPEN, 0, 1_000, null));
    ran(Seen.job("a-0", 1, "x", 1_000, 1_000, true));
    tally.fails(Failure.of(Seen.line(1, "x"), new IOException("no")));
    String page = page("a");
    List<String> tables = all("(?s)<table .*?</table>", page);
    assertEquals(4, tables.size(), "settings, workers, slowest, failures");
    for (String table : tables) {
      List<String> names = all("(?<=<th scope=\"col\">)[^<]*", table);
      List<String> rows = all("(?s)<tr>\\s*<td.*?(?=<tr>|</tbody>)", table);
      assertFalse(rows.isEmpty(), table);
      assertEquals(names.size() > 2, table.startsWith("<table class=\"cards\">"), table);
      for (String row : rows) {
        assertEquals(names, all("(?<=<td class=\"(text)?\" data-name=\")[^\"]*", row), row);
      }
    }
    String narrow = page.substring(page.indexOf("@container (max-width"));
    assertTrue(narrow.contains(".cards td::before { content: attr(data-name)"), narrow);
    assertTrue(narrow.contains(".cards tr { display: flex; flex-wrap: wrap;"), narrow);
  }

  private static List<String> all(String regex, String text) {
    return Pattern.compile(regex)
        .matcher(text)
        .results()
        .map(found -> found.group().strip())
        .toList();
  }

  @Test
  void longNamesKeepTheEndInWhichTheyDiffer() throws Exception {
    for (int i = 0; i < 2; i++) {
      ran(Seen.job("a-name-that-is-long-" + i, 1, "x", 0, 1_000, false));
    }
    String words = words(page("a"));
    assertTrue(words.contains("…hat-is-long-0 …hat-is-long-1"), words);
  }

  @Test
  void hostileTextsAreShownAndNotObeyed() throws Exception {
    ran(Seen.job(HOSTILE + "-0", 1, HOSTILE, 0, 1_000, true));
    report.happened("broke", HOSTILE + "-0", HOSTILE, 0);
    tally.fails(Failure.of(Seen.line(1, HOSTILE), new IOException(HOSTILE)));
    String page = page(HOSTILE);
    assertFalse(
        Pattern.compile("<script|<img|</style>.*</style>", Pattern.DOTALL).matcher(page).find(),
        page);
    assertTrue(page.contains("&lt;script&gt;alert(1)&lt;/script&gt;"), page);
    assertTrue(page.lines().allMatch(line -> line.codePoints().allMatch(Printable::isPlain)), page);
  }

  @Test
  void aPageNeedsNothingFromElsewhere() throws Exception {
    ran(Seen.job("a-0", 1, "x", 0, 1_000, false));
    String page = page("a");
    assertFalse(Pattern.compile("(src|href|url|@import)\\W*[=(]").matcher(page).find(), page);
    assertTrue(page.contains("default-src 'none'"));
  }

  @Test
  void aMillionJobsOfAThousandWorkersMakeASmallPage() throws Exception {
    for (int i = 0; i < 1_000_000; i++) {
      String text = "https://example.com/" + i;
      ran(Seen.job("a-" + i % 1_000, i, text, i * 1_000L, i * 7_919L % 1_000_000, i % 100 == 0));
      if (i % 100 == 0) {
        tally.fails(new Failure(i, text, "IOException", text + " no"));
      } else {
        tally.succeeds();
      }
    }
    String page = page("a");
    assertTrue(page.length() < 1_000_000, () -> page.length() + " characters");
    assertTrue(words(page).contains("The first 64 of 1,000 workers"));
    assertTrue(words(page).contains("10,000 IOException: … no"));
  }

  @Test
  @EnabledOnOs(OS.LINUX) // has /dev/full
  void aFullDiskIsTold() throws Exception {
    Optional<IOException> e = report.write(Output.file(Path.of("/dev/full")), about("a"), tally);
    assertEquals("No space left on device", e.orElseThrow().getMessage());
  }
}
