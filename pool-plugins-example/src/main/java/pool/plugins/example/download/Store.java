package pool.plugins.example.download;

import java.net.URI;
import java.net.http.HttpResponse;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerBrokenException;

/**
 * Documents and failures in a database, over one connection. Every method that writes has committed
 * when it returns. A failure never touches the document that an earlier run has stored.
 */
final class Store implements AutoCloseable {

  private static final String CREATE_DOCUMENT =
      """
      CREATE TABLE IF NOT EXISTS document (
        uri TEXT PRIMARY KEY, bytes BIGINT NOT NULL, sha256 TEXT NOT NULL, content_type TEXT,
        etag TEXT, last_modified TEXT, stored_at TEXT NOT NULL, body BYTEA NOT NULL)\
      """;
  private static final String CREATE_FAILURE =
      """
      CREATE TABLE IF NOT EXISTS failure (
        uri TEXT PRIMARY KEY, status INTEGER NOT NULL, reason TEXT NOT NULL, failed_at TEXT NOT NULL)\
      """;
  private static final String FIND =
      "SELECT bytes, sha256, content_type, etag, last_modified FROM document WHERE uri = ?";
  private static final String PUT =
      """
      INSERT INTO document (uri, bytes, sha256, content_type, etag, last_modified, stored_at, body)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (uri) DO UPDATE SET bytes = excluded.bytes, sha256 = excluded.sha256,
        content_type = excluded.content_type, etag = excluded.etag,
        last_modified = excluded.last_modified, stored_at = excluded.stored_at, body = excluded.body\
      """;
  private static final String PUT_FAILURE =
      """
      INSERT INTO failure (uri, status, reason, failed_at) VALUES (?, ?, ?, ?)
      ON CONFLICT (uri) DO UPDATE SET status = excluded.status, reason = excluded.reason,
        failed_at = excluded.failed_at\
      """;
  private static final String FORGET_FAILURE = "DELETE FROM failure WHERE uri = ?";

  /** What is known of a stored document. */
  record Known(Stored stored, @Nullable String etag, @Nullable String lastModified) {}

  private final Connection connection;

  Store(Connection connection) throws SQLException {
    this.connection = connection;
    try (Statement statement = connection.createStatement()) {
      create(statement, CREATE_DOCUMENT);
      create(statement, CREATE_FAILURE);
    }
    connection.setAutoCommit(false);
  }

  /** On PostgreSQL this fails when another worker creates the table at the same time. */
  private static void create(Statement statement, String table) throws SQLException {
    try {
      statement.execute(table);
    } catch (SQLException e) {
      statement.execute(table); // it is there now, or the error has another cause
    }
  }

  Connection connection() {
    return connection;
  }

  /** In a transaction that ends at once: one that waits for HTTP would block others. */
  @Nullable Known find(URI uri) throws SQLException, WorkerBrokenException {
    return this.<@Nullable Known>inTransaction(() -> {
      try (PreparedStatement find = connection.prepareStatement(FIND)) {
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

  Stored put(URI uri, HttpResponse<byte[]> response) throws SQLException, WorkerBrokenException {
    byte[] body = response.body();
    String contentType = response.headers().firstValue("Content-Type").orElse(null);
    Stored stored = new Stored(uri, response.statusCode(), body.length, sha256(body), contentType);
    return inTransaction(() -> {
      try (PreparedStatement put = connection.prepareStatement(PUT)) {
        put.setString(1, uri.toString());
        put.setLong(2, stored.bytes());
        put.setString(3, stored.sha256());
        put.setString(4, contentType);
        put.setString(5, response.headers().firstValue("ETag").orElse(null));
        put.setString(6, response.headers().firstValue("Last-Modified").orElse(null));
        put.setString(7, Instant.now().toString());
        put.setBytes(8, body);
        put.executeUpdate();
      }
      forgetFailure(uri);
      return stored;
    });
  }

  /** The document is there and current: an earlier failure no longer holds. */
  Stored confirm(Stored known) throws SQLException, WorkerBrokenException {
    return inTransaction(() -> {
      forgetFailure(known.uri());
      return known;
    });
  }

  void putFailure(URI uri, DownloadFailedException failure)
      throws SQLException, WorkerBrokenException {
    inTransaction(() -> {
      try (PreparedStatement put = connection.prepareStatement(PUT_FAILURE)) {
        put.setString(1, uri.toString());
        put.setInt(2, failure.status());
        put.setString(3, failure.getMessage());
        put.setString(4, Instant.now().toString());
        return put.executeUpdate();
      }
    });
  }

  private void forgetFailure(URI uri) throws SQLException {
    try (PreparedStatement forget = connection.prepareStatement(FORGET_FAILURE)) {
      forget.setString(1, uri.toString());
      forget.executeUpdate();
    }
  }

  @FunctionalInterface
  private interface Transaction<T extends @Nullable Object> {
    T run() throws SQLException;
  }

  private <T extends @Nullable Object> T inTransaction(Transaction<T> transaction)
      throws SQLException, WorkerBrokenException {
    try {
      T result = transaction.run();
      connection.commit();
      return result;
    } catch (SQLException e) {
      rollback(e);
      throw e;
    }
  }

  /**
   * On a full disk SQLite has already rolled back by itself, which its driver does not know: the
   * next transaction must be begun for it.
   */
  private void rollback(SQLException failure) throws WorkerBrokenException {
    try {
      connection.rollback();
    } catch (SQLException e) {
      failure.addSuppressed(e);
      begin(failure);
    }
  }

  private void begin(SQLException failure) throws WorkerBrokenException {
    try (Statement statement = connection.createStatement()) {
      statement.execute("BEGIN");
    } catch (SQLException e) {
      failure.addSuppressed(e);
      throw Database.gone(failure);
    }
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
