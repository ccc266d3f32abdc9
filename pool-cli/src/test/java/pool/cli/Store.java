package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the plugin {@code download} has stored in SQLite, looked at without the plugin. */
record Store(Map<String, Document> documents) {

  record Document(String sha256, String storedAt) {}

  /** Looks at a copy: on a full disk SQLite may not even read. */
  static Store of(Path database, Path scratch) throws Exception {
    Path copies = Files.createTempDirectory(scratch, "copy");
    try (Stream<Path> files = Files.list(database.toAbsolutePath().getParent())) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.startsWith(database.getFileName().toString()) && !name.endsWith("-shm")) {
          Files.copy(file, copies.resolve(name));
        }
      }
    }
    String url = "jdbc:sqlite:" + copies.resolve(database.getFileName());
    Map<String, Document> documents = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement();
        ResultSet row =
            statement.executeQuery("SELECT uri, sha256, stored_at, body FROM document")) {
      while (row.next()) {
        byte[] digest = MessageDigest.getInstance("SHA-256").digest(row.getBytes(4));
        assertEquals(row.getString(2), HexFormat.of().formatHex(digest), row.getString(1));
        Document document = new Document(row.getString(2), row.getString(3));
        assertEquals(null, documents.put(row.getString(1), document), "stored twice");
      }
    }
    return new Store(documents);
  }

  /** Every line is an object of JSON, and whatever is said to be stored is; returns their jobs. */
  List<String> assertHolds(List<String> outcomes) {
    return outcomes.stream()
        .map(Json::object)
        .filter(outcome -> outcome.get("outcome").equals("succeeded"))
        .map(outcome -> {
          String uri = (String) outcome.get("job");
          Map<?, ?> result = (Map<?, ?>) outcome.get("result");
          Document document = documents.get(uri);
          assertEquals(result.get("sha256"), document == null ? "lost" : document.sha256(), uri);
          return uri;
        })
        .toList();
  }
}
