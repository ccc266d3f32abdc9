package pool.cli.outcome;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import pool.cli.input.InputLine;

class KnownLinesTest {

  private final KnownLines known = new KnownLines();

  private void add(long line, Outcome outcome) {
    known.add(new Entry(line, "x", 7, outcome, null));
  }

  private static InputLine line(long number, int hash) {
    return new InputLine(number, "x", hash, null);
  }

  @Test
  void theLastOutcomeOfALineCounts() throws Exception {
    add(1, Outcome.NOT_STARTED);
    add(1, Outcome.FAILED);
    add(1, Outcome.FAILED);
    assertEquals(Outcome.FAILED, known.of(1));
    assertEquals(1, known.count(Outcome.FAILED));
    add(1, Outcome.SUCCEEDED);
    assertEquals(Outcome.SUCCEEDED, known.of(line(1, 7)));
    assertEquals(0, known.count(Outcome.FAILED));
    assertEquals(0, known.count(Outcome.NOT_STARTED));
    assertEquals(1, known.size());
    assertEquals(0, known.doubles());
  }

  @Test
  void aSuccessStaysOneAndWhatFollowsIsADouble() {
    for (int line = 1; line <= 3_000; line++) {
      add(line, Outcome.SUCCEEDED);
    }
    add(2_500, Outcome.FAILED);
    add(17, Outcome.SUCCEEDED);
    add(17, Outcome.SUCCEEDED);
    assertEquals(Outcome.SUCCEEDED, known.of(2_500));
    assertEquals(2, known.doubles());
    assertEquals(List.of(17L, 2_500L), known.doubles(5));
    assertEquals(List.of(17L), known.doubles(1));
    assertEquals(3_000, known.count(Outcome.SUCCEEDED));
  }

  @Test
  void linesWithoutOutcomeAreFound() {
    add(2, Outcome.FAILED);
    add(9_000_000_000_000_000_000L, Outcome.SUCCEEDED);
    assertEquals(List.of(1L, 3L, 4L), known.missing(known.last(), 3));
    assertEquals(List.of(1L), known.missing(2, 3));
    assertNull(known.of(3));
  }

  @Test
  void aLineWhoseBytesAreOthersIsNamed() throws Exception {
    add(5, Outcome.FAILED);
    assertNull(known.of(line(4, 8)));
    assertEquals(Outcome.FAILED, known.of(line(5, 7)));
    Exception e = assertThrows(BadOutcomesException.class, () -> known.of(line(5, 8)));
    assertEquals(
        "the input has changed: line 5 is not what it was when its outcome was written",
        e.getMessage());
  }

  @Test
  void anInputThatHasBecomeShorterIsToldByTheFirstLineThatIsGone() throws Exception {
    add(5_000, Outcome.FAILED);
    add(3_000, Outcome.FAILED);
    add(2, Outcome.FAILED);
    known.requireNoneAfter(5_000);
    Exception e = assertThrows(BadOutcomesException.class, () -> known.requireNoneAfter(2));
    assertEquals(
        "the input has changed: line 3000 has an outcome, but the input has 2 lines",
        e.getMessage());
  }

  @Test
  void outcomesOfTwoInputsAreRefused() throws Exception {
    add(5, Outcome.FAILED);
    known.add(new Entry(5, "corrected", 9, Outcome.SUCCEEDED, null));
    known.requireOneInput();
    known.add(new Entry(5, "x", 8, Outcome.FAILED, null));
    Exception e = assertThrows(BadOutcomesException.class, known::requireOneInput);
    assertTrue(e.getMessage().contains("two different lines 5"), e::getMessage);
  }

  @Test
  void aLineIsMarkedOnce() {
    add(5, Outcome.FAILED);
    assertTrue(known.mark(5));
    assertEquals(false, known.mark(5));
    assertEquals(Outcome.FAILED, known.of(5));
  }
}
