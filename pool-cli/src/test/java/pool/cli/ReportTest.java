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
      "</td></style><script>alert(1)</script><img src=x onerror='alert(1)'>\"&{}\u001b[31m\n\u202e\ud800";

  @TempDir Path folder;

  private final Report report = new Report();
  private final PoolMeter meter = new PoolMeter();
  private final Tally tally = new Tally();

  private ReportPage.About about(String factory) {
    PoolStats closed = new PoolStats(PoolState.CLOSED, 0, 0, 0, 0, 0, 0, 0, List.of());
    return new ReportPage.About(
        factory,
        "2 workers",
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
    tally.fails(Failure.of(new Line(2, "second", "second"), new IOException("no")));
    String words = words(page("a"));
    for (String part :
        List.of(
            "pool run a 1 January 1970",
            "Succeeded 1 Failed 1 Took 2.0 s Per second 1 Utilization 80 %",
            "finished: so",
            "a-0 2 1 800 ms 80 % 1 1.0 s 0 s 0 s",
            "p50 999 µs p90 2.0 ms p99 2.0 ms max 2.0 ms mean 1.5 ms",
            "p50 197 ms p90 600 ms p99 600 ms max 600 ms mean 400 ms",
            "600 ms first 1 1.0 ms 1.0 s a-0",
            "200 ms second (failed) 2 2.0 ms 1.8 s a-0",
            "1 IOException: no All Line Job Reason 2 second no",
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
  void hostileTextsAreShownAndNotObeyed() throws Exception {
    ran(Seen.job(HOSTILE + "-0", 1, HOSTILE, 0, 1_000, true));
    report.happened("broke", HOSTILE + "-0", HOSTILE, 0);
    tally.fails(Failure.of(new Line(1, HOSTILE, HOSTILE), new IOException(HOSTILE)));
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
