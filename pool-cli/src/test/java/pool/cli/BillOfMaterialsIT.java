package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledIfSystemProperty;

/** The bill of materials in the image. */
@DisabledIfSystemProperty(named = "quick", matches = ".*", disabledReason = "it was not made")
class BillOfMaterialsIT {

  private static final Path IMAGE = Path.of(System.getProperty("pool.image"));

  private final JsonNode bill;

  BillOfMaterialsIT() throws IOException {
    bill = new ObjectMapper().readTree(IMAGE.resolve("cyclonedx.json").toFile());
  }

  @Test
  void isOfTheCommandLine() {
    assertEquals("CycloneDX", bill.path("bomFormat").asText());
    assertEquals("pool-cli", bill.path("metadata").path("component").path("name").asText());
  }

  @Test
  void hasEachModuleThatTheImageWasLinkedFrom() throws Exception {
    Set<String> hashes = new HashSet<>();
    for (JsonNode component : bill.path("components")) {
      component.path("hashes").forEach(hash -> hashes.add(hash.path("content").asText()));
    }
    List<Path> modules;
    try (Stream<Path> jars = Files.list(IMAGE.resolveSibling("modules"))) {
      modules = jars.toList();
    }
    assertFalse(modules.isEmpty());
    for (Path module : modules) {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(module));
      assertTrue(hashes.contains(HexFormat.of().formatHex(hash)), module::toString);
    }
  }

  @Test
  void hasTheJdk() {
    JsonNode jdk = bill.path("components").path(0);
    assertEquals("JDK", jdk.path("name").asText());
    assertEquals(Runtime.version().toString(), jdk.path("version").asText());
  }
}
