package pool.plugins.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import pool.core.WorkerFactories;

class ProvidersTest {

  @Test
  void thePluginIsFoundWithItsOrigin() {
    WorkerFactories factories = WorkerFactories.load();
    assertEquals(List.of(), factories.failures());
    var download = factories.find("download");
    assertEquals("pool.plugins.example", download.module().orElseThrow());
    assertTrue(download.location().isPresent());
    assertEquals(5, download.options().size());
  }
}
