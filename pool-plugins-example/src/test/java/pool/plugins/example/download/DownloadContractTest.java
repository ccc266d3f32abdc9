package pool.plugins.example.download;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import pool.api.WorkerFactory;

class DownloadContractTest extends DatabaseContract<URI, Stored> {

  private DocumentServer server;

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
  public int manyWorkers() {
    return 10; // each connects to a database and writes to it
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

  /** Seldom, the JDK's client keeps what handled a response for more than 10 s after its close. */
  @Override
  public Duration bound() {
    return Duration.ofSeconds(90);
  }

  /** It is fetched the first time, and confirmed later: the status differs. */
  @Override
  public boolean areEqual(@Nullable Stored first, @Nullable Stored second) {
    return first != null
        && second != null
        && first.uri().equals(second.uri())
        && first.sha256().equals(second.sha256());
  }
}
