package pool.micrometer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.File;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.JobFailedException;
import pool.core.WorkerPool;
import pool.process.ProcessFactory;

@Timeout(60)
class ProcessMetricsTest {

  @Test
  void processesAreCounted() {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    ProcessFactory<String, String> factory =
        ProcessFactory.of(ExitFactory.class)
            .classPath(withTests())
            .killAfter(Duration.ofMillis(100));
    try (var metrics = new ProcessMetrics(factory, Tags.of("pool", "p"))) {
      metrics.bindTo(registry);
      assertEquals(List.of(0, 0, 0), counts(registry));
      try (var pool = WorkerPool.of(factory).workers(1).jobTimeout(Duration.ofSeconds(2)).open()) {
        assertEquals("1", pool.call("1"));
        assertEquals(List.of(1, 0, 0), counts(registry));
        assertThrows(JobFailedException.class, () -> pool.call("exit"));
        assertEquals("2", pool.call("2"));
        assertEquals(List.of(2, 1, 0), counts(registry));
        assertThrows(JobFailedException.class, () -> pool.call("hang"));
        assertEquals("3", pool.call("3"));
        assertEquals(List.of(3, 1, 1), counts(registry));
      }
      var again = new ProcessMetrics(factory, Tags.of("pool", "p"));
      assertThrows(IllegalStateException.class, () -> again.bindTo(registry));
    }
    assertEquals(List.of(), registry.getMeters());
  }

  /** A child is not told that tests are patched into the module. */
  private static List<Path> withTests() {
    String modules = System.getProperty("jdk.module.path", "");
    String path = System.getProperty("java.class.path", "");
    return Stream.of("target/test-classes", modules, path)
        .flatMap(entries -> Stream.of(entries.split(File.pathSeparator)))
        .filter(entry -> !entry.isEmpty())
        .map(Path::of)
        .toList();
  }

  private static List<Integer> counts(SimpleMeterRegistry registry) {
    return List.of("started", "died", "killed").stream()
        .map(name ->
            registry
                .get("pool.processes." + name)
                .tags("factory", "exit", "pool", "p")
                .functionCounter())
        .map(counter -> (int) counter.count())
        .toList();
  }
}
