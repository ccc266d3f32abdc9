package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.Driver;
import pool.cli.Image.Ended;
import pool.plugins.example.download.DocumentServer;

/** JDBC drivers that the image was not linked with. */
@Timeout(120)
class DriversIT {

  @TempDir Path folder;

  private static Path driver() throws Exception {
    return Path.of(Driver.class.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  private static final String QUERY =
      "echo \"$SQL\" | \"$POOL\" run query -o \"database=$URL\" --workers 2";

  @Test
  void theImagesPluginsUseADriverFromAFolder() throws Exception {
    Path drivers = Files.createDirectory(folder.resolve("my drivers"));
    Files.copy(driver(), drivers.resolve("postgresql.jar"));
    Path documents = Files.createDirectory(folder.resolve("documents"));
    Files.writeString(documents.resolve("a.txt"), "some words");
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start();
        DocumentServer server = new DocumentServer(documents)) {
      Map<String, String> environment =
          Map.of(
              "URL",
              postgres.getJdbcUrl("postgres", "postgres"),
              "POOL_DRIVERS",
              drivers.toString(),
              "URI",
              server.uri("/a.txt").toString(),
              "SQL",
              "SELECT uri, bytes FROM document");
      Shell shell = new Shell(folder);
      Ended downloaded =
          shell.run("echo \"$URI\" | \"$POOL\" run download -o \"database=$URL\"", environment);
      assertEquals(0, downloaded.status(), downloaded::toString);
      Ended queried = shell.run(QUERY, environment);
      assertEquals(0, queried.status(), queried::toString);
      assertTrue(queried.out().getFirst().contains("\"bytes\":10"), queried::toString);
    }
  }

  @Test
  void theFolderOfTheImageIsTheUsualOne() throws Exception {
    Shell shell = new Shell(folder);
    assertEquals(
        0,
        shell
            .run(
                "mkdir image && cp -r \"${POOL%/bin/pool}\"/* image/ && cp \"$DRIVER\" image/drivers/",
                Map.of("DRIVER", driver().toString()))
            .status());
    Map<String, String> nobody =
        Map.of("URL", "jdbc:postgresql://127.0.0.1:1/none", "SQL", "SELECT 1");
    Ended with = shell.run("POOL=image/bin/pool\n" + QUERY, nobody);
    assertEquals(1, with.count("Connection to 127.0.0.1:1 refused"), with::toString);
    Ended without = shell.run(QUERY, nobody);
    assertEquals(1, without.count("into the folder 'drivers' of the runtime image"));
    assertEquals(1, without.status());
  }

  @Test
  void theStartUpCacheFitsWithADriver() throws Exception {
    Map<String, String> environment =
        Map.of(
            "POOL_DRIVERS", driver().getParent().toString(), "POOL_JAVA_OPTIONS", "-XX:AOTMode=on");
    Ended listed = new Shell(folder).run("\"$POOL\" list", environment);
    assertEquals(0, listed.status(), listed::toString);
    assertEquals(Image.FACTORIES, listed.out().size());
  }
}
