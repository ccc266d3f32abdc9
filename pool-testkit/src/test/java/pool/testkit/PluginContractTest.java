package pool.testkit;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerFactory;
import pool.core.WorkerFactories;

/** A plugin in a jar of its own, in a layer of its own. */
class PluginContractTest implements WorkerFactoryContract<String, String> {

  @TempDir static Path folder;

  @BeforeAll
  static void makePlugin() throws Exception {
    PluginJar.make(folder, "shouting.Shout");
  }

  @Override
  public WorkerFactory<String, String> factory() {
    return WorkerFactories.in(PluginJar.plugins(folder))
        .factory("shout", String.class, String.class);
  }

  @Override
  public List<String> samples() {
    return List.of("one", "two", "three");
  }
}
