package pool.plugins.example.download;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.api.WorkerBrokenException;

/**
 * The step after a batch: reads back every stored document, confirms its digest, and indexes the
 * words of text documents. All this is one transaction, so that a reader sees either the old index
 * or the new one. A document that cannot be indexed affects no other.
 */
final class TextIndex {

  private static final Logger LOG = LoggerFactory.getLogger(TextIndex.class);

  private static final int FETCH_SIZE = 5; // rows in memory at a time, perhaps of max-bytes each
  private static final Duration PATIENCE = Duration.ofMinutes(10); // another index may be large

  private static final int LOGGED = 10; // documents of each kind
  private static final String DATA_EXCEPTION = "22"; // SQLSTATE classes, from PostgreSQL's manual
  private static final String LIMIT_EXCEEDED = "54";

  private static final String INSERT_SQLITE = "INSERT INTO document_text (uri, body) VALUES (?, ?)";
  private static final String INSERT_POSTGRESQL =
      """
      INSERT INTO document_text (uri, body, words)
      SELECT uri, body, to_tsvector('simple', left(body, ?))
      FROM (VALUES (CAST(? AS text), CAST(? AS text))) AS document (uri, body)\
      """;

  private final Session session;
  private final Connection connection;
  private final Database database;
  private final int maxBytes;

  private int confirmed;
  private int indexed;
  private final List<String> spoilt = new ArrayList<>();
  private final List<String> inPart = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();

  /**
   * Makes an index to build.
   *
   * @param maxBytes the largest size of one document's text
   */
  TextIndex(Session session, int maxBytes) {
    this.session = session;
    this.connection = session.connection();
    this.database = session.database();
    this.maxBytes = maxBytes;
  }

  /** Builds the index anew; throws when a document differs from what was stored. */
  void build() throws SQLException, IOException, WorkerBrokenException {
    session.exclusively(
        "pool.download.index",
        PATIENCE,
        () -> {
          try (Statement statement = connection.createStatement()) {
            statement.execute("DROP TABLE IF EXISTS document_text");
            statement.execute(database.createTextTable());
            insertAll();
            if (database == Database.POSTGRESQL) {
              statement.execute("CREATE INDEX ON document_text USING GIN (words)");
            }
            return confirmed;
          }
        });
    LOG.info(
        "confirmed {} of {} stored documents, indexed {} of them as text",
        confirmed,
        confirmed + spoilt.size(),
        indexed);
    if (!inPart.isEmpty()) {
      LOG.warn("indexed the beginning only of {}: too many words", some(inPart));
    }
    if (!leftOut.isEmpty()) {
      LOG.warn("not indexed: {}", some(leftOut));
    }
    if (!spoilt.isEmpty()) {
      throw new IOException("stored documents differ from their digests: " + spoilt);
    }
  }

  private void insertAll() throws SQLException {
    String sql = database == Database.SQLITE ? INSERT_SQLITE : INSERT_POSTGRESQL;
    try (Statement read = connection.createStatement();
        PreparedStatement insert = connection.prepareStatement(sql)) {
      read.setFetchSize(FETCH_SIZE);
      try (ResultSet row =
          read.executeQuery(
              "SELECT uri, sha256, content_type, content_encoding, body FROM document")) {
        while (row.next()) {
          String uri = row.getString(1);
          byte[] body = row.getBytes(5);
          if (!Sha256.of(body).equals(row.getString(2))) {
            spoilt.add(uri);
            continue;
          }
          confirmed++;
          if (DocumentText.isText(row.getString(3))) {
            insert(insert, uri, body, row.getString(3), row.getString(4));
          }
        }
      }
    }
  }

  private void insert(
      PreparedStatement insert, String uri, byte[] body, String contentType, String encoding)
      throws SQLException {
    String text;
    try {
      text = DocumentText.of(body, contentType, encoding, maxBytes);
    } catch (IOException e) {
      leftOut.add(uri + " (" + e.getMessage() + ")");
      return;
    }
    if (database == Database.POSTGRESQL) {
      insertWhatFits(insert, uri, text);
      return;
    }
    insert.setString(1, uri);
    insert.setString(2, text);
    insert.executeUpdate();
    indexed++;
  }

  /**
   * Inserts as much of a text as PostgreSQL accepts. It refuses a document whose words are too long
   * in total, and counts some words twice (alone, and in compounds), so no limit in characters
   * would do.
   */
  private void insertWhatFits(PreparedStatement insert, String uri, String text)
      throws SQLException {
    insert.setString(2, uri);
    insert.setString(3, text);
    for (int length = text.length(); ; length /= 2) {
      insert.setInt(1, length);
      Savepoint before = connection.setSavepoint();
      try {
        insert.executeUpdate();
        connection.releaseSavepoint(before);
        indexed++;
        if (length < text.length()) {
          inPart.add(uri);
        }
        return;
      } catch (SQLException e) {
        connection.rollback(before);
        connection.releaseSavepoint(before);
        if (!hasClass(DATA_EXCEPTION, e) && !hasClass(LIMIT_EXCEEDED, e)) {
          throw e;
        }
        if (hasClass(DATA_EXCEPTION, e) || length == 0) {
          leftOut.add(uri + " (" + e.getMessage() + ")");
          return;
        }
      }
    }
  }

  private static boolean hasClass(String stateClass, SQLException e) {
    return e.getSQLState() != null && e.getSQLState().startsWith(stateClass);
  }

  private static String some(List<String> uris) {
    int more = uris.size() - LOGGED;
    return more <= 0 ? uris.toString() : uris.subList(0, LOGGED) + " and " + more + " more";
  }
}
