package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerContext;

/** What a query says is what has happened, and nothing else has. */
@ParameterizedClass
@EnumSource(Database.class)
@SuppressWarnings("try")
@Timeout(120)
class QueryTest {

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  private String url;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  /** Another program's database, which is in no journal mode of ours. */
  @BeforeEach
  void createTables() throws Exception {
    url =
        switch (database) {
          case SQLITE -> "jdbc:sqlite:" + folder.resolve("other.db");
          case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
        };
    for (String sql :
        List.of(
            "DROP TABLE IF EXISTS t",
            "DROP TABLE IF EXISTS u",
            "CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT)",
            "CREATE TABLE u (id INTEGER PRIMARY KEY, name TEXT)",
            "INSERT INTO t VALUES (1, 'one'), (2, 'two')",
            "INSERT INTO u VALUES (1, 'eins'), (2, 'zwei')")) {
      write(sql);
    }
  }

  private List<Map<String, Object>> read(String sql) throws Exception {
    return run(Map.of("database", url), sql);
  }

  private List<Map<String, Object>> write(String sql) throws Exception {
    return run(Map.of("database", url, "writable", "true"), sql);
  }

  private static List<Map<String, Object>> run(Map<String, String> options, String sql)
      throws Exception {
    try (var context = WorkerContext.standalone(options);
        var worker = new QueryFactory().open(context)) {
      return worker.run(sql).rows();
    }
  }

  private String failure(Map<String, String> more, String sql) {
    Map<String, String> options = new HashMap<>(more);
    options.put("database", url);
    return String.valueOf(
        assertThrows(SQLException.class, () -> run(options, sql), sql).getMessage());
  }

  private List<Object> names() throws Exception {
    return read("SELECT name FROM t ORDER BY id").stream().map(row -> row.get("name")).toList();
  }

  @Test
  void aStatementThatWritesIsDoneOnceAndSucceeds() throws Exception {
    assertEquals(List.of(), write("INSERT INTO t VALUES (3, 'three')"));
    assertEquals(List.of("one", "two", "three"), names());
    assertEquals(List.of(), write("UPDATE t SET name = name || '!' WHERE id = 3;"));
    assertEquals(List.of(), write("/* first */ DELETE FROM t WHERE id = 1 -- last"));
    assertEquals(List.of("two", "three!"), names());
    assertEquals(
        List.of(Map.of("id", 4), Map.of("id", 5)),
        write("INSERT INTO t VALUES (4, 'four'), (5, 'five') RETURNING id"));
    write("WITH more AS (SELECT 6 AS id) INSERT INTO t SELECT id, 'six' FROM more");
    assertEquals(List.of("two", "three!", "four", "five", "six"), names());
    write("CREATE TABLE v (id INTEGER)");
    write("DROP TABLE v");
    write("VACUUM"); // which no transaction allows
    assertEquals(5, names().size());
  }

  @Test
  void columnsOfOneNameAreAllThere() throws Exception {
    assertEquals(
        List.of(Map.of("id", 1, "name", "one", "id_2", 1, "name_2", "eins")),
        read("SELECT * FROM t JOIN u ON t.id = u.id WHERE t.id = 1"));
    assertEquals(
        List.of("a", "a_3", "a_2", "a_4"),
        List.copyOf(read("SELECT 1 AS a, 2 AS a, 3 AS a_2, 4 AS a").getFirst().keySet()));
    assertEquals(Map.of("a", 1, "A", 2), read("SELECT 1 AS \"a\", 2 AS \"A\"").getFirst());
  }

  @Test
  void severalStatementsAreRefusedBeforeTheFirstRuns() throws Exception {
    String message = failure(Map.of("writable", "true"), "DELETE FROM t; DELETE FROM u");
    assertEquals("a job is one statement, but this has 2; nothing was run", message);
    assertEquals(2, names().size());
    failure(Map.of(), "SELECT 1; SELECT 2");
    failure(Map.of(), "SELECT 1\0; SELECT 2");
    assertEquals(";--", read(";; SELECT ';--' AS a /* ; */ ; -- ;").getFirst().get("a"));
  }

  @Test
  void nothingIsNoStatement() {
    for (String nothing : List.of("", " ", ";", "-- comment", "/* ; */ ;")) {
      assertEquals("there is no statement in it", failure(Map.of(), nothing), nothing);
    }
  }

  @Test
  void noTransactionOutlivesItsJob() throws Exception {
    for (String verb : List.of("BEGIN", "begin immediate", "COMMIT", "ROLLBACK", "SAVEPOINT a")) {
      String message = failure(Map.of("writable", "true"), verb);
      assertTrue(message.endsWith("' is refused: each job is a transaction of its own"), message);
    }
  }

  @Test
  void whatFailsHalfWayHasDoneNothing() throws Exception {
    String overflow =
        database == Database.SQLITE ? "abs(-9223372036854775800 - id)" : "1 / (8 - id)";
    assertFalse(
        failure(
                Map.of("writable", "true"),
                "INSERT INTO t SELECT 6 + id, 'more' FROM u RETURNING " + overflow)
            .isEmpty());
    assertEquals(2, names().size());
    String large =
        failure(
            Map.of("writable", "true", "max-bytes", "500"),
            "INSERT INTO t SELECT 6 + id, 'more' FROM u RETURNING id, name, id, name, id");
    assertEquals("the result is larger than max-bytes, 500; ask for fewer rows", large);
    assertEquals(2, names().size());
  }

  @Test
  void aResultWithoutEndFailsAndTheWorkerGoesOn() throws Exception {
    try (var context = WorkerContext.standalone(Map.of("database", url, "max-bytes", "1000000"));
        var worker = new QueryFactory().open(context)) {
      String endless =
          "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000000)"
              + " SELECT i FROM n";
      String message =
          String.valueOf(assertThrows(SQLException.class, () -> worker.run(endless)).getMessage());
      assertTrue(message.startsWith("the result is larger than max-bytes"), message);
      assertEquals(1, worker.run("SELECT 1").rows().size());
    }
  }

  @Test
  void valuesArePlain() throws Exception {
    Map<String, Object> row;
    switch (database) {
      case SQLITE -> {
        row =
            read("SELECT x'00ff' AS b, NULL AS n, 1.5 AS f, 9000000000 AS l, 'ä' AS s").getFirst();
        assertEquals(1.5, row.get("f"));
      }
      case POSTGRESQL -> {
        row =
            read("SELECT '\\x00ff'::bytea AS b, NULL AS n, 12345678901234567890.10 AS f,"
                    + " 9000000000 AS l, 'ä' AS s, DATE '2026-11-28' AS d,"
                    + " TIMESTAMP '2026-11-28 10:00:00.5' AS ts, ARRAY[1, 2] AS a,"
                    + " '<x/>'::xml AS x, '{\"a\": 1}'::jsonb AS j, true AS t")
                .getFirst();
        assertEquals(new BigDecimal("12345678901234567890.10"), row.get("f"));
        assertEquals("2026-11-28", row.get("d"));
        assertEquals("2026-11-28 10:00:00.5", row.get("ts"));
        assertEquals("{1,2}", row.get("a"));
        assertEquals("<x/>", row.get("x"));
        assertEquals("{\"a\": 1}", row.get("j"));
        assertEquals(true, row.get("t"));
      }
      default -> throw new AssertionError(database);
    }
    assertArrayEquals(new byte[] {0, -1}, (byte[]) row.get("b"));
    assertTrue(row.containsKey("n"));
    assertEquals(null, row.get("n"));
    assertEquals(9000000000L, row.get("l"));
    assertEquals("ä", row.get("s"));
  }

  @Test
  void nothingIsWrittenUnlessItMayBe() throws Exception {
    List<String> statements =
        new ArrayList<>(
            List.of(
                "INSERT INTO t VALUES (3, 'three')",
                "UPDATE t SET name = 'x'",
                "DELETE FROM t",
                "CREATE TABLE w (a INTEGER)",
                "CREATE TEMP TABLE w (a INTEGER)",
                "DROP TABLE t",
                "WITH a AS (SELECT 3) INSERT INTO t SELECT 3, 'x' FROM a",
                "VACUUM"));
    statements.addAll(
        switch (database) {
          case SQLITE ->
              List.of(
                  "VACUUM INTO '" + folder.resolve("copy.db") + "'",
                  "backup to '" + folder.resolve("backup.db") + "'",
                  "ATTACH '" + folder.resolve("attached.db") + "' AS a",
                  "PRAGMA user_version = 7",
                  "PRAGMA journal_mode = WAL",
                  "REPLACE INTO t VALUES (1, 'x')");
          case POSTGRESQL ->
              List.of(
                  "WITH a AS (DELETE FROM t RETURNING id) SELECT * FROM a",
                  "EXPLAIN ANALYZE DELETE FROM t",
                  "SELECT set_config('transaction_read_only', 'off', true)",
                  "COPY t TO '" + folder.resolve("copy") + "'",
                  "DO $$ BEGIN DELETE FROM t; END $$");
        });
    List<String> before = files();
    for (String sql : statements) {
      String message = failure(Map.of(), sql);
      boolean named =
          message.contains("option 'writable' is true")
              || sql.startsWith("ATTACH")
              || sql.contains("set_config");
      assertTrue(named, message);
    }
    assertEquals(List.of("one", "two"), names());
    assertEquals(before, files());
  }

  private List<String> files() throws Exception {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file + " " + file.toFile().length()).sorted().toList();
    }
  }

  @Test
  void aReadLeavesTheJournalModeAndAMissingFileMissing() throws Exception {
    Assumptions.assumeTrue(database == Database.SQLITE, "PostgreSQL has neither");
    assertEquals("delete", read("PRAGMA journal_mode").getFirst().get("journal_mode"));
    assertEquals("delete", write("PRAGMA journal_mode").getFirst().get("journal_mode"));
    url = "jdbc:sqlite:" + folder.resolve("misspelt.db");
    String message = failure(Map.of(), "SELECT 1");
    assertEquals("option 'database': cannot open '" + url + "': there is no such file", message);
    url = "jdbc:sqlite:file:" + folder.resolve("misspelt.db") + "?mode=rwc";
    failure(Map.of(), "SELECT 1");
    assertFalse(Files.exists(folder.resolve("misspelt.db")));
  }

  @Test
  void urlsThatSayHowToOpenAreUnderstood() throws Exception {
    Assumptions.assumeTrue(database == Database.SQLITE, "PostgreSQL has other ones");
    String file = folder.resolve("other.db").toString();
    List<String> before = files();
    for (String open :
        List.of(
            file + "?mode=ro",
            "file:" + file + "?mode=ro",
            "file://" + file + "?mode=rw",
            file + "?immutable=1&mode=ro",
            file + "?journal_mode=WAL&cache=private")) {
      url = "jdbc:sqlite:" + open;
      assertEquals(List.of("one", "two"), names(), open);
    }
    assertEquals(before, files());
    url = "jdbc:sqlite:" + file + "?mode=ro";
    assertFalse(failure(Map.of("writable", "true"), "DELETE FROM t").isEmpty());
    assertEquals(before, files());
    for (String memory : List.of("", ":memory:", "file::memory:", "file:x?mode=memory")) {
      url = "jdbc:sqlite:" + memory;
      assertEquals(1, read("SELECT 1").size(), memory);
    }
  }

  /** A store in WAL mode, as download leaves it, on a disk that cannot be written. */
  @Test
  void aReadOnlyMediumCanBeRead() throws Exception {
    Assumptions.assumeTrue(database == Database.SQLITE, "PostgreSQL writes to its own");
    Path disk = Files.createDirectory(folder.resolve("disk"));
    Assumptions.assumeTrue(
        command("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString()),
        "only root may mount a disk");
    try {
      write("PRAGMA journal_mode = WAL");
      Files.copy(folder.resolve("other.db"), disk.resolve("other.db"));
      assertTrue(command("mount", "-o", "remount,ro", disk.toString()));
      url = "jdbc:sqlite:" + disk.resolve("other.db");
      assertEquals(List.of("one", "two"), names());
    } finally {
      command("umount", disk.toString());
    }
  }

  private static boolean command(String... command) throws Exception {
    return new ProcessBuilder(command).redirectErrorStream(true).start().waitFor() == 0;
  }

  @Test
  void writableIsTrueOrFalse() {
    assertThrows(
        IllegalArgumentException.class,
        () -> run(Map.of("database", url, "writable", "yes"), "SELECT 1"));
  }
}
