package pool.plugins.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** A connection for each worker, as the guide has it. */
@Timeout(60)
@SuppressWarnings("try") // close() may be interrupted
class JdbcWorkerTest {

  private static final int ENDLESS = 3;

  @TempDir Path folder;
  private String url;

  /** To read the third note never ends. */
  @BeforeEach
  void notes() throws SQLException {
    url = "jdbc:sqlite:" + folder.resolve("notes.db");
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          create view note as
          select 1 as id, 'one' as text union all select 2, 'two' union all
          select 3, (with recursive n(i) as (select 1 union all select i + 1 from n) select max(i) from n)
          """);
    }
  }

  // @start region="jdbc-worker"
  /** Reads notes. */
  static final class NoteReader implements Worker<Integer, String> {

    private static final String SELECT = "select text from note where id = ?";

    private final Connection connection;
    private volatile Statement running; // for cancel

    NoteReader(WorkerContext context, String url) throws SQLException {
      connection = context.own(DriverManager.getConnection(url));
    }

    @Override
    public String run(Integer id) throws Exception {
      try (PreparedStatement select = connection.prepareStatement(SELECT)) {
        running = select;
        select.setInt(1, id);
        ResultSet rows = select.executeQuery();
        if (!rows.next()) {
          throw new IllegalArgumentException("there is no note " + id);
        }
        return rows.getString(1);
      } catch (SQLException e) {
        if (!connection.isValid(5)) {
          throw new WorkerBrokenException("the connection is lost", e);
        }
        throw e;
      }
    }

    @Override
    public void ping() throws Exception {
      if (!connection.isValid(5)) {
        throw new WorkerBrokenException("the connection is lost");
      }
    }

    @Override
    public void cancel() { // on another thread, while run waits for the database
      Statement now = running;
      try {
        if (now != null) {
          now.cancel();
        }
      } catch (SQLException e) {
        // then the run ends by itself, or the worker is abandoned
      }
    }
  }

  // @end

  private static List<String> read(String url, List<Integer> ids) {
    // @start region="jdbc-pool"
    WorkerFactory<Integer, String> reading =
        WorkerFactory.of(
            "read", Integer.class, String.class, context -> new NoteReader(context, url));
    try (WorkerPool<Integer, String> pool =
        WorkerPool.of(reading).workers(8).jobTimeout(Duration.ofSeconds(30)).open()) {
      return pool.map(ids);
    }
    // @end
  }

  @Test
  void notesAreRead() {
    assertEquals(List.of("two", "one"), read(url, List.of(2, 1)));
  }

  @ParameterizedTest
  @EnumSource
  void aQueryThatHangsEndsByItsCancelAndTheWorkerGoesOn(ThreadKind threads) {
    WorkerFactory<Integer, String> reading =
        WorkerFactory.of(
            "read", Integer.class, String.class, context -> new NoteReader(context, url));
    WorkerPool<Integer, String> pool =
        WorkerPool.of(reading)
            .workers(1)
            .threads(threads)
            .jobTimeout(Duration.ofSeconds(2))
            .cancelGrace(Duration.ofSeconds(20))
            .open();
    List<Outcome<Integer, String>> outcomes = pool.mapAll(List.of(ENDLESS, 4, 1));
    var late = assertInstanceOf(Outcome.Failed.class, outcomes.get(0));
    assertInstanceOf(TimeoutException.class, late.cause());
    var missing = assertInstanceOf(Outcome.Failed.class, outcomes.get(1));
    assertEquals("there is no note 4", missing.cause().getMessage());
    assertEquals(new Outcome.Succeeded<>(1, "one"), outcomes.get(2));
    assertEquals(1, pool.stats().workers().getFirst().opened());
    CloseReport report = pool.shutdown(Duration.ofSeconds(20));
    assertTrue(report.isClean(), report::toString);
  }
}
