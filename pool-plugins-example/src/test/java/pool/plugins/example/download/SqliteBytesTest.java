package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SqliteBytesTest {

  @ParameterizedTest
  @CsvSource({
    "jdbc:sqlite:a.db, jdbc:sqlite:a.db",
    "jdbc:sqlite:\u00fc %41#.db?mode=ro, jdbc:sqlite:\u00fc %41#.db?mode=ro",
    "jdbc:sqlite:a\udcfc.db, jdbc:sqlite:file:a%FC.db",
    "jdbc:sqlite:/a\udcfc/\u00fc %41#.db?mode=ro, jdbc:sqlite:file:/a%FC/\u00fc %2541%23.db?mode=ro",
    "jdbc:sqlite:file:a\udc80%41.db?cache=shared, jdbc:sqlite:file:a%80%41.db?cache=shared",
    "jdbc:postgresql:a\udcfc, jdbc:postgresql:a\udcfc",
  })
  void bytesThatAreNotUtf8AreEscaped(String url, String expected) {
    assertEquals(expected, SqliteBytes.escapedIn(url));
  }
}
