package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.Serial;
import org.junit.jupiter.api.Test;

/** What jobs and exceptions say of themselves, or fail to. */
class ForeignTextTest {

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
    assertEquals(Mute.class.getName(), Brief.of(mute));
    assertEquals(Mute.class.getName(), Brief.of(job));
    assertEquals("java.lang.Error: no", Brief.of(new Error("no")));
  }

  @Test
  void aTextOf200CharactersIsNotCut() {
    String text = "x".repeat(200);
    assertEquals(text, Brief.cut(text));
    assertEquals("x".repeat(199) + "…", Brief.cut(text + "y"));
  }

  @Test
  void noCharacterIsCutInTwo() {
    String start = "x".repeat(198);
    assertEquals(start + "…", Brief.cut(start + "😀yz"));
    assertEquals("x" + start + "…", Brief.cut("x" + start + "😀yz"));
    assertEquals("y" + start.substring(2) + "😀…", Brief.cut("y" + start.substring(2) + "😀yz"));
  }
}
