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

@Timeout(60)
class ProgressTest {

  private static final long SECOND = 1_000_000_000;

  @TempDir Path folder;

  private final Tally tally = new Tally();

  @Test
  void aPlainLineTellsCountsRateAndTimeLeft() {
    assertEquals("progress: 0 done, 0 failed, 0/s", line(OptionalLong.empty(), 1));
    assertEquals("progress: 0 of 9 done, 0 failed, 0/s", line(OptionalLong.of(9), 1));
    for (int i = 0; i < 100; i++) {
      tally.succeeds();
    }
    tally.fails(new Failure(1, "x", "no job", "no"));
    tally.isNotDone();
    assertEquals("progress: 102 done, 1 failed, 51/s", line(OptionalLong.empty(), 2 * SECOND));
    assertEquals(
        "progress: 102 of 204 done, 1 failed, 51/s, 2.0 s left",
        line(OptionalLong.of(204), 2 * SECOND));
    assertEquals(
        "progress: 102 of 9 done, 1 failed, 51/s, 0 s left",
        line(OptionalLong.of(9), 2 * SECOND)); // the file has grown
  }

  private String line(OptionalLong lines, long nanos) {
    return PlainProgress.line(tally, lines, nanos);
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
          public void show(Tally tally, OptionalLong lines) {
            shown.add(lines);
            if (lines.equals(awaited)) {
              known.countDown();
            }
          }

          @Override
          public void end() {
            ended.countDown();
          }
        };
    Progress progress = new Progress(display, tally, input);
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
    assertEquals(OptionalLong.of(read), LineCount.of(file));
  }

  @Test
  void whatIsNoFileIsNotCounted() throws IOException {
    assertEquals(OptionalLong.empty(), LineCount.of(Path.of("/dev/null")));
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
