package ${javaPackage};

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerContext;
import pool.testkit.WorkerFactoryContract;

/** What is expected of every plugin, and of this one besides. */
class ${className}Test implements WorkerFactoryContract<String, Integer> {

  @TempDir Path folder;

  @Override
  public ${className} factory() {
    return new ${className}();
  }

  @Override
  public Map<String, String> options() {
    return Map.of("folder", folder.toString());
  }

  @Override
  public List<String> samples() {
    return List.of("one", "three");
  }

  @Override
  public List<String> failing() {
    return List.of("two\nlines");
  }

  @Test
  void aLineIsInTheFileWhenItsJobIsDone() throws Exception {
    try (var context = WorkerContext.standalone(options());
        var worker = factory().open(context)) {
      worker.run("one");
      worker.run("three");
      Path file = folder.resolve(context.workerName() + ".txt");
      assertEquals(List.of("one", "three"), Files.readAllLines(file));
    }
  }
}
