package example;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.springframework.stereotype.Component;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Opens workers that store notes, and answer how many rows that was. */
@Component("writer")
public final class NoteWriterFactory implements WorkerFactory<Note, Long> {

  @Override
  public String name() {
    return "writer";
  }

  @Override
  public Class<Note> jobType() {
    return Note.class;
  }

  @Override
  public Class<Long> resultType() {
    return Long.class;
  }

  @Override
  public List<Option<?>> options() {
    return List.of(Database.URL);
  }

  @Override
  public Worker<Note, Long> open(WorkerContext context) throws Exception {
    Connection connection = Database.open(context);
    PreparedStatement merge =
        context.own(
            connection.prepareStatement("MERGE INTO notes (id, text) KEY (id) VALUES (?, ?)"));
    return note -> {
      try {
        merge.setLong(1, note.id());
        merge.setString(2, note.text());
        return (long) merge.executeUpdate();
      } catch (SQLException e) {
        throw Database.classify(e, connection);
      }
    };
  }
}
