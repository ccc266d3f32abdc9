package pool.plugins.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import pool.api.WorkerFactory;
import pool.core.WorkerFactories;
import pool.plugins.example.note.NoteFactory;

class ProvidersTest {

  @Test
  void theModuleAndTheServicesFileAgree() throws Exception {
    List<String> provided =
        NoteFactory.class.getModule().getDescriptor().provides().stream()
            .filter(provides -> provides.service().equals(WorkerFactory.class.getName()))
            .flatMap(provides -> provides.providers().stream())
            .sorted()
            .toList();
    try (InputStream file =
        Objects.requireNonNull(
            NoteFactory.class.getResourceAsStream(
                "/META-INF/services/" + WorkerFactory.class.getName()))) {
      List<String> listed =
          new String(file.readAllBytes(), StandardCharsets.UTF_8).lines().sorted().toList();
      assertEquals(provided, listed);
    }
  }

  @Test
  void thePluginIsFoundWithItsOrigin() {
    WorkerFactories factories = WorkerFactories.load();
    assertEquals(List.of(), factories.failures());
    var download = factories.find("download");
    assertEquals("pool.plugins.example", download.module().orElseThrow());
    assertTrue(download.location().isPresent());
    assertEquals(4, download.options().size());
  }
}
