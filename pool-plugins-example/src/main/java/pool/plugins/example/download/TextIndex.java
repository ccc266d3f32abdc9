package pool.plugins.example.download;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The step after a batch: reads back every stored document, confirms its digest, and indexes the
 * words of those that are text. In one transaction, so that a reader sees the old index or the new
 * one.
 */
final class TextIndex {

  private static final Logger LOG = LoggerFactory.getLogger(TextIndex.class);

  private static final int FETCH_SIZE = 50; // rows in memory at a time

  private final Connection connection;
  private final Database database;

  TextIndex(Connection connection, Database database) {
    this.connection = connection;
    this.database = database;
  }

  /** Builds the index anew; throws when a document is not what was stored. */
  void build() throws SQLException, IOException {
    int confirmed = 0;
    int indexed = 0;
    List<String> spoilt = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.execute("DROP TABLE IF EXISTS document_text");
      statement.execute(database.createTextTable());
      statement.setFetchSize(FETCH_SIZE);
      try (ResultSet row =
              statement.executeQuery("SELECT uri, sha256, content_type, body FROM document");
          PreparedStatement insert =
              connection.prepareStatement("INSERT INTO document_text (uri, body) VALUES (?, ?)")) {
        while (row.next()) {
          byte[] body = row.getBytes(4);
          if (!Store.sha256(body).equals(row.getString(2))) {
            spoilt.add(row.getString(1));
            continue;
          }
          confirmed++;
          if (isText(row.getString(3))) {
            insert.setString(1, row.getString(1));
            insert.setString(2, text(body));
            insert.executeUpdate();
            indexed++;
          }
        }
      }
      if (database == Database.POSTGRESQL) {
        statement.execute("CREATE INDEX ON document_text USING GIN (words)");
      }
      connection.commit();
    } catch (SQLException e) {
      connection.rollback();
      throw e;
    }
    LOG.info(
        "confirmed {} of {} stored documents, indexed {} of them as text",
        confirmed,
        confirmed + spoilt.size(),
        indexed);
    if (!spoilt.isEmpty()) {
      throw new IOException("stored documents differ from their digests: " + spoilt);
    }
  }

  private static boolean isText(@Nullable String contentType) {
    if (contentType == null) {
      return false;
    }
    String type = contentType.toLowerCase(Locale.ROOT);
    return type.startsWith("text/") || type.contains("json") || type.contains("xml");
  }

  /** Bytes that are no UTF-8 become replacement characters; PostgreSQL has no NUL in a text. */
  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8).replace('\0', ' ');
  }
}
