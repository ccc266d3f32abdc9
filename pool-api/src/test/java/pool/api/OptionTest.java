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
}
