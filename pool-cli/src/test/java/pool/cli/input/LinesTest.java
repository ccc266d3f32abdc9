package pool.cli.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class LinesTest {

  private static List<InputLine> lines(InputStream in, int longest) throws IOException {
    Lines lines = new Lines(in, longest);
    List<InputLine> read = new ArrayList<>();
    for (InputLine line = lines.next(); line != null; line = lines.next()) {
      read.add(line);
    }
    return read;
  }

  private static List<InputLine> lines(byte[] bytes, int longest) throws IOException {
    return lines(new ByteArrayInputStream(bytes), longest);
  }

  private static void assertRead(int number, String text, List<InputLine> read) {
    CRC32C hash = new CRC32C();
    hash.update(text.getBytes(StandardCharsets.UTF_8));
    assertEquals(new InputLine(number, text, (int) hash.getValue(), null), read.get(number - 1));
  }

  /** A terminal would wait for another end. */
  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a\n", "\ufeff", "a\nb"})
  void theEndIsReadOnce(String text) throws Exception {
    AtomicInteger ends = new AtomicInteger();
    InputStream in =
        new FilterInputStream(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8))) {
          @Override
          public int read(byte[] buffer, int from, int length) throws IOException {
            int count = super.read(buffer, from, length);
            ends.addAndGet(count < 0 ? 1 : 0);
            return count;
          }
        };
    List<InputLine> _ = lines(in, 100);
    assertEquals(1, ends.get());
  }

  private static final List<String> PARTS =
      List.of("\r", "\n", "\r\n", "a", "\u00e9", "\0", "\ud83d\ude00", "\ufffd");

  @Test
  void linesEndAsThoseOfABufferedReader() throws Exception {
    Random random = new Random(7);
    for (int round = 0; round < 2_000; round++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(12); i > 0; i--) {
        text.append(PARTS.get(random.nextInt(PARTS.size())));
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      List<InputLine> read = lines(Slow.of(bytes, random), 1_000);
      List<String> expected =
          new BufferedReader(new StringReader(text.toString())).lines().toList();
      assertEquals(expected, read.stream().map(InputLine::text).toList());
      read.forEach(line -> assertNull(line.wrong(), line::toString));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ff, 1, ff",
    "61 c3 28, 2, c3",
    "61 62 ed a0 80, 3, ed", // half of a pair
    "c0 af, 1, c0", // too many bytes for a slash
    "f0 9f 98, 1, f0", // cut
    "ef bf bd ff, 4, ff", // after a real replacement character
  })
  void aLineThatIsNotUtf8IsNamedAndTheOthersAreRead(String hex, int position, String bad)
      throws Exception {
    String bytes = "a\n" + hex(hex) + "\nb\n";
    List<InputLine> read = lines(bytes.getBytes(StandardCharsets.ISO_8859_1), 1_000);
    assertEquals(3, read.size());
    assertRead(1, "a", read);
    assertRead(3, "b", read);
    String wrong = read.get(1).wrong();
    assertTrue(
        wrong != null && wrong.startsWith("it is not UTF-8: byte " + position + " is 0x" + bad),
        read::toString);
  }

  private static String hex(String hex) {
    StringBuilder bytes = new StringBuilder();
    for (String b : hex.split(" ")) {
      bytes.append((char) Integer.parseInt(b, 16));
    }
    return bytes.toString();
  }

  @Test
  void aByteOrderMarkIsLeftOutBeforeTheFirstLineOnly() throws Exception {
    for (String text : List.of("a\n\ufeffb\n", "", "\n", "\ufeff", "\uff00")) {
      byte[] bytes = ("\ufeff" + text).getBytes(StandardCharsets.UTF_8);
      List<String> expected = new BufferedReader(new StringReader(text)).lines().toList();
      for (InputStream in :
          List.of(new ByteArrayInputStream(bytes), Slow.of(bytes, new Random(3)))) {
        assertEquals(expected, lines(in, 1_000).stream().map(InputLine::text).toList());
      }
    }
    assertRead(1, "\uff00", lines("\uff00".getBytes(StandardCharsets.UTF_8), 9));
  }

  @Test
  void aLineMayBeAsLongAsTheLongest() throws Exception {
    String longest = "x".repeat(200_000);
    List<InputLine> read = lines((longest + "\n" + longest + "y\nz").getBytes(), 200_000);
    assertRead(1, longest, read);
    assertEquals("x".repeat(100), read.get(1).text());
    assertEquals(
        "it is 200001 bytes long, and --max-line is 200000; only its beginning is shown",
        read.get(1).wrong());
    assertRead(3, "z", read);
  }

  @Test
  void theBeginningOfALineThatIsTooLongCutsNoCharacter() throws Exception {
    String line = "x" + "\ud83d\ude00".repeat(100);
    assertEquals(
        "x" + "\ud83d\ude00".repeat(24), // of 24.75
        lines(line.getBytes(StandardCharsets.UTF_8), 300).getFirst().text());
  }
}
