package example;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import org.springframework.stereotype.Component;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that look notes up. */
@Component("reader")
public final class NoteReaderFactory implements WorkerFactory<Long, Note> {

  @Override
  public String name() {
    return "reader";
  }

  @Override
  public Class<Long> jobType() {
    return Long.class;
  }

  @Override
  public Class<Note> resultType() {
    return Note.class;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(Database.URL);
  }

  @Override
  public Worker<Long, Note> open(WorkerContext context) throws Exception {
    Connection connection = Database.open(context);
    PreparedStatement select =
        context.own(connection.prepareStatement("SELECT text FROM notes WHERE id = ?"));
    return new Worker<>() {
      @Override
      public Note run(Long id) throws Exception {
        try {
          select.setLong(1, id);
          try (ResultSet rows = select.executeQuery()) {
            return rows.next() ? new Note(id, rows.getString(1)) : null;
          }
        } catch (SQLException e) {
          throw Database.classify(e, connection);
        }
      }

      @Override
      public void ping() throws SQLException {
        Database.check(connection);
      }
    };
  }
}
