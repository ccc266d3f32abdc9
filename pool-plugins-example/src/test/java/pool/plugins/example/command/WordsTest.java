package pool.plugins.example.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.List;
import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void wordsAreSplitAsAShellDoes() {
    assertEquals(List.of("a", "b"), Words.split(" a \t b\n"));
    assertEquals(List.of("a b", "c\"d", "$e"), Words.split("'a b' 'c\"d' \"$e\""));
    assertEquals(List.of("it's", "", "a b", "\\n"), Words.split("'it'\\''s' '' a\\ b '\\n'"));
    assertEquals(List.of("a\"b"), Words.split("\"a\\\"b\""));
    assertEquals(List.of("s/\\([a-z]\\)/$1/"), Words.split("\"s/\\([a-z]\\)/\\$1/\""));
    assertEquals(List.of("joined word"), Words.split("joined' 'word"));
  }

  @Test
  void whatIsNoCommandIsRefused() {
    for (String text : List.of("", "  ", "'a", "a \"b")) {
      assertThrows(IllegalArgumentException.class, () -> Words.split(text), text);
    }
  }
}
