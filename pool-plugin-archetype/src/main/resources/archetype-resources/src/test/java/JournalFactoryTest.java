package ${package};

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerContext;

class JournalFactoryTest {

  @TempDir Path folder;

  @Test
  void aLineIsInTheFileWhenItsJobIsDone() throws Exception {
    try (var context = WorkerContext.standalone(Map.of("folder", folder.toString()));
        var worker = new JournalFactory().open(context)) {
      assertEquals(3, worker.run("one"));
      assertEquals(5, worker.run("three"));
      Path file = folder.resolve(context.workerName() + ".txt");
      assertEquals(List.of("one", "three"), Files.readAllLines(file));
    }
  }

  @Test
  void aLineBreakFailsItsJobAndTheWorkerGoesOn() throws Exception {
    try (var context = WorkerContext.standalone(Map.of("folder", folder.toString()));
        var worker = new JournalFactory().open(context)) {
      assertThrows(IllegalArgumentException.class, () -> worker.run("two\nlines"));
      assertEquals(3, worker.run("one"));
    }
  }
}
