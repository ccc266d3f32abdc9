package pool.cli.input;

import static java.nio.ByteOrder.LITTLE_ENDIAN;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.MonthDay;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.time.Period;
import java.time.Year;
import java.time.YearMonth;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.WorkerFactory;

@Timeout(60)
class CsvRecordsTest {

  private enum Colour {
    RED,
    GREEN
  }

  private record Job(String name, int age, Optional<String> nick) {

    Job {
      if (age < 0) {
        throw new IllegalArgumentException("an age is at least 0");
      }
    }
  }

  private record One(String a) {}

  private record All(
      byte b,
      Short s,
      long l,
      float f,
      double d,
      boolean t,
      BigInteger i,
      BigDecimal m,
      Colour colour,
      URI uri,
      Path path,
      LocalDate day,
      Instant instant,
      Duration duration,
      UUID id,
      OptionalInt x,
      Optional<Integer> y) {}

  private static final WorkerFactory<?, ?> FACTORY =
      WorkerFactory.of("any", Object.class, Object.class, _ -> job -> job);

  private static InputStream in(String text) {
    return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  private static CsvRecords source(String text, Class<?> type) {
    return new CsvRecords(in(text), 10_000, Records.ofTexts(type));
  }

  private static List<InputLine> lines(LineSource source) throws IOException {
    List<InputLine> lines = new ArrayList<>();
    for (InputLine line = source.next(); line != null; line = source.next()) {
      lines.add(line);
    }
    return lines;
  }

  /** The number of each record with the job, or the reason why there is none. */
  private static Map<Long, Object> read(LineSource source) throws IOException {
    Map<Long, Object> read = new LinkedHashMap<>();
    for (InputLine line : lines(source)) {
      read.put(line.number(), job(source, line));
    }
    return read;
  }

  private static Object job(LineSource source, InputLine line) {
    if (line.wrong() != null) {
      return line.wrong();
    }
    try {
      return source.job(FACTORY, line);
    } catch (Exception e) {
      return e.getMessage();
    }
  }

  private static Object job(String header, String record, Class<?> type) throws IOException {
    return read(source(header + "\n" + record + "\n", type)).get(2L);
  }

  private static Job job(String name, int age) {
    return new Job(name, age, Optional.empty());
  }

  @Test
  void columnsMakeRecordsByNameInAnyOrder() throws Exception {
    assertEquals(
        Map.of(2L, new Job("Ann", 30, Optional.of("a,b")), 3L, job("Bob", 7)),
        read(source("nick,age,name\r\n\"a,b\",30,Ann\r\n,7,Bob", Job.class)));
  }

  @Test
  void aColumnThatIsOptionalMayBeLeftOut() throws Exception {
    assertEquals(Map.of(2L, job("Ann", 30)), read(source("name,age\nAnn,30\n", Job.class)));
  }

  @Test
  void anEmptyFieldIsAbsentUnlessItIsQuotedOrText() throws Exception {
    assertEquals(job("", 1), job("name,age,nick", ",1,", Job.class));
    assertEquals(new Job("", 1, Optional.of("")), job("name,age,nick", ",1,\"\"", Job.class));
    assertEquals("column 'age': '' is no int", job("name,age", "Ann,", Job.class));
    assertEquals("column 'age': '' is no int", job("name,age", "Ann,\"\"", Job.class));
  }

  private static final List<String> PARTS =
      List.of("\"", ",", "\n", "\r", "\r\n", "a", "\u00e9", "\ud83d\ude00", " ", "\ufeff", "'");

  private static String text(Random random) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(8); i > 0; i--) {
      text.append(PARTS.get(random.nextInt(PARTS.size())));
    }
    return text.toString();
  }

  private static String field(String value, Random random) {
    boolean isPlain = value.chars().noneMatch(c -> "\",\r\n".indexOf(c) >= 0);
    return isPlain && random.nextBoolean() ? value : "\"" + value.replace("\"", "\"\"") + "\"";
  }

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    Random random = new Random(11);
    Records records = Records.ofTexts(Job.class);
    for (int round = 0; round < 500; round++) {
      List<String> columns = new ArrayList<>(List.of("name", "age", "nick"));
      Collections.shuffle(columns, random);
      StringBuilder csv = new StringBuilder(random.nextBoolean() ? "\ufeff" : "");
      csv.append(String.join(",", columns));
      String end = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
      Map<Long, Object> written = new LinkedHashMap<>();
      for (int i = random.nextInt(5); i > 0; i--) {
        csv.append(end.repeat(1 + random.nextInt(2)));
        Job job = new Job(text(random), random.nextInt(200), Optional.of(text(random)));
        written.put(linesOf(csv), job);
        Map<String, String> values =
            Map.of("name", job.name(), "age", "" + job.age(), "nick", job.nick().orElseThrow());
        csv.append(
            String.join(",", columns.stream().map(c -> quotedNick(c, values, random)).toList()));
      }
      csv.append(random.nextBoolean() ? end : "");
      byte[] bytes = csv.toString().getBytes(StandardCharsets.UTF_8);
      assertEquals(written, read(new CsvRecords(Slow.of(bytes, random), 1_000, records)));
    }
  }

  /** An empty one that is not quoted would be absent. */
  private static String quotedNick(String column, Map<String, String> values, Random random) {
    String value = values.get(column);
    return column.equals("nick") && value.isEmpty() ? "\"\"" : field(value, random);
  }

  /** The number of the line that begins at the end. */
  private static long linesOf(CharSequence text) {
    return (text + "x").lines().count();
  }

  @Test
  void recordsAndFieldsAreThoseThatAReaderOfTheWholeSees() throws Exception {
    Random random = new Random(5);
    int compared = 0;
    for (int round = 0; round < 20_000; round++) {
      String text = text(random) + text(random) + text(random);
      List<CsvRecord> expected;
      try {
        expected =
            CsvReader.builder().allowUnclosedQuote(false).ofCsvRecord("a\n" + text).stream()
                .skip(1)
                .toList();
      } catch (CsvParseException e) {
        continue; // it has no whole
      }
      compared++;
      List<InputLine> read = lines(source("a\n" + text, One.class));
      assertEquals(
          expected.stream().map(CsvRecord::getFields).toList(),
          read.stream()
              .map(line -> CsvFields.of(line.text()).stream().map(CsvFields.Field::text).toList())
              .toList());
      assertEquals(
          expected.stream().map(CsvRecord::getStartingLineNumber).toList(),
          read.stream().map(InputLine::number).toList(),
          () -> text.replace("\n", "\\n").replace("\r", "\\r"));
    }
    assertEquals(true, compared > 5_000, "too few were compared: " + compared);
  }

  @Test
  void aBadRecordDoesNotSpoilTheNext() throws Exception {
    Map<Long, Object> read =
        read(source("name,age\n\"a\"b\",1\n\"a\" ,1\na\"b\",1\nAnn,2\n", Job.class));
    assertEquals(
        List.of(
            "it is no CSV: Unexpected character after closing quote: 'b' (0x62)",
            "it is no CSV: Unexpected character after closing quote: ' ' (0x20)",
            job("a\"b\"", 1),
            job("Ann", 2)),
        List.copyOf(read.values()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          Ann           | it has 1 field, but the header names 2
          Ann,1,x       | it has 3 fields, but the header names 2
          Ann,x         | column 'age': 'x' is no int
          Ann,1.0       | column 'age': '1.0' is no int
          Ann,99999999999 | column 'age': '99999999999' is no int
          Ann,-1        | an age is at least 0
          """)
  void aRecordIsRefusedWithItsReason(String record, String reason) throws Exception {
    assertEquals(
        Map.of(2L, job("Bob", 1), 3L, reason, 4L, job("Cid", 3)),
        read(source("name,age\nBob,1\n" + record + "\nCid,3\n", Job.class)));
  }

  private static final Map<String, String> GOOD =
      Map.ofEntries(
          Map.entry("b", "-128"),
          Map.entry("s", "7"),
          Map.entry("l", "9999999999"),
          Map.entry("f", "1.5"),
          Map.entry("d", "-2e3"),
          Map.entry("t", "true"),
          Map.entry("i", "123456789012345678901234567890"),
          Map.entry("m", "1.10"),
          Map.entry("colour", "GREEN"),
          Map.entry("uri", "https://example.com/a"),
          Map.entry("path", "a:b/c"),
          Map.entry("day", "2026-11-30"),
          Map.entry("instant", "2026-11-30T00:00:00Z"),
          Map.entry("duration", "PT5S"),
          Map.entry("id", "00000000-0000-0001-0000-000000000002"),
          Map.entry("x", "5"),
          Map.entry("y", "6"));

  private static Object all(Map<String, String> fields) throws IOException {
    List<String> names = List.copyOf(fields.keySet());
    String record = String.join(",", names.stream().map(fields::get).toList());
    return job(String.join(",", names), record, All.class);
  }

  @Test
  void aTextIsReadAsItsComponentIs() throws Exception {
    All good =
        new All(
            (byte) -128,
            (short) 7,
            9_999_999_999L,
            1.5f,
            -2000,
            true,
            new BigInteger("123456789012345678901234567890"),
            new BigDecimal("1.10"),
            Colour.GREEN,
            URI.create("https://example.com/a"),
            Path.of("a:b/c"),
            LocalDate.of(2026, 11, 30),
            Instant.parse("2026-11-30T00:00:00Z"),
            Duration.ofSeconds(5),
            new UUID(1, 2),
            OptionalInt.of(5),
            Optional.of(6));
    assertEquals(good, all(GOOD));
  }

  @Test
  void aNumberMayHaveASignAndATruthIsTrueOrFalse() throws Exception {
    Map<String, String> fields = new LinkedHashMap<>(GOOD);
    fields.put("d", "+1.5E3");
    fields.put("t", "false");
    All read = (All) all(fields);
    assertEquals(1500, read.d());
    assertFalse(read.t());
  }

  private record Times(
      LocalTime a,
      LocalDateTime b,
      OffsetTime c,
      OffsetDateTime d,
      ZonedDateTime e,
      Period f,
      Year g,
      YearMonth h,
      MonthDay i,
      ZoneId j,
      ZoneOffset k,
      OptionalLong l,
      OptionalDouble m) {}

  @Test
  void timesAreReadAsIsoHasThem() throws Exception {
    assertEquals(
        new Times(
            LocalTime.of(1, 2),
            LocalDateTime.of(2026, 1, 2, 3, 4),
            OffsetTime.parse("01:02+01:00"),
            OffsetDateTime.parse("2026-01-02T03:04Z"),
            ZonedDateTime.parse("2026-01-02T03:04Z[UTC]"),
            Period.ofDays(3),
            Year.of(2026),
            YearMonth.of(2026, 1),
            MonthDay.of(1, 2),
            ZoneId.of("Europe/Berlin"),
            ZoneOffset.UTC,
            OptionalLong.of(9_999_999_999L),
            OptionalDouble.of(1.5)),
        job(
            "a,b,c,d,e,f,g,h,i,j,k,l,m",
            "01:02,2026-01-02T03:04,01:02+01:00,2026-01-02T03:04Z,2026-01-02T03:04Z[UTC],P3D,2026"
                + ",2026-01,--01-02,Europe/Berlin,Z,9999999999,1.5",
            Times.class));
    Times none =
        (Times)
            job(
                "a,b,c,d,e,f,g,h,i,j,k,l,m",
                "01:02,2026-01-02T03:04,01:02+01:00,2026-01-02T03:04Z,2026-01-02T03:04Z[UTC],P3D,2026"
                    + ",2026-01,--01-02,Europe/Berlin,Z,,",
                Times.class);
    assertEquals(OptionalLong.empty(), none.l());
    assertEquals(OptionalDouble.empty(), none.m());
  }

  private record Renamed(@JsonProperty("full name") String name) {}

  @Test
  void anAnnotationMayNameAColumn() throws Exception {
    assertEquals(new Renamed("Ann"), job("full name", "Ann", Renamed.class));
  }

  @ParameterizedTest
  @CsvSource({
    "b, 128, byte",
    "s, 40000, Short",
    "l, 1.0, long",
    "f, 1e40, float",
    "d, 1e999, double",
    "d, NaN, double",
    "d, 1f, double",
    "d, 0x1p3, double",
    "d, ' 1', double",
    "t, TRUE, boolean",
    "t, 1, boolean",
    "t, '', boolean",
    "i, 1.5, BigInteger",
    "m, x, BigDecimal",
    "colour, red, 'Colour; there are RED, GREEN'",
    "colour, 0, 'Colour; there are RED, GREEN'",
    "colour, '', 'Colour; there are RED, GREEN'",
    "uri, http:// x, URI",
    "uri, '', URI",
    "path, '', Path",
    "day, 20000, LocalDate",
    "day, 2026-02-30, LocalDate",
    "instant, 1234567890, Instant",
    "duration, 5, Duration",
    "id, x, UUID",
    "x, y, OptionalInt",
    "y, z, Integer",
  })
  void aValueThatDoesNotFitItsColumnIsNamed(String column, String value, String type)
      throws Exception {
    Map<String, String> fields = new LinkedHashMap<>(GOOD);
    fields.put(column, value);
    assertEquals(
        "column '%s': '%s' is no %s".formatted(column, value, type),
        all(fields).toString().replace("pool.cli.input.", ""));
  }

  /** The time to read one grows with the square of its digits. */
  @ParameterizedTest
  @ValueSource(strings = {"i", "m"})
  void aNumberHasNoMoreDigitsThanInJson(String column) throws Exception {
    Map<String, String> fields = new LinkedHashMap<>(GOOD);
    fields.put(column, "9".repeat(1_000));
    assertTrue(all(fields) instanceof All);
    fields.put(column, "9".repeat(1_001));
    assertTrue(all(fields).toString().startsWith("column '" + column + "': '999"));
  }

  @Test
  void optionalsAreEmptyWhereTheirFieldsAre() throws Exception {
    Map<String, String> fields = new LinkedHashMap<>(GOOD);
    fields.put("x", "");
    fields.remove("y");
    All read = (All) all(fields);
    assertEquals(OptionalInt.empty(), read.x());
    assertEquals(Optional.empty(), read.y());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          name,age,agee | its header names a column 'agee', but J has no such component; there are name, age, nick
          name          | its header names no column 'age', which J must have
          name,age,name | its header names the column 'name' twice
          name;age      | its header names a column 'name;age', but J has no such component; there are name, age, nick
          Name,age      | its header names a column 'Name', but J has no such component; there are name, age, nick
          name,"age     | its header cannot be read: a quoted field that begins in line 1 is never closed
          name,"age"x   | its header cannot be read: it is no CSV: Unexpected character after closing quote: 'x' (0x78)
          """)
  void aHeaderThatDoesNotFitIsRefusedOnce(String header, String reason) {
    CsvRecords source = source(header + "\nAnn,1\n", Job.class);
    BadHeaderException refused = assertThrows(BadHeaderException.class, source::readHeader);
    assertEquals(reason.replace("J ", Job.class.getName() + " "), refused.getMessage());
  }

  @Test
  void anInputWithoutAHeaderIsRefused() {
    for (String empty : List.of("", "\n\r\n", "\ufeff")) {
      BadHeaderException refused =
          assertThrows(BadHeaderException.class, () -> source(empty, Job.class).next());
      assertEquals(
          "it is empty; its first line must name columns: name, age, nick", refused.getMessage());
    }
  }

  @Test
  void aQuoteThatIsNeverClosedIsNamedByItsLine() throws Exception {
    String csv = "name,age\n\"a\nb\",1\n\"c\nd\",\"e\nf\n";
    Map<Long, Object> read = read(source(csv, Job.class));
    assertEquals(
        Map.of(2L, job("a\nb", 1), 4L, "a quoted field that begins in line 5 is never closed"),
        read);
    assertEquals(
        Map.of(2L, "a quoted field that begins in line 2 is never closed"),
        read(source("a\n\"b\n\nc", One.class)));
  }

  private static List<InputLine> lines(String text, int longest) throws IOException {
    return lines(new CsvRecords(in(text), longest, Records.ofTexts(One.class)));
  }

  @Test
  void aRecordMayBeAsLongAsTheLongest() throws Exception {
    List<InputLine> read = lines("a\n\"345678\r\n\"\nb\n\"345678\r\n9\"\nc\n", 10);
    assertEquals("\"345678\r\n\"", read.get(0).text());
    assertNull(read.get(0).wrong());
    assertEquals("b", read.get(1).text());
    assertEquals(
        "it is 11 bytes long, and --max-line is 10; only its beginning is shown",
        read.get(2).wrong());
    assertEquals(new InputLine(7, "c", read.get(3).hash(), null), read.get(3));
  }

  @Test
  void theQuotesOfALineThatIsTooLongCountThoughItIsNotKept() throws Exception {
    String long1 = "\"" + "x".repeat(500) + "\ny\nz\"";
    String long2 = "\"x\n" + "y".repeat(500) + "\"";
    List<InputLine> read = lines("a\n" + long1 + "\nb\n" + long2 + "\nc\n", 100);
    assertEquals(List.of(2L, 5L, 6L, 8L), read.stream().map(InputLine::number).toList());
    assertEquals(
        "it is 501 bytes long, and --max-line is 100; only its beginning is shown",
        read.get(0).wrong());
    assertEquals("b", read.get(1).text());
    assertEquals(
        "in line 7, it is 501 bytes long, and --max-line is 100; only its beginning is shown",
        read.get(2).wrong());
    assertEquals("c", read.get(3).text());
  }

  @Test
  void theLinesOfARecordThatIsTooLongAreNotKept() throws Exception {
    String emoji = "\ud83d\ude00";
    String record = "\"" + (emoji + "\n").repeat(60) + "\n".repeat(1_000) + "\"";
    InputLine read = lines("a\n" + record + "\n", 300).getFirst();
    assertEquals(
        "it is 1302 bytes long, and --max-line is 300; only its beginning is shown", read.wrong());
    assertEquals("\"" + (emoji + "\n").repeat(33), read.text());
    String pairs = "\"" + emoji.repeat(60) + "\n".repeat(100) + "\"";
    assertEquals("\"" + emoji.repeat(49), lines("a\n" + pairs, 300).getFirst().text());
  }

  @Test
  void aRecordThatIsNotUtf8FailsAlone() throws Exception {
    String csv = "a\n\"b\n\u00ff\"\nc\n";
    List<InputLine> read =
        lines(
            new CsvRecords(
                new ByteArrayInputStream(csv.getBytes(StandardCharsets.ISO_8859_1)),
                100,
                Records.ofTexts(One.class)));
    assertEquals(
        "in line 3, it is not UTF-8: byte 1 is 0xff; what cannot be read is shown as \ufffd",
        read.get(0).wrong());
    assertEquals("\"b\n\ufffd\"", read.get(0).text());
    assertEquals("c", read.get(1).text());
  }

  private static int hash(String csv) throws IOException {
    return lines(source(csv, Job.class)).getLast().hash();
  }

  @Test
  void theHashTellsRecordsHeadersAndEndsOfLinesApart() throws Exception {
    int hash = hash("name,age\n\"A\nnn\",1\n");
    assertEquals(hash, hash("\ufeffname,age\n\n\"A\nnn\",1"));
    for (String other :
        List.of(
            "name,age\n\"A\nnn\",2\n",
            "name,age\n\"B\nnn\",1\n",
            "name,age\n\"A\rnn\",1\n",
            "name,age\n\"A\r\nnn\",1\n",
            "name,age\n\"Ann\",1\n",
            "age,name\n\"A\nnn\",1\n")) {
      assertNotEquals(hash, hash(other), other);
    }
  }

  private static void update(CRC32C hash, String part) {
    CRC32C inner = new CRC32C();
    inner.update(part.getBytes(StandardCharsets.UTF_8));
    hash.update(ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt((int) inner.getValue()).flip());
  }

  /** It stands in the outputs of earlier runs. */
  @Test
  void theHashIsThatOfTheHashesOfTheHeaderAndTheLinesAndOfTheirEnds() throws Exception {
    CRC32C header = new CRC32C();
    header.update(new byte[4]);
    update(header, "name,age");
    CRC32C hash = new CRC32C();
    hash.update(ByteBuffer.allocate(4).order(LITTLE_ENDIAN).putInt((int) header.getValue()).flip());
    update(hash, "\"A");
    hash.update("\r\n".getBytes(StandardCharsets.US_ASCII));
    update(hash, "nn\",1");
    String csv = "name,age\r\n\"A\r\nnn\",1\r\n";
    assertEquals((int) hash.getValue(), hash(csv));
    assertEquals((int) hash.getValue(), lines(new CsvLines(in(csv), 1)).getLast().hash());
    assertEquals(1, lines(new CsvLines(in(csv), 1)).size());
  }

  @Test
  void theHashDoesNotDependOnTheLongestLine() throws Exception {
    String csv = "a\n\"" + "x".repeat(90) + "\ny\"\n";
    assertEquals(lines(csv, 1_000).getFirst().hash(), lines(csv, 20).getFirst().hash());
  }

  private record Nested(String name, Optional<Job> job) {}

  private record Listed(List<String> names) {}

  @Test
  void whatNoColumnCanHoldIsRefusedAtOnce() {
    for (Class<?> type : List.of(Nested.class, Listed.class)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> Records.ofTexts(type));
      String part = type == Nested.class ? "'job' of %s is a Job" : "'names' of %s is a List";
      assertEquals(
          "component " + part.formatted(type.getName()) + ", which no column can hold; use jsonl",
          refused.getMessage());
    }
  }
}
