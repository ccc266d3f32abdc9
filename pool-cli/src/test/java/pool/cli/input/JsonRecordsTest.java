package pool.cli.input;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.Year;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import pool.api.WorkerFactory;

@Timeout(60)
class JsonRecordsTest {

  private enum Colour {
    RED,
    GREEN
  }

  private record Home(String street, int zip) {

    Home {
      if (zip < 0) {
        throw new IllegalArgumentException("a zip is at least 0");
      }
    }
  }

  private record Job(
      String name,
      int age,
      byte small,
      double price,
      Boolean ok,
      Colour colour,
      List<Home> homes,
      Map<String, Integer> counts,
      URI uri,
      Path path,
      LocalDate day,
      Instant instant,
      Optional<String> nick,
      OptionalLong size) {

    Job {
      if (age < 0) {
        throw new IllegalArgumentException("an age is at least 0");
      }
    }

    @SuppressWarnings("unused") // none of these makes a member
    public List<String> getTags() {
      return List.of();
    }
  }

  private static final Job JOB =
      new Job(
          "Ann",
          30,
          (byte) 1,
          2.5,
          true,
          Colour.RED,
          List.of(new Home("x", 1), new Home("y", 2)),
          Map.of("a", 1),
          URI.create("http://example.com"),
          Path.of("a:b"),
          LocalDate.of(2026, 11, 30),
          Instant.EPOCH,
          Optional.of("A"),
          OptionalLong.of(5));

  private static final String TEXT =
      """
      {"name":"Ann","age":30,"small":1,"price":2.5,"ok":true,"colour":"RED",\
      "homes":[{"street":"x","zip":1},{"street":"y","zip":2}],"counts":{"a":1},\
      "uri":"http://example.com","path":"a:b","day":"2026-11-30","instant":"1970-01-01T00:00:00Z",\
      "nick":"A","size":5}\
      """;

  private static final WorkerFactory<?, ?> FACTORY =
      WorkerFactory.of("any", Object.class, Object.class, _ -> job -> job);

  private static Object read(String json, Class<?> type) throws Exception {
    JsonRecords source =
        new JsonRecords(
            new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)),
            1_000_000,
            Records.ofJson(type));
    InputLine line = source.next();
    return source.job(FACTORY, line);
  }

  private static Object read(String json) throws Exception {
    return read(json, Job.class);
  }

  private static String refused(String json) {
    return String.valueOf(assertThrows(Exception.class, () -> read(json), json).getMessage());
  }

  @Test
  void membersMakeARecordByName() throws Exception {
    assertEquals(JOB, read(TEXT));
    assertEquals(
        JOB,
        read(
            " "
                + TEXT.replace("{\"name\":\"Ann\",", "{").replace("5}", "5,\"name\":\"Ann\"}")
                + " "));
  }

  @Test
  void optionalMembersMayBeMissingOrNull() throws Exception {
    Job without = (Job) read(TEXT.replace(",\"nick\":\"A\",\"size\":5", ""));
    assertEquals(Optional.empty(), without.nick());
    assertEquals(OptionalLong.empty(), without.size());
    assertEquals(
        without, read(TEXT.replace("\"A\"", "null").replace("\"size\":5", "\"size\":null")));
  }

  @Test
  void nullIsAValueOfWhatIsNoPrimitive() throws Exception {
    assertEquals(null, ((Job) read(TEXT.replace("\"ok\":true", "\"ok\":null"))).ok());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '\0',
      textBlock =
          """
          "age":30     | "age":1.5      | member 'age': 1.5 is no int
          "age":30     | "age":1.0      | member 'age': 1.0 is no int
          "age":30     | "age":"7"      | member 'age': the text '7' is no int
          "age":30     | "age":""       | member 'age': the text '' is no int
          "age":30     | "age":null     | member 'age': null is no int
          "age":30     | "age":true     | member 'age': true is no int
          "age":30     | "age":[1]      | member 'age': an array is no int
          "age":30     | "age":{}       | member 'age': an object is no int
          "age":30     | "age":99999999999 | member 'age': 99999999999 is no int
          "age":30     | "age":-1       | an age is at least 0
          "age":30     | "age":30,"age":30 | member 'age' is there twice
          "age":30,    |                | member 'age' is missing
          "age":30     | "age":30,"ago":1 | member 'ago' is unknown; there are age, colour, counts, day, homes, instant, name, nick, ok, path, price, size, small, uri
          "age":30     | "age":30,"tags":[] | member 'tags' is unknown; there are age, colour, counts, day, homes, instant, name, nick, ok, path, price, size, small, uri
          "small":1    | "small":200    | member 'small': 200 is no byte
          "small":1    | "small":null   | member 'small': null is no byte
          "price":2.5  | "price":1e999  | member 'price': 1e999 is no double
          "price":2.5  | "price":"NaN"  | member 'price': the text 'NaN' is no double
          "price":2.5  | "price":"2.5"  | member 'price': the text '2.5' is no double
          "ok":true    | "ok":1         | member 'ok': 1 is no Boolean
          "ok":true    | "ok":"true"    | member 'ok': the text 'true' is no Boolean
          "Ann"        | 7              | member 'name': 7 is no String
          "Ann"        | 7.5            | member 'name': 7.5 is no String
          "Ann"        | true           | member 'name': true is no String
          "Ann"        | ["Ann"]        | member 'name': an array is no String
          "RED"        | "red"          | member 'colour': the text 'red' is no Colour; there are RED, GREEN
          "RED"        | 0              | member 'colour': 0 is no Colour; there are RED, GREEN
          "RED"        | "0"            | member 'colour': the text '0' is no Colour; there are RED, GREEN
          "zip":2      | "zip":-2       | member 'homes[1]': a zip is at least 0
          "zip":2      | "zip":"x"      | member 'homes[1].zip': the text 'x' is no int
          ,"zip":2     |                | member 'homes[1].zip' is missing
          "zip":2      | "zip":2,"zop":3 | member 'homes[1].zop' is unknown; there are street, zip
          "zip":2      | "zip":2,"zip":3 | member 'homes[1].zip' is there twice
          {"a":1}      | {"a":1,"a":2}  | member 'counts.a' is there twice
          {"a":1}      | {"a":"1"}      | member 'counts.a': the text '1' is no Integer
          [{"street":"x","zip":1},{"street":"y","zip":2}] | {} | member 'homes': an object is no array
          {"a":1}      | []             | member 'counts': an array is no object
          "http://example.com" | "http:// x" | member 'uri': the text 'http:// x' is no URI
          "a:b"        | "a\\u0000b"    | member 'path': the text 'a\\0b' is no Path
          "2026-11-30" | "2026-13-30"   | member 'day': the text '2026-13-30' is no LocalDate
          "2026-11-30" | 20000          | member 'day': 20000 is no LocalDate
          "2026-11-30" | [2026,11,30]   | member 'day': an array is no LocalDate
          "1970-01-01T00:00:00Z" | 0    | member 'instant': 0 is no Instant
          "1970-01-01T00:00:00Z" | "0"  | member 'instant': the text '0' is no Instant
          "A"          | 7              | member 'nick': 7 is no String
          "size":5     | "size":"5"     | member 'size': the text '5' is no OptionalLong
          "size":5}    | "size":5}x     | it is no JSON: Unrecognized token 'x': was expecting (JSON String, Number, Array, Object or token 'null', 'true' or 'false') (at character 256)
          "size":5}    | "size":5} {}   | something follows its JSON object
          "size":5}    | "size":5       | it is no JSON: Unexpected end-of-input: expected close marker for Object (at character 255)
          "age":30     | "age":3x       | it is no JSON: Unexpected character ('x' (code 120)): was expecting comma to separate Object entries (at character 22)
          "zip":2      | "zip":2x       | it is no JSON: Unexpected character ('x' (code 120)): was expecting comma to separate Object entries (at character 124)
          """)
  void aRecordIsRefusedWithItsReason(String part, String wrong, String reason) {
    String json =
        TEXT.replaceFirst(
            Pattern.quote(part), wrong == null ? "" : Matcher.quoteReplacement(wrong));
    assertFalse(json.equals(TEXT), part);
    assertEquals(reason.replace("\\0", "\0"), refused(json));
  }

  @Test
  void whatIsNoObjectIsRefused() {
    for (String json : List.of("[1]", "7", "null", "\"x\"", "true")) {
      assertEquals("it is no JSON object", refused(json));
    }
    assertEquals("it is blank, and no JSON object", refused("\n"));
    assertEquals("it is blank, and no JSON object", refused("  \n"));
  }

  private record Anything(Object value) {}

  @Test
  void nestingThatWouldExhaustTheStackIsRefused() {
    String deep = "{\"value\":" + "[".repeat(100_000) + "]".repeat(100_000) + "}";
    Exception refused = assertThrows(Exception.class, () -> read(deep, Anything.class));
    assertEquals(
        "member 'value': Document nesting depth (1001) exceeds the maximum allowed (1000)",
        refused.getMessage());
  }

  @Test
  void aLongValueIsCutInItsReason() {
    assertEquals(
        "member 'age': the text '" + "x".repeat(100) + "' is no int",
        refused(TEXT.replace("\"age\":30", "\"age\":\"" + "x".repeat(100) + "\"")));
    assertEquals(
        "member 'age': the text '" + "x".repeat(100) + "…' is no int",
        refused(TEXT.replace("\"age\":30", "\"age\":\"" + "x".repeat(5_000) + "\"")));
  }

  @Test
  void aTextMayBeAsLongAsTheLine() throws Exception {
    String name = "x".repeat(900_000);
    assertEquals(name, ((Job) read(TEXT.replace("Ann", name))).name());
  }

  private record Plain(String a, long b, boolean c, List<String> d) {}

  @Test
  void whatIsWrittenIsReadAgain() throws Exception {
    ObjectMapper writer = new ObjectMapper();
    Random random = new Random(3);
    for (int round = 0; round < 1_000; round++) {
      String text =
          random
              .ints(random.nextInt(9), 0, 0xd800)
              .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
              .toString();
      Plain plain = new Plain(text, random.nextLong(), random.nextBoolean(), List.of(text, ""));
      Map<String, Object> members = new LinkedHashMap<>();
      members.put("d", plain.d());
      members.put("c", plain.c());
      members.put("b", plain.b());
      members.put("a", plain.a());
      assertEquals(plain, read(writer.writeValueAsString(members), Plain.class));
    }
  }

  private record Numbers(float f, Short s, long l, int[] i, Duration d, Year y) {}

  @Test
  void numbersAreNumbersAndTimesAreTexts() throws Exception {
    String json = "{\"f\":1.5,\"s\":7,\"l\":9999999999,\"i\":[1,2],\"d\":\"PT5S\",\"y\":\"2026\"}";
    Numbers read = (Numbers) read(json, Numbers.class);
    assertEquals(
        List.of(1.5f, (short) 7, 9_999_999_999L, 2, Duration.ofSeconds(5), Year.of(2026)),
        List.of(read.f(), read.s(), read.l(), read.i()[1], read.d(), read.y()));
    for (Map.Entry<String, String> wrong :
        Map.of(
                json.replace("1.5", "1e40"), "member 'f': 1e40 is no float",
                json.replace(":7", ":40000"), "member 's': 40000 is no short",
                json.replace("[1,", "[1.5,"), "member 'i[0]': 1.5 is no int",
                json.replace("\"PT5S\"", "5"), "member 'd': 5 is no Duration")
            .entrySet()) {
      Exception refused = assertThrows(Exception.class, () -> read(wrong.getKey(), Numbers.class));
      assertEquals(wrong.getValue(), refused.getMessage());
    }
  }

  private record Tree(String name, List<Tree> children) {}

  @Test
  void aRecordMayHoldOthersOfItsKind() throws Exception {
    assertEquals(
        new Tree("a", List.of(new Tree("b", List.of()))),
        read("{\"name\":\"a\",\"children\":[{\"name\":\"b\",\"children\":[]}]}", Tree.class));
  }

  private record Demanding(String name) {

    Demanding {
      Objects.requireNonNull(name, "name");
    }
  }

  @Test
  void whatTheRecordThrowsIsTheReason() {
    NullPointerException refused =
        assertThrows(NullPointerException.class, () -> read("{\"name\":null}", Demanding.class));
    assertEquals("name", refused.getMessage());
  }

  private record Twice(@JsonProperty("x") String a, @JsonProperty("x") String b) {}

  @Test
  void aRecordThatCannotBeMadeIsRefusedAtOnce() {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> Records.ofJson(Twice.class));
    assertTrue(
        refused
            .getMessage()
            .startsWith("records of " + Twice.class.getName() + " cannot be made: "),
        refused::toString);
    assertFalse(refused.getMessage().contains("\n"), refused::toString);
  }
}
