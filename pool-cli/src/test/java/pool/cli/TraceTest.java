package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class TraceTest {

  private static final String HOSTILE = "</script>\u001b[31m\n\0\u202e\u2028\ud800\"\\";

  @TempDir Path folder;

  /** As a reader of traces does: the bracket at the end may be missing. */
  static List<Map<String, Object>> events(String text) {
    String array = text.strip();
    String whole = array.endsWith("]") ? array : array + "]";
    return Json.objects(whole);
  }

  private Path file() {
    return folder.resolve("trace.json");
  }

  @Test
  void eachSpanIsAnEventInItsWorkersRow() throws Exception {
    Trace trace = new Trace(Output.file(file()), "pool run a");
    trace.saw(new Span("a-1", Span.Kind.OPEN, 0, 1_500, null));
    trace.saw(new Span("a-1", Span.Kind.IDLE, 1_500, 99_999, null)); // too short to be told
    trace.saw(Seen.job("a-1", 7, "x", 200_000, 1_000_001, true));
    trace.saw(new Span("a-0", Span.Kind.IDLE, 0, 5_000_000, null));
    trace.happened("broke", "a-1", "gone", 2_000_000);
    trace.missed(42, 3_000_000);
    assertEquals(Optional.empty(), trace.end());
    List<Map<String, Object>> events = events(Files.readString(file()));
    assertTrue(Files.readString(file()).endsWith("]\n"));
    assertEquals(
        List.of(
            "M process_name 0",
            "M thread_name 0",
            "M thread_name 2",
            "X open 2",
            "X x 2",
            "M thread_name 1",
            "X idle 1",
            "i broke 2",
            "i 42 events are missing 0"),
        events.stream().map(e -> e.get("ph") + " " + e.get("name") + " " + e.get("tid")).toList());
    Map<String, Object> job = events.get(4);
    assertEquals("200.000", job.get("ts"));
    assertEquals("1000.000", job.get("dur"));
    assertEquals("job,failed", job.get("cat"));
    assertEquals(
        Map.of("line", "7", "waited_us", "7000.000", "failure", "java.io.IOException: no"),
        job.get("args"));
  }

  @Test
  void spansThatMeetDoNotOverlapInDoubles() throws Exception {
    Trace trace = new Trace(Output.file(file()), "pool run a");
    Random random = new Random(1);
    long from = 3_600_000_000_000L; // an hour has passed
    for (int i = 0; i < 1_000; i++) {
      long nanos = random.nextLong(10_000_000);
      trace.saw(Seen.job("a-0", i, "x", from, nanos, false));
      from += nanos;
    }
    assertEquals(Optional.empty(), trace.end());
    double end = 0;
    for (Map<String, Object> event : events(Files.readString(file()))) {
      if (event.get("ph").equals("X")) {
        double ts = Double.parseDouble((String) event.get("ts"));
        assertTrue(end <= ts, event::toString);
        end = ts + Double.parseDouble((String) event.get("dur"));
      }
    }
  }

  @Test
  void whatIsWrittenCanBeReadAfterEachEvent() throws Exception {
    Trace trace = new Trace(Output.file(file()), "pool run a");
    for (int i = 0; i < 10; i++) {
      trace.saw(Seen.job("a-0", i, HOSTILE + i, i * 1_000L, 1_000, i % 2 == 0));
      String text = Files.readString(file());
      assertEquals(4 + i, events(text).size(), "all that was told, and three names");
      assertTrue(
          text.lines().allMatch(line -> line.codePoints().allMatch(Printable::isPlain)), text);
    }
  }

  @Test
  void aLongJobIsCut() throws Exception {
    Trace trace = new Trace(Output.file(file()), "pool run a");
    trace.saw(Seen.job("a-0", 1, "x".repeat(1_000_000), 0, 1_000, false));
    assertTrue(Files.size(file()) < 1_500, () -> file().toFile().length() + " bytes");
  }

  @Test
  void aFileIsLeftAsItWasUntilThereIsSomethingToTell() throws Exception {
    Files.writeString(file(), "precious");
    assertEquals(Optional.empty(), new Trace(Output.file(file()), "pool run a").end());
    assertEquals("precious", Files.readString(file()));
  }

  @Test
  @EnabledOnOs(OS.LINUX) // has /dev/full
  void aFullDiskIsToldOnceAtTheEnd() throws Exception {
    Trace trace = new Trace(Output.file(Path.of("/dev/full")), "pool run a");
    trace.saw(Seen.job("a-0", 1, "x", 0, 1_000, false));
    trace.saw(Seen.job("a-0", 2, "x", 0, 1_000, false));
    assertEquals("No space left on device", trace.end().orElseThrow().getMessage());
  }
}
