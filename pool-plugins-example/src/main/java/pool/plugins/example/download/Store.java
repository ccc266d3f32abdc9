package pool.plugins.example.download;

import java.net.URI;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;

/** The tables of documents and failures, over one session. */
final class Store {

  private static final String CREATE_DOCUMENT =
      """
      CREATE TABLE IF NOT EXISTS document (
        uri TEXT PRIMARY KEY, bytes BIGINT NOT NULL, sha256 TEXT NOT NULL, content_type TEXT,
        content_encoding TEXT, etag TEXT, last_modified TEXT, stored_at TEXT NOT NULL,
        body BYTEA NOT NULL)\
      """;
  private static final String CREATE_FAILURE =
      """
      CREATE TABLE IF NOT EXISTS failure (
        uri TEXT PRIMARY KEY, status INTEGER NOT NULL, reason TEXT NOT NULL, failed_at TEXT NOT NULL)\
      """;
  private static final String ADD_CONTENT_ENCODING =
      "ALTER TABLE document ADD COLUMN content_encoding TEXT"; // older stores lack this column
  private static final String FIND =
      "SELECT bytes, sha256, content_type, etag, last_modified FROM document WHERE uri = ?";
  private static final String PUT =
      """
      INSERT INTO document (uri, bytes, sha256, content_type, content_encoding, etag, last_modified,
        stored_at, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (uri) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256,
        content_type = excluded.content_type, content_encoding = excluded.content_encoding,
        etag = excluded.etag, last_modified = excluded.last_modified,
        stored_at = excluded.stored_at, body = excluded.body\
      """;
  private static final String PUT_FAILURE =
      """
      INSERT INTO failure (uri, status, reason, failed_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (uri) DO UPDATE SET status = excluded.status, reason = excluded.reason,
        failed_at = excluded.failed_at\
      """;
  private static final String FORGET_FAILURE = "DELETE FROM failure WHERE uri = ?";

  /** What is known about a stored document. */
  record Known(Stored stored, @Nullable String etag, @Nullable String lastModified) {}

  private final Session session;

  /** Creates the tables if they do not exist. */
  Store(Session session) throws SQLException, WorkerBrokenException {
    this.session = session;
    try {
      if (!isComplete()) {
        session.exclusively("pool.download.tables", Patience.TO_OPEN, this::create);
      }
    } catch (SQLException e) {
      throw session.notOpened(e);
    }
  }

  private boolean isComplete() throws SQLException {
    return session.patiently(
        Patience.TO_OPEN, () -> has("document", "content_encoding") && has("failure", "uri"));
  }

  /** Creates the tables, or those that others have not created meanwhile. */
  private boolean create() throws SQLException {
    try (Statement statement = session.connection().createStatement()) {
      statement.execute(CREATE_DOCUMENT);
      statement.execute(CREATE_FAILURE);
      if (!has("document", "content_encoding")) {
        statement.execute(ADD_CONTENT_ENCODING);
      }
    }
    return true;
  }

  private boolean has(String table, String column) throws SQLException {
    Connection connection = session.connection();
    String schema = connection.getSchema();
    try (ResultSet columns = connection.getMetaData().getColumns(null, schema, table, column)) {
      return columns.next();
    }
  }

  @Nullable Known find(URI uri) throws SQLException {
    return session.<@Nullable Known>patiently(() -> {
      try (PreparedStatement find = session.connection().prepareStatement(FIND)) {
        find.setString(1, uri.toString());
        try (ResultSet row = find.executeQuery()) {
          return row.next()
              ? new Known(
                  new Stored(uri, 304, row.getLong(1), row.getString(2), row.getString(3)),
                  row.getString(4),
                  row.getString(5))
              : null;
        }
      }
    });
  }

  /** Applies a change, as part of the transaction that the caller has begun. */
  void apply(Change change) throws SQLException {
    switch (change) {
      case Change.Put put -> {
        put(put);
        forgetFailure(put.stored().uri());
      }
      case Change.Confirm confirm -> forgetFailure(confirm.uri());
      case Change.Fail failure -> putFailure(failure);
    }
  }

  private void put(Change.Put change) throws SQLException {
    Stored stored = change.stored();
    try (PreparedStatement put = session.connection().prepareStatement(PUT)) {
      put.setString(1, stored.uri().toString());
      put.setLong(2, stored.bytes());
      put.setString(3, stored.sha256());
      put.setString(4, stored.contentType());
      put.setString(5, change.contentEncoding());
      put.setString(6, change.etag());
      put.setString(7, change.lastModified());
      put.setString(8, Instant.now().toString());
      put.setBytes(9, change.response().body());
      put.executeUpdate();
    }
  }

  private void putFailure(Change.Fail failure) throws SQLException {
    try (PreparedStatement put = session.connection().prepareStatement(PUT_FAILURE)) {
      put.setString(1, failure.uri().toString());
      put.setInt(2, failure.status());
      put.setString(3, failure.reason());
      put.setString(4, Instant.now().toString());
      put.executeUpdate();
    }
  }

  private void forgetFailure(URI uri) throws SQLException {
    try (PreparedStatement forget = session.connection().prepareStatement(FORGET_FAILURE)) {
      forget.setString(1, uri.toString());
      forget.executeUpdate();
    }
  }
}
