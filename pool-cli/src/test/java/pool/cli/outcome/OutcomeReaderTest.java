package pool.cli.outcome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.cli.outcome.OutcomeReader.Extent;

@Timeout(60)
class OutcomeReaderTest {

  private static final String SUCCEEDED =
      """
      {"line":1,"job":"a","outcome":"succeeded","result":{"outcome":"failed"},"hash":"0000000a","v":1}
      """;
  private static final String FAILED =
      """
      {"line":2,"job":"é","outcome":"failed","reason":"no","hash":"ffffffff","v":1}
      """;
  private static final String LINES = SUCCEEDED + FAILED;
  private static final List<Entry> ENTRIES =
      List.of(
          new Entry(1, "a", 10, Outcome.SUCCEEDED, null),
          new Entry(2, "é", -1, Outcome.FAILED, "no"));

  private record Read(Extent extent, List<Entry> entries) {}

  private static Read read(InputStream in) throws IOException {
    List<Entry> entries = new ArrayList<>();
    return new Read(OutcomeReader.read(in, entries::add), entries);
  }

  private static Read read(String text) throws IOException {
    return read(new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)));
  }

  private static void assertRefused(String reason, String text) {
    Exception e = assertThrows(BadOutcomesException.class, () -> read(text), text);
    assertTrue(e.getMessage().contains(reason), e::getMessage);
  }

  @Test
  void aFileOfSomethingElseIsRefusedBeforeItsFirstLineHasEnded() {
    InputStream endless =
        new InputStream() {
          @Override
          public int read() {
            return 'x';
          }

          @Override
          public int read(byte[] buffer, int from, int length) {
            Arrays.fill(buffer, from, from + length, (byte) 'x');
            return length;
          }
        };
    Exception e = assertThrows(BadOutcomesException.class, () -> read(endless));
    assertTrue(e.getMessage().contains("its line 1 is no outcome"), e::getMessage);
  }

  @Test
  void eachPrefixIsWholeUpToItsLastLineFeed() throws Exception {
    byte[] bytes = LINES.getBytes(StandardCharsets.UTF_8);
    int first = SUCCEEDED.getBytes(StandardCharsets.UTF_8).length;
    for (int length = 0; length <= bytes.length; length++) {
      int whole = length == bytes.length ? length : length >= first ? first : 0;
      int lines = length == bytes.length ? 2 : length >= first ? 1 : 0;
      Read expected = new Read(new Extent(whole, length - whole), ENTRIES.subList(0, lines));
      byte[] prefix = Arrays.copyOf(bytes, length);
      assertEquals(expected, read(new ByteArrayInputStream(prefix)));
      InputStream slow =
          new FilterInputStream(new ByteArrayInputStream(prefix)) {
            @Override
            public int read(byte[] buffer) throws IOException {
              return super.read(buffer, 0, 1);
            }
          };
      assertEquals(expected, read(slow));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\0\0\0\0\0",
        "\0\0\n",
        "{\"line\":3,\"job\":\"\0\0\0\0",
        "{\"li\0\0\0\0\0\n{\"line\":3}\n",
        "\0\0\0\0\"outcome\":\"succeeded\"}\n{\"line\":3}\n",
      })
  void whatAMachineWithoutPowerDidNotWriteIsTorn(String rest) throws Exception {
    Read read = read(LINES + rest);
    assertEquals(
        new Extent(LINES.getBytes(StandardCharsets.UTF_8).length, rest.length()), read.extent);
    assertEquals(ENTRIES, read.entries);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a note",
        "a note\n",
        "{\"lime",
        "[1]\n",
        "{}\n",
        "\n",
        "\177ELF\0\0\0",
        "\ufeff{\"line\":"
      })
  void theFileOfSomebodyElseIsRefused(String text) {
    assertRefused("line 1 is no outcome of format 1", text);
    assertRefused("line 3 is no outcome of format 1", LINES + text);
  }

  @Test
  void anyNumberOfZerosTakesNoMemory() throws Exception {
    long many = 3L << 30;
    InputStream zeros =
        new InputStream() {
          private long left = many;

          @Override
          public int read() {
            return left-- > 0 ? 0 : -1;
          }

          @Override
          public int read(byte[] buffer, int from, int length) {
            int count = (int) Math.min(left, length);
            left -= count;
            Arrays.fill(buffer, from, from + count, (byte) 0);
            return count == 0 ? -1 : count;
          }
        };
    InputStream in =
        new SequenceInputStream(
            new ByteArrayInputStream(LINES.getBytes(StandardCharsets.UTF_8)), zeros);
    assertEquals(many, read(in).extent.torn());
  }

  @Test
  void aMemberThatCannotBeIsNamed() {
    assertRefused("'line' is '0'", SUCCEEDED.replace(":1,\"job", ":0,\"job"));
    assertRefused("'line' is '0'", SUCCEEDED.replace(":1,\"job", ":\"1\",\"job"));
    assertRefused("out of range", SUCCEEDED.replace(":1,\"job", ":99999999999999999999,\"job"));
    assertRefused("'hash' is '0000000g'", SUCCEEDED.replace("0000000a", "0000000g"));
    assertRefused("'hash' is '+000000a'", SUCCEEDED.replace("0000000a", "+000000a"));
    assertRefused("'line' is '0'", SUCCEEDED.replace(":1,\"job", ":1.7,\"job"));
    assertRefused("'hash' is '-000000a'", SUCCEEDED.replace("0000000a", "-000000a"));
    assertRefused("'hash' is ''", SUCCEEDED.replace(",\"hash\":\"0000000a\"", ""));
    assertRefused("'outcome' is 'lost'", SUCCEEDED.replace("succeeded", "lost"));
    assertRefused("its format ('v') is 2", SUCCEEDED.replace("\"v\":1", "\"v\":2"));
    assertRefused("its format ('v') is not given", SUCCEEDED.replace(",\"v\":1", ""));
    assertRefused("something follows", SUCCEEDED.replace("}\n", "} {}\n"));
  }

  @Test
  void aResultMayBeDeepAndLong() throws Exception {
    String deep = "[".repeat(5_000) + "\"" + "x".repeat(30_000_000) + "\"" + "]".repeat(5_000);
    Read read = read(SUCCEEDED.replace("{\"outcome\":\"failed\"}", deep) + FAILED);
    assertEquals(ENTRIES, read.entries);
  }
}
