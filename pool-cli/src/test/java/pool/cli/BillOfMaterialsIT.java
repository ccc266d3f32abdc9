package pool.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
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
  void isOfTheImage() {
    assertEquals("CycloneDX", bill.path("bomFormat").asText());
    assertEquals("pool-image", bill.path("metadata").path("component").path("name").asText());
  }

  /** Apart from the JDK's own. */
  @Test
  void hasWhatTheImageWasLinkedFromAndNothingElse() throws Exception {
    Set<String> listed = new TreeSet<>();
    for (JsonNode component : bill.path("components")) {
      listed.add(component.path("name").asText() + "-" + component.path("version").asText());
    }
    Set<String> linked = new TreeSet<>(Set.of("openjdk-" + Runtime.version()));
    linked.add("pool-cli-" + bill.at("/metadata/component/version").asText());
    try (Stream<Path> jars = Files.list(IMAGE.resolveSibling("modules"))) {
      jars.map(jar -> jar.getFileName().toString().replaceFirst("\\.jar$", ""))
          .forEach(linked::add);
    }
    assertEquals(linked, listed);
  }

  @Test
  void hasAsManyModulesAsTheImage() throws Exception {
    Process list =
        new ProcessBuilder(IMAGE.resolve("bin/java").toString(), "--list-modules").start();
    long modules =
        list.inputReader().lines().filter(line -> !line.matches("(java|jdk)\\..*")).count();
    assertEquals(modules, bill.path("components").size() - 1); // the JDK
  }
}
