package pool.testkit;

import java.net.URLClassLoader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import pool.api.WorkerFactory;

/** The same jar on a class path. */
class ClassPathPluginContractTest extends PluginContractTest {

  private URLClassLoader loader;

  @BeforeEach
  void openLoader() throws Exception {
    loader = PluginJar.classPath(folder);
  }

  @AfterEach
  void closeLoader() throws Exception {
    loader.close();
  }

  @Override
  public WorkerFactory<String, String> factory() {
    return PluginJar.factory(loader);
  }
}
