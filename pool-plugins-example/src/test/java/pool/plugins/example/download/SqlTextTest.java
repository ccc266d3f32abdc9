package pool.plugins.example.download;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static pool.plugins.example.download.Database.POSTGRESQL;
import static pool.plugins.example.download.Database.SQLITE;

import java.sql.SQLException;
import org.junit.jupiter.api.Test;

class SqlTextTest {

  private static void assertOne(String sql, Database... databases) throws Exception {
    for (Database database : databases) {
      assertEquals(sql, SqlText.of(database, " ;" + sql + ";\n--x").sql());
      assertThrows(SQLException.class, () -> SqlText.of(database, sql + "; SELECT 2"), sql);
    }
  }

  @Test
  void semicolonsInTextsNamesAndCommentsEndNothing() throws Exception {
    assertOne("SELECT ';', 'it''s;', \"a;b\", /* ; */ 1", SQLITE, POSTGRESQL);
    assertOne("SELECT 1 -- ; still a comment\n + 2", SQLITE, POSTGRESQL);
    assertOne("SELECT `a;b`, [c;d]", SQLITE);
    assertOne("SELECT E'\\';', e'\\\\', $$;$$, $a1$;$$;$a1$, $1", POSTGRESQL);
    assertOne("SELECT /* ; /* ; */ ; */ 1", POSTGRESQL);
    assertOne("SELECT /* /* */ 1", SQLITE);
  }

  @Test
  void bodiesAreOneStatement() throws Exception {
    assertOne(
        "CREATE TEMP TRIGGER a AFTER INSERT ON t BEGIN"
            + " UPDATE t SET x = CASE WHEN y THEN 1 END; DELETE FROM u; END",
        SQLITE);
    assertOne(
        "CREATE OR REPLACE FUNCTION f() RETURNS INT BEGIN ATOMIC SELECT 1; SELECT 2; END",
        POSTGRESQL);
    assertOne("CREATE TABLE begin (trigger TEXT)", SQLITE);
    assertOne("CREATE TRIGGER a AFTER INSERT ON t EXECUTE FUNCTION f()", POSTGRESQL);
  }

  @Test
  void theVerbIsTheFirstWord() throws Exception {
    assertEquals("INSERT", SqlText.of(SQLITE, "/**/ insert INTO t VALUES (1)").verb());
    assertEquals("(", SqlText.of(POSTGRESQL, "(SELECT 1)").verb());
  }
}
