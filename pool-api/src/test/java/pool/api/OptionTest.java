package pool.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionTest {

  @Test
  void aValueIsReadOrTheDefaultTaken() {
    Option<Long> option = Option.optional("max", Long::valueOf, 7L, "how many");
    assertEquals(7L, option.valueIn(Map.of()));
    assertEquals(9L, option.valueIn(Map.of("max", "9")));
    assertEquals(Optional.of(7L), option.defaultValue());
  }

  @Test
  void aMissingOneIsNamed() {
    Option<Long> option = Option.required("max", Long::valueOf, "how many");
    assertTrue(option.isRequired());
    assertEquals(
        "option 'max' is required but was not given: how many",
        assertThrows(IllegalArgumentException.class, () -> option.valueIn(Map.of())).getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "250ms, PT0.25S",
    "30s, PT30S",
    "5 m, PT5M",
    "2h, PT2H",
    "1d, PT24H",
    "PT1M30S, PT1M30S",
    "pt2s, PT2S"
  })
  void timesAreReadAsPeopleWriteThem(String text, String expected) {
    assertEquals(Duration.parse(expected), Option.duration("t", "time").valueIn(Map.of("t", text)));
  }

  @ParameterizedTest
  @CsvSource({"30", "s", "-5s", "99999999999999999999s"})
  void otherTimesAreRefused(String text) {
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> Option.duration("t", "time").valueIn(Map.of("t", text)))
            .getMessage();
    assertEquals(
        "option 't' cannot be read from '"
            + text
            + "': expected a time such as 250ms, 30s, 5m, 2h or PT1M30S",
        message);
  }

  @ParameterizedTest
  @CsvSource({"0s, PT0S", "PT-5S, PT-5S"})
  void aValueThatBreaksTheRuleIsRefused(String text, Duration value) {
    Option<Duration> option =
        Option.duration("t", "time").requiring(Duration::isPositive, "must be more than 0");
    assertEquals(Duration.ofSeconds(1), option.valueIn(Map.of("t", "1s")));
    assertEquals(
        "option 't' cannot be read from '" + text + "': must be more than 0, but was " + value,
        assertThrows(IllegalArgumentException.class, () -> option.valueIn(Map.of("t", text)))
            .getMessage());
  }

  @Test
  void whatIsKnownOfItsTypeAndItsRulesCanBeShown() {
    Option<Integer> level =
        Option.optional("level", Integer::valueOf, 3, "how hard")
            .requiring(value -> value > 0, "must be more than 0")
            .requiring(value -> value < 23, "must be less than 23")
            .secret();
    assertEquals(Optional.of(Integer.class), level.valueType());
    assertEquals(List.of("must be more than 0", "must be less than 23"), level.rules());
    assertEquals(Optional.of(Duration.class), Option.duration("t", "time").valueType());
    Option<Integer> port = Option.required("port", Integer::valueOf, "of the server");
    assertEquals(Optional.empty(), port.valueType());
    assertEquals(List.of(), port.rules());
  }

  @Test
  void aSecretIsNotPrinted() {
    Option<Long> pin = Option.required("pin", Long::valueOf, "a secret").secret();
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> pin.valueIn(Map.of("pin", "hunter2")));
    assertEquals("option 'pin' cannot be read (secret)", e.getMessage());
    assertEquals(null, e.getCause());
  }

  private enum Level {
    LOW,
    VERY_HIGH
  }

  private static String refused(Option<?> option, String text) {
    return assertThrows(
            IllegalArgumentException.class, () -> option.valueIn(Map.of(option.name(), text)))
        .getMessage();
  }

  @Test
  void textsNumbersFlagsAndChoicesAreReadByThemselves() {
    assertEquals(" a ", Option.string("s", "any").valueIn(Map.of("s", " a ")));
    assertEquals("b", Option.string("s", "b", "any").valueIn(Map.of()));
    assertEquals(7, Option.integer("i", "any").valueIn(Map.of("i", " 7 ")));
    assertEquals(3, Option.integer("i", 3, "any").valueIn(Map.of()));
    assertEquals(false, Option.flag("f", "any").valueIn(Map.of()));
    assertEquals(true, Option.flag("f", "any").valueIn(Map.of("f", "TRUE")));
    assertEquals(true, Option.flag("f", true, "any").valueIn(Map.of()));
    Option<Level> level = Option.choice("level", Level.class, "any");
    assertEquals(Level.VERY_HIGH, level.valueIn(Map.of("level", "very-high")));
    assertEquals(Level.VERY_HIGH, level.valueIn(Map.of("level", "Very_High")));
    assertEquals(Level.LOW, Option.choice("l", Level.class, Level.LOW, "any").valueIn(Map.of()));
    assertEquals(Optional.of(Level.class), level.valueType());
  }

  @Test
  void whatIsNoNumberFlagOrChoiceIsRefusedWithWhatIsExpected() {
    assertEquals(
        "option 'i' cannot be read from '1.5': expected a whole number from -2147483648 to 2147483647",
        refused(Option.integer("i", "any"), "1.5"));
    assertEquals(
        "option 'f' cannot be read from 'yes': expected true or false",
        refused(Option.flag("f", "any"), "yes"));
    assertEquals(
        "option 'l' cannot be read from 'high': expected one of low, very-high",
        refused(Option.choice("l", Level.class, "any"), "high"));
  }

  @Test
  void oneThatMayBeLeftOutHasAnOptionalValue() {
    Option<Optional<Integer>> port =
        Option.integer("port", "any").requiring(n -> n > 0, "must be more than 0").orAbsent();
    assertEquals(Optional.empty(), port.valueIn(Map.of()));
    assertEquals(Optional.of(80), port.valueIn(Map.of("port", "80")));
    assertEquals(
        "option 'port' cannot be read from '0': must be more than 0, but was 0",
        refused(port, "0"));
    assertEquals(Optional.of(Integer.class), port.valueType());
    assertEquals(List.of("must be more than 0"), port.rules());
    assertEquals(false, port.isRequired());
  }
}
