package pool.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.input.LineCount;
import pool.cli.input.Lines;
import pool.core.PoolState;
import pool.core.PoolStats;

@Timeout(60)
class ProgressTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path folder;

  private static final PoolStats NO_WORKERS =
      new PoolStats(PoolState.OPEN, 0, 0, 0, 0, 0, 0, 0, 0, List.of());

  private final Tally tally = new Tally();

  @Test
  void eachNumberSaysWhatItIs() {
    assertEquals("0 done, 0 failed, 0 s so far", words(0, 0, 0, none, SECOND / 2, none));
    assertEquals("0 of 9 done, 0 failed, 1 s so far", words(0, 0, 0, lines(9), SECOND, none));
    assertEquals(
        "102 done, 1 failed, 2 s so far, 51 jobs/s", words(102, 1, 0, none, 2 * SECOND, none));
    assertEquals(
        "102 of 300 done, 1 failed, 3 not done, about 4 s left, 130 s so far, 47 jobs/min"
            .replace("130 s", "2 min 10 s"),
        words(102, 1, 3, lines(300), 130 * SECOND, OptionalLong.of(3_100_000_000L)));
  }

  @Test
  void aFileThatHasGrownHasNoNumberOfLines() {
    assertEquals(
        "102 done, 0 failed, 2 s so far, 51 jobs/s", words(102, 0, 0, lines(9), 2 * SECOND, none));
  }

  @Test
  void aRunThatStopsSaysSo() {
    Standing stopping = new Standing(5, 1, 0, lines(9), SECOND, true, none);
    assertEquals(
        "5 of 9 done, 1 failed, stopping, 1 s so far, 5.0 jobs/s",
        String.join(", ", stopping.words()));
  }

  private static final OptionalLong none = OptionalLong.empty();

  private static OptionalLong lines(long count) {
    return OptionalLong.of(count);
  }

  private static String words(
      long done, long failed, long notDone, OptionalLong lines, long nanos, OptionalLong left) {
    return String.join(
        ", ", new Standing(done, failed, notDone, lines, nanos, false, left).words());
  }

  @Test
  void aBarTakesWhatThereIsRoomFor() {
    Standing half =
        new Standing(50, 1, 0, lines(100), 9 * SECOND, false, OptionalLong.of(9 * SECOND));
    assertEquals(
        "note  50% |============            | 50 of 100 done, 1 failed, about 9 s left,"
            + " 9 s so far, 5.6 jobs/s",
        BarProgress.line("note", half, 149, false));
    assertEquals(
        "note  50% |██████▌      | 50 of 100 done, 1 failed, about 9 s left, 9 s so far",
        BarProgress.line("note", half, 79, true));
    assertEquals("note  50% 50 of 100 done", BarProgress.line("note", half, 25, true));
    assertEquals("50 of 100 done", BarProgress.line("note", half, 20, true));
    assertEquals("50 of", BarProgress.line("note", half, 5, true));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "note",
        "a-name-that-is-as-long-as-a-line-of-text-and-then-some",
        "下载文件",
        "\u05d0\u05d1\u05d2",
        "e\u0301\u0301"
      })
  void aBarIsNeverWiderThanItsTerminal(String name) {
    for (long done : new long[] {0, 1, 77, 1_000_000_000_000L}) {
      for (OptionalLong all : List.of(none, lines(0), lines(done), lines(3 * done + 1))) {
        for (int width = 1; width < 200; width++) {
          Standing standing =
              new Standing(done, done, 0, all, 1 + done * 1_000, true, OptionalLong.of(done));
          String line = BarProgress.line(name, standing, width, width % 2 == 0);
          int columns = line.codePoints().map(c -> c >= 0x4e00 && c < 0xa000 ? 2 : 1).sum();
          assertTrue(columns <= width, () -> line + " is " + columns + " columns wide");
        }
      }
    }
  }

  @Test
  void aTerminalThatDoesNotKnowItsWidthHasTheUsualOne() {
    assertEquals(80, Terminal.width("0"));
    assertEquals(80, Terminal.width(""));
    assertEquals(20, Terminal.width("7"));
    assertEquals(132, Terminal.width("132"));
  }

  @Test
  void theLinesOfAFileAreCountedAndOfOtherInputKnownAtItsEnd() throws Exception {
    Path file = Files.writeString(folder.resolve("in"), "1\n2\n3\n");
    assertTrue(told(Optional.of(file), OptionalLong.of(3)).getFirst().isEmpty(), "not at once");
    tally.reads();
    tally.reads();
    tally.readWholly();
    told(Optional.of(file), OptionalLong.of(2));
    told(Optional.empty(), OptionalLong.of(2));
    told(Optional.of(folder.resolve("gone")), OptionalLong.of(2));
  }

  @Test
  void aRunThatStopsHasThoseLinesThatWereRead() throws Exception {
    Path file = Files.writeString(folder.resolve("in"), "1\n2\n3\n");
    tally.reads();
    tally.stops();
    told(Optional.of(file), OptionalLong.of(1));
  }

  /** Waits until so many lines are shown. */
  private List<OptionalLong> told(Optional<Path> input, OptionalLong awaited) throws Exception {
    List<OptionalLong> shown = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch known = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    Progress.Display display =
        new Progress.Display() {
          @Override
          public Duration interval() {
            return Duration.ofMillis(1);
          }

          @Override
          public void show(Standing standing) {
            shown.add(standing.lines());
            if (standing.lines().equals(awaited)) {
              known.countDown();
            }
          }

          @Override
          public void end() {
            ended.countDown();
          }
        };
    Progress progress = new Progress(display, tally, input, 0, () -> NO_WORKERS);
    assertTrue(known.await(20, TimeUnit.SECONDS), shown::toString);
    progress.close();
    assertEquals(0, ended.getCount());
    return shown;
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n", "a", "a\n", "a\nb", "a\r\nb\r\n", "a\rb", "\r\r\n\n", "\n\r"})
  void linesAreCountedAsTheyAreRead(String text) throws Exception {
    Path file = Files.writeString(folder.resolve("in"), text);
    Lines lines = new Lines(new ByteArrayInputStream(text.getBytes(UTF_8)), 100);
    long read = 0;
    while (lines.next() != null) {
      read++;
    }
    assertEquals(OptionalLong.of(read), LineCount.of(file, () -> false));
  }

  @Test
  void whatIsNoFileIsNotCounted() throws IOException {
    assertEquals(OptionalLong.empty(), LineCount.of(Path.of("/dev/null"), () -> false));
  }

  @Test
  void whatIsPrintedComesAboveTheStatusLine() throws Exception {
    ByteArrayOutputStream terminal = new ByteArrayOutputStream();
    StatusLine status = new StatusLine(terminal, UTF_8);
    PrintStream err = new PlainErr(status, UTF_8);
    err.println("before");
    status.show("[1]");
    err.println("log\u001b[31m");
    status.show("[2]");
    err.print("half ");
    status.show("[3]"); // not in the middle of a line
    err.println("a line");
    status.show("");
    err.println("after");
    assertEquals(
        """
        before
        log\\u001b[31m
        half a line
        after
        """,
        Screen.of(terminal.toString(UTF_8)));
    assertTrue(terminal.toString(UTF_8).contains("a line\n[3]"), terminal.toString(UTF_8));
  }
}
