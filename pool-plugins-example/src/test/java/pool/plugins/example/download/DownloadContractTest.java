package pool.plugins.example.download;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.testkit.WorkerFactoryContract;

@ParameterizedClass
@EnumSource(Database.class)
class DownloadContractTest implements WorkerFactoryContract<URI, Stored> {

  private static EmbeddedPostgres postgres;

  @Parameter Database database;

  @TempDir Path folder;

  private DocumentServer server;

  @BeforeAll
  static void startPostgres() throws Exception {
    postgres = EmbeddedPostgres.start();
  }

  @AfterAll
  static void stopPostgres() throws Exception {
    postgres.close();
  }

  @BeforeEach
  void startServer() throws Exception {
    Path documents = Files.createDirectory(folder.resolve("documents"));
    Files.writeString(documents.resolve("one.txt"), "one");
    Files.writeString(documents.resolve("two.txt"), "two");
    server = new DocumentServer(documents);
  }

  @AfterEach
  void stopServer() {
    server.close();
  }

  @Override
  public WorkerFactory<URI, Stored> factory() {
    return new DownloadFactory();
  }

  @Override
  public Map<String, String> options() {
    return Map.of(
        "database",
        switch (database) {
          case SQLITE -> "jdbc:sqlite:" + folder.resolve("store.db");
          case POSTGRESQL -> postgres.getJdbcUrl("postgres", "postgres");
        });
  }

  @Override
  public List<URI> samples() {
    return server.uris();
  }

  @Override
  public List<URI> failing() {
    return List.of(server.uri("/missing"), URI.create("mailto:somebody@example.org"));
  }

  @Override
  public URI slow() {
    return server.uri("/slow");
  }

  @Override
  public void breakResource(Worker<URI, Stored> worker) throws Exception {
    Assumptions.assumeTrue(database == Database.POSTGRESQL, "SQLite has no connection to end");
    ConnectionBreaker.endAllOthers(postgres);
  }

  /** The first time it is fetched, later it is confirmed: the status differs. */
  @Override
  public boolean areEqual(@Nullable Stored first, @Nullable Stored second) {
    return first != null
        && second != null
        && first.uri().equals(second.uri())
        && first.sha256().equals(second.sha256());
  }
}
