package pool.api.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Serial;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What jobs and exceptions say of themselves, or fail to. */
class SafeTextTest {

  private static final class Mute extends RuntimeException {
    @Serial private static final long serialVersionUID = 1L;

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  @Test
  void theyAreNamedAfterTheirClassWhenTheyCannotSayWhatTheyAre() {
    Throwable mute = new Mute();
    Object job = mute;
    assertEquals(Mute.class.getName(), SafeText.of(mute));
    assertEquals(Mute.class.getName(), SafeText.of(job));
    assertEquals("java.lang.Error: no", SafeText.of(new Error("no")));
  }

  @Test
  void aTextOf200CharactersIsNotCut() {
    String text = "x".repeat(200);
    assertEquals(text, SafeText.cut(text));
    assertEquals("x".repeat(199) + "…", SafeText.cut(text + "y"));
  }

  @Test
  void noCharacterIsCutInTwo() {
    String start = "x".repeat(198);
    assertEquals(start + "…", SafeText.cut(start + "😀yz"));
    assertEquals("x" + start + "…", SafeText.cut("x" + start + "😀yz"));
    assertEquals("y" + start.substring(2) + "😀…", SafeText.cut("y" + start.substring(2) + "😀yz"));
  }

  @Test
  void aStackIsALineForEachFrame() {
    StackTraceElement one = new StackTraceElement("a.B", "c", "B.java", 1);
    StackTraceElement other = new StackTraceElement("d.E", "f", null, -2);
    assertEquals(
        "%n    at a.B.c(B.java:1)%n    at d.E.f(Native Method)".formatted(),
        SafeText.lines(List.of(one, other)));
    assertEquals("", SafeText.lines(List.of()));
  }
}
