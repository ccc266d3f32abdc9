package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import java.util.function.LongUnaryOperator;
import org.junit.jupiter.api.Test;

/** Runs are told in tenths of a second, as the bar asks. */
class TimeLeftTest {

  private static final long SECOND = 1_000_000_000;
  private static final long TENTH = SECOND / 10;

  private final TimeLeft timeLeft = new TimeLeft(4);

  /** Of so many lines, of which so many were done at each tenth; no job runs for long. */
  private OptionalLong after(int tenths, long lines, LongUnaryOperator done) {
    OptionalLong left = OptionalLong.empty();
    for (int i = 0; i <= tenths; i++) {
      left = timeLeft.at(i * TENTH, done.applyAsLong(i), lines, () -> 0);
    }
    return left;
  }

  private static void assertAbout(long seconds, OptionalLong left) {
    assertTrue(left.isPresent(), "there is an estimate");
    assertEquals(seconds, left.getAsLong() / 1e9, 0.1 * seconds);
  }

  @Test
  void aSteadyRunHasAnEstimate() {
    assertAbout(95, after(50, 1_000, i -> i));
  }

  @Test
  void ofAFewLinesOrMomentsThereIsNone() {
    assertEquals(OptionalLong.empty(), after(19, 1_000, i -> 10 * i));
    assertEquals(OptionalLong.empty(), new TimeLeft(4).at(SECOND, 1, 1_000, () -> 0));
    assertEquals(OptionalLong.empty(), after(190, 1_000, i -> i / 10));
  }

  @Test
  void manyWorkersNeedMoreLines() {
    TimeLeft many = new TimeLeft(100);
    for (int i = 0; i < 199; i++) {
      assertEquals(OptionalLong.empty(), many.at(i * TENTH, i, 10_000, () -> 0));
    }
    assertTrue(many.at(200 * TENTH, 200, 10_000, () -> 0).isPresent());
  }

  @Test
  void linesThatFailAtOnceTellNothingOfThoseThatRun() {
    assertEquals(OptionalLong.empty(), after(99, 10_000, i -> i == 0 ? 0 : 1_000 + i));
    assertAbout(880, after(200, 10_000, i -> i == 0 ? 0 : 1_000 + i));
  }

  @Test
  void aStallEndsTheEstimateAndANewPaceMakesAnother() {
    assertAbout(80, after(200, 1_000, i -> i));
    assertEquals(OptionalLong.empty(), timeLeft.at(260 * TENTH, 200, 1_000, () -> 0));
    assertEquals(OptionalLong.empty(), timeLeft.at(500 * TENTH, 200, 1_000, () -> 0));
    OptionalLong left = OptionalLong.empty();
    for (int i = 0; i < 400; i++) {
      left = timeLeft.at((500 + i) * TENTH, 200 + i / 4, 1_000, () -> 0);
    }
    assertAbout(280, left);
  }

  @Test
  void ofTheLastLinesWhichRunAlreadyThereIsNone() {
    assertTrue(after(980, 1_000, i -> i).isPresent());
    assertTrue(timeLeft.at(985 * TENTH, 985, 1_000, () -> 0).isPresent());
    assertEquals(OptionalLong.empty(), new TimeLeft(20).at(SECOND, 0, 1_000, () -> 0));
    TimeLeft many = new TimeLeft(20);
    for (int i = 0; i <= 985; i++) {
      boolean isKnown = many.at(i * TENTH, i, 1_000, () -> 0).isPresent();
      assertEquals(i >= 40 && i < 980, isKnown, i + " are done");
    }
  }

  @Test
  void noEstimateIsShorterThanAJobHasRunOrThanASecond() {
    after(50, 1_000, i -> i);
    assertTrue(timeLeft.at(51 * TENTH, 51, 1_000, () -> 90 * SECOND).isPresent());
    assertEquals(OptionalLong.empty(), timeLeft.at(52 * TENTH, 52, 1_000, () -> 97 * SECOND));
    assertEquals(OptionalLong.empty(), timeLeft.at(53 * TENTH, 53, 58, () -> 0));
  }

  @Test
  void linesThatComeInWavesAreSteady() {
    OptionalLong left = OptionalLong.empty();
    int shown = 0;
    for (int i = 1; i <= 600; i++) { // 4 workers, each job 1 s
      left = timeLeft.at(i * TENTH, 4 * (i / 10), 1_000, () -> 0);
      shown += left.isPresent() ? 1 : 0;
    }
    assertAbout(190, left);
    assertTrue(shown > 500, shown + " of 600");
  }
}
