package pool.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.file.Path;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;

class LineReadersTest {

  private static <J> J read(Class<J> type, String line) {
    return WorkerFactory.of("test", type, String.class, _ -> String::valueOf).read(line);
  }

  @Test
  void linesMakeJobsOfTheUsualTypes() {
    assertEquals(" text ", read(String.class, " text "));
    assertEquals(URI.create("http://h/p"), read(URI.class, " http://h/p "));
    assertEquals(Path.of("a b"), read(Path.class, "a b"));
    assertEquals(7, read(Integer.class, "7"));
    assertEquals(7.5, read(Double.class, " 7.5"));
    assertEquals(new BigDecimal("1e100"), read(BigDecimal.class, "1e100"));
  }

  @Test
  void aBadLineShowsNoCredentials() {
    IllegalArgumentException bad =
        assertThrows(
            IllegalArgumentException.class, () -> read(URI.class, "http://joe:hunter2@h/ x"));
    StringWriter trace = new StringWriter();
    bad.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains("hunter2"), trace::toString);
  }

  @Test
  void aBadLineIsQuotedAndAnotherTypeNeedsItsOwnReader() {
    assertEquals(
        "'x' makes no Integer: For input string: \"x\"",
        assertThrows(IllegalArgumentException.class, () -> read(Integer.class, "x")).getMessage());
    assertEquals(
        "factory 'test' has jobs of type java.time.LocalDate, which no line of text makes by itself:"
            + " override WorkerFactory.read",
        assertThrows(IllegalArgumentException.class, () -> read(LocalDate.class, "x"))
            .getMessage());
  }
}
