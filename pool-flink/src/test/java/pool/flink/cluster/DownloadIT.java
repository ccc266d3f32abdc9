package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import pool.flink.FlinkRun;
import pool.plugins.example.download.DocumentServer;

/** A plugin of every day by the program for {@code flink run}: real HTTP into a real PostgreSQL. */
@ExtendWith(OnCluster.class)
@Timeout(120)
class DownloadIT {

  private static final int DOCUMENTS = 600;

  @TempDir Path folder;

  private EmbeddedPostgres postgres;
  private DocumentServer server;
  private String database;

  @BeforeEach
  void start() throws Exception {
    postgres = EmbeddedPostgres.start();
    database = postgres.getJdbcUrl("postgres", "postgres");
    Path documents = Files.createDirectory(folder.resolve("documents"));
    for (int i = 0; i < DOCUMENTS; i++) {
      Files.writeString(documents.resolve("text-" + i + ".txt"), "document number" + i + " words");
    }
    server = new DocumentServer(documents);
  }

  @AfterEach
  void stop() throws Exception {
    server.close();
    postgres.close();
  }

  private Map<String, String> stored() throws Exception {
    Map<String, String> digests = new HashMap<>();
    try (Connection connection = DriverManager.getConnection(database);
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("SELECT uri, sha256 FROM document")) {
      while (row.next()) {
        digests.put(row.getString(1), row.getString(2));
      }
    }
    return digests;
  }

  /** All documents, and two that cannot be had, as lines of a file. */
  private Path input() throws Exception {
    List<String> lines = new ArrayList<>(server.uris().stream().map(URI::toString).toList());
    lines.addAll(DOCUMENTS / 2, bad());
    return Files.write(folder.resolve("uris.txt"), lines);
  }

  private List<String> bad() {
    return List.of(server.uri("/missing").toString(), server.uri("/unavailable").toString());
  }

  private List<String> arguments(Path input) {
    return List.of(
        "--factory",
        "download",
        "--input",
        input.toString(),
        "--output",
        folder.resolve("outcomes").toString(),
        "--workers",
        "8",
        "-o",
        "database=" + database,
        "-o",
        "timeout=5s");
  }

  private void assertEachDocumentIsStoredOnceAndEachLineHasItsOutcome(Path input) throws Exception {
    Map<String, String> stored = stored();
    assertEquals(DOCUMENTS, stored.size());
    List<JsonNode> outcomes = OutcomeFiles.read(folder.resolve("outcomes"), _ -> true);
    assertEquals(
        Files.readAllLines(input).stream().sorted().toList(),
        outcomes.stream().map(outcome -> outcome.path("job").asText()).sorted().toList());
    for (JsonNode outcome : outcomes) {
      String uri = outcome.path("job").asText();
      assertEquals(
          bad().contains(uri) ? "failed" : "succeeded",
          outcome.path("outcome").asText(),
          outcome::toString);
      assertEquals(stored.get(uri), outcome.at("/result/sha256").asText(null));
    }
    for (int i = 0; i < DOCUMENTS; i++) {
      assertEquals(1, server.answered("/text-" + i + ".txt", 200));
    }
  }

  @Test
  void oneJarWithThePluginIsUploadedAndRun(Cluster cluster) throws Exception {
    Path input = input();
    Path program =
        Jars.program(
            folder.resolve("download.jar"),
            FlinkRun.class.getName(),
            Artifacts.ofTheJob(
                "picocli", "jackson-core", "pool-plugins-example", "sqlite-jdbc", "postgresql"));

    String job = cluster.rest().run(program, OnCluster.TASK_MANAGERS, arguments(input));
    Eventually.await(
        Duration.ofSeconds(60),
        () -> cluster.rest().state(job).equals("FINISHED"),
        () -> "not finished: " + job);

    assertEachDocumentIsStoredOnceAndEachLineHasItsOutcome(input);
  }

  @Test
  void theJobJarIsRunByFlinkRunWithThePluginBesideIt(Cluster cluster) throws Exception {
    Path input = input();
    List<String> command = new ArrayList<>(List.of("run"));
    command.addAll(List.of("-m", cluster.rest().address().getAuthority()));
    command.addAll(List.of("-p", Integer.toString(OnCluster.TASK_MANAGERS)));
    command.add("-Dexecution.checkpointing.interval=500ms"); // a run waits for one before it ends
    for (Path plugin : Artifacts.named("pool-plugins-example", "sqlite-jdbc", "postgresql")) {
      command.addAll(List.of("-C", plugin.toUri().toString()));
    }
    command.add(Artifacts.jobJar().toString());
    command.addAll(arguments(input));

    String said = FlinkCommand.run(folder, command);

    assertTrue(said.contains("has been submitted"), said);
    assertEachDocumentIsStoredOnceAndEachLineHasItsOutcome(input);
  }
}
