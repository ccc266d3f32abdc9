package pool.core.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void whatTakesTheFewestChangesOfALetterComesFirst() {
    assertEquals(
        List.of("sort", "short", "spot", "transport"),
        Nearest.first("sort", List.of("transport", "spot", "short", "sort")));
    assertEquals(List.of("ab", "abcd", "x"), Nearest.first("abc", List.of("x", "abcd", "ab")));
    assertEquals(
        List.of("kitten", "sitting", "knitting"),
        Nearest.first("sitten", List.of("knitting", "sitting", "kitten")));
  }

  @Test
  void whatIsEquallyNearIsInOrderAndNamedOnce() {
    assertEquals(List.of("a", "b", "c"), Nearest.first("x", List.of("c", "a", "b", "a", "c")));
    assertEquals(List.of("", "a", "bb"), Nearest.first("", List.of("bb", "", "a")));
  }

  @Test
  void everyLetterOfBothCounts() {
    assertEquals(List.of("c", "bb"), Nearest.first("", List.of("bb", "c")));
    assertEquals(List.of("ab", "a"), Nearest.first("ab", List.of("a", "ab")));
    assertEquals(List.of("z", "abcd"), Nearest.first("x", List.of("abcd", "z")));
  }
}
