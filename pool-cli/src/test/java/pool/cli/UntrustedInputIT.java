package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pool.cli.Image.Ended;
import pool.plugins.example.download.DocumentServer;

/** Lines and command lines that somebody else has written. */
@Timeout(120)
class UntrustedInputIT {

  /** ESC, CR, NUL, BEL, DEL, C1, line and paragraph separators, marks that turn the direction. */
  private static final String HOSTILE =
      "\u001b[31m\0\u0007\t\u007f\u0085\u009b2J\u2028\u2029\u202e\u2066\u200f\ufeff\"\\{}'%s%n${x}";

  @TempDir Path folder;

  /** Every line is an object, nothing in it is obeyed by a terminal; by number of line. */
  private static Map<Integer, Map<String, Object>> outcomes(List<String> out) {
    Map<Integer, Map<String, Object>> outcomes = new TreeMap<>();
    for (String line : out) {
      assertPlain(line);
      Map<String, Object> outcome = Json.object(line);
      int number = Integer.parseInt((String) outcome.get("line"));
      assertEquals(null, outcomes.put(number, outcome), "two outcomes of one line");
    }
    return outcomes;
  }

  private static void assertPlain(String line) {
    assertTrue(line.codePoints().allMatch(Printable::isPlain), () -> Printable.line(line));
  }

  @Test
  void hostileLinesAreOneWellFormedOutcomeEach() throws Exception {
    ByteArrayOutputStream input = new ByteArrayOutputStream();
    input.writeBytes("SELECT 1\n".getBytes(StandardCharsets.UTF_8));
    input.writeBytes((HOSTILE + "\n").getBytes(StandardCharsets.UTF_8));
    input.writeBytes(
        ("SELECT '" + HOSTILE.replace("'", "").replace("\0", "") + "\ud83d\ude00' AS a\n")
            .getBytes(StandardCharsets.UTF_8));
    input.writeBytes("SELECT 1\rSELECT 2\r\n".getBytes(StandardCharsets.UTF_8)); // two lines
    for (String bytes : List.of("ff", "c328", "eda080", "c0af", "f09f98")) {
      input.writeBytes(HexFormat.of().parseHex(bytes + "0a"));
    }
    byte[] tenMegabytes = new byte[10_000_000];
    Arrays.fill(tenMegabytes, (byte) 'x');
    input.writeBytes(tenMegabytes);
    input.writeBytes("\n\nSELECT 3".getBytes(StandardCharsets.UTF_8));
    Path file = Files.write(folder.resolve("input"), input.toByteArray());

    Image pool = new Image(folder, "-Xmx48m");
    Ended ended =
        pool.run(
            "",
            "run",
            "query",
            "--workers",
            "2",
            "--keep-going",
            "-o",
            "database=jdbc:sqlite:",
            "--input",
            file.toString());
    assertEquals(1, ended.status(), ended::toString);
    Map<Integer, Map<String, Object>> outcomes = outcomes(ended.out());
    assertEquals(13, outcomes.size());
    for (int number : new int[] {1, 3, 4, 5, 13}) {
      assertEquals(
          "succeeded", outcomes.get(number).get("outcome"), outcomes.get(number)::toString);
    }
    assertEquals(HOSTILE, outcomes.get(2).get("job"));
    Map<?, ?> result = (Map<?, ?>) outcomes.get(3).get("result");
    assertEquals(
        List.of(Map.of("a", HOSTILE.replace("'", "").replace("\0", "") + "\ud83d\ude00")),
        result.get("rows"));
    for (int number = 6; number <= 10; number++) {
      assertReason("line " + number + ": it is not UTF-8: byte 1 is 0x", outcomes.get(number));
    }
    assertReason("line 11: it is 10000000 bytes long, and --max-line is 1000000", outcomes.get(11));
    ended.err().forEach(UntrustedInputIT::assertPlain);
    assertEquals(1, ended.count("^finished: 5 succeeded, 8 failed in"), ended::toString);
    assertEquals(1, ended.err().size(), ended::toString);
  }

  private static void assertReason(String reason, Map<String, Object> outcome) {
    assertEquals("failed", outcome.get("outcome"));
    assertTrue(((String) outcome.get("reason")).startsWith(reason), outcome::toString);
  }

  /** Their queue would take all memory, and more. */
  @Test
  void longLinesThatWaitDoNotFillTheMemory() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    try (DocumentServer server = new DocumentServer(documents)) {
      String line = server.uri("/slow") + " ".repeat(900_000) + "\n";
      Path file = folder.resolve("input");
      Files.writeString(file, line.repeat(60));
      Path output = folder.resolve("output");
      Image pool = new Image(folder, "-Xmx40m");
      Ended ended =
          pool.run(
              "",
              "run",
              "download",
              "--workers",
              "2",
              "--keep-going",
              "-o",
              "timeout=100ms",
              "--input",
              file.toString(),
              "--output",
              output.toString());
      assertEquals(1, ended.status(), ended::toString);
      assertEquals(1, ended.count("^finished: 0 succeeded, 60 failed in"), ended::toString);
      assertEquals(0, ended.count("OutOfMemory"), ended::toString);
      try (var lines = Files.lines(output)) {
        assertEquals(
            60,
            lines
                .map(Json::object)
                .filter(outcome -> outcome.get("reason").toString().contains("timed out"))
                .count());
      }
    }
  }

  static List<List<String>> hostileCommands() {
    String hostile = "no\u001b[31m\n\u0007\r\u202esuch\u2028" + "n".repeat(50_000);
    return List.of(
        List.of("run", hostile),
        List.of("describe", hostile),
        List.of(hostile),
        List.of("describe", "@/etc/passwd"),
        List.of("run", "note", "--wor\u001b[31m\n\u0007kers", "2"),
        List.of("run", "note", "--workers", hostile),
        List.of("run", "note", "--threads", hostile),
        List.of("run", "note", "--close-timeout", hostile),
        List.of("run", "note", "--max-line", "0"),
        List.of("run", "note", "-o", hostile),
        List.of("run", "note", "-o", hostile + "=" + hostile),
        List.of("run", "download", "-o", "max-bytes=" + hostile),
        List.of("run", "download", "-o", "database=" + hostile),
        List.of("run", "note", "--input", hostile),
        List.of("run", "note", "--output", hostile + "/" + hostile));
  }

  @ParameterizedTest
  @MethodSource("hostileCommands")
  void aHostileCommandLineIsOnePlainLineAndStatus2(List<String> command) throws Exception {
    Ended ended = new Image(folder).run("1\n", command.toArray(String[]::new));
    assertEquals(2, ended.status(), ended::toString);
    assertEquals(1, ended.err().size(), ended::toString);
    assertTrue(ended.err().getFirst().startsWith("pool: "), ended::toString);
    assertTrue(
        ended.err().getFirst().length() < 5_000, () -> "long: " + ended.err().getFirst().length());
    assertPlain(ended.err().getFirst());
    assertEquals(List.of(), ended.out());
  }
}
