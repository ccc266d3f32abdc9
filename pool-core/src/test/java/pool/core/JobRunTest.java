package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class JobRunTest {

  private static JobRun of(Object job) {
    return new JobRun(
        "w-0", job, Instant.EPOCH, Duration.ZERO, Duration.ZERO, Optional.empty(), false);
  }

  @Test
  void itsTextIsThatOfTheJobCutAfter200Characters() {
    assertEquals("7", of(7).jobText());
    assertEquals("x".repeat(200), of("x".repeat(200)).jobText());
    assertEquals("x".repeat(199) + "…", of("x".repeat(201)).jobText());
  }

  @Test
  void aJobThatCannotSayWhatItIsIsNamedAfterItsClass() {
    Object bad =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("bad job");
          }
        };
    assertEquals(bad.getClass().getName(), of(bad).jobText());
  }
}
