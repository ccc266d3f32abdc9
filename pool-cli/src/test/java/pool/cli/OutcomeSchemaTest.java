package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import pool.cli.input.InputLine;
import pool.cli.outcome.Entry;
import pool.cli.outcome.Outcome;
import pool.cli.outcome.OutcomeReader;

/** What the command line writes is what {@code docs/outcome.schema.json} says. */
class OutcomeSchemaTest {

  private static final Path FILE = Path.of("../docs/outcome.schema.json");
  private static final String HOSTILE =
      "é \u001b[31m\u202e \"\\ \ud83d\ude00 https://me:secret@host/";

  private record Result(int number, List<String> texts, byte[] bytes) {}

  private static List<Error> errors(String line) throws IOException {
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(Files.readString(FILE), InputFormat.JSON);
    return schema.validate(line, InputFormat.JSON);
  }

  private static Line line(boolean hasRun) throws Exception {
    Line line = new Line(Seen.recorder(), new InputLine(7, HOSTILE, -3, null), HOSTILE, "job");
    line.watched();
    if (hasRun) {
      line.begins("note-\u001b-0");
      line.begins("note-1");
    }
    return line;
  }

  private static Stream<String> lines() throws Exception {
    Result result = new Result(1, List.of(HOSTILE), new byte[] {1, 2});
    Failure failure = Failure.of(line(true), new IOException(HOSTILE));
    Failure noJob = Failure.notAJob(line(false), HOSTILE);
    return Stream.of(
            OutcomeLines.succeeded(line(true), null),
            OutcomeLines.succeeded(line(true), result),
            OutcomeLines.succeeded(line(true), Map.of("a", Double.NaN)),
            OutcomeLines.failed(line(true), failure),
            OutcomeLines.failed(line(false), noJob),
            OutcomeLines.notDone(line(true), Outcome.CANCELLED),
            OutcomeLines.notDone(line(true), Outcome.NOT_STARTED),
            OutcomeLines.notDone(line(false), Outcome.NOT_STARTED))
        .map(text -> text.toString(StandardCharsets.UTF_8));
  }

  @ParameterizedTest
  @MethodSource("lines")
  void eachLineIsValidAndCanBeReadAgain(String line) throws Exception {
    assertEquals(List.of(), errors(line), line);
    ByteArrayInputStream in = new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8));
    OutcomeReader.Extent extent = OutcomeReader.read(in, entry -> assertIsLine(entry, line));
    assertEquals(0, extent.torn());
  }

  private static void assertIsLine(Entry entry, String line) {
    assertEquals(7, entry.line());
    assertEquals(-3, entry.hash());
    assertEquals(HOSTILE, entry.text());
    assertEquals(Json.object(line).get("outcome"), entry.outcome().word());
  }

  @ParameterizedTest
  @MethodSource("lines")
  void noMemberIsWithoutDescription(String line) throws Exception {
    Map<?, ?> described = (Map<?, ?>) Json.object(Files.readString(FILE)).get("properties");
    Set<String> written = Json.object(line).keySet();
    assertTrue(described.keySet().containsAll(written), written::toString);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "\"v\":1; \"v\":2",
        "\"line\":7; \"line\":0",
        "\"hash\":\"fffffffd\"; \"hash\":\"3\"",
        "succeeded; done",
        "succeeded; failed",
        "succeeded; notStarted",
        "\"attempt\":2,; ''",
        "\"result\":null,; ''",
        "\"attempt\":2; \"attempt\":2,\"reason\":\"no\"",
      })
  void aLineOfAnotherFormIsNot(String part, String other) throws Exception {
    String line = lines().findFirst().orElseThrow();
    assertTrue(line.contains(part), line);
    assertFalse(errors(line.replace(part, other)).isEmpty(), line);
  }

  @Test
  void aMomentHasItsMilliseconds() {
    assertEquals("1970-01-01T00:00:00.000Z", UtcTime.text(0));
    assertEquals("1969-12-31T23:59:59.999Z", UtcTime.text(-1));
    assertEquals("2026-03-04T05:06:07.089Z", UtcTime.text(1_772_600_767_089L));
    assertEquals("2026-03-04T05:06:08.010Z", UtcTime.text(1_772_600_768_010L));
  }
}
