package pool.core.internal.discovery;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import pool.api.WorkerFactory;
import pool.core.FactoryInfo;
import pool.core.ProviderFailure;

/** What is said of factories that cannot be made. */
@SuppressWarnings("rawtypes") // as ServiceLoader has it
class FactoryLoaderTest {

  @TempDir Path folder;

  private final List<FactoryInfo> found = new ArrayList<>();
  private final List<ProviderFailure> failures = new ArrayList<>();

  /** Of providers that all lack the same class. */
  private final class Lacking extends ClassLoader {

    private final Path services = folder.resolve("services");
    private int asked;

    Lacking(int providers) throws IOException {
      super(null);
      List<String> names = new ArrayList<>();
      for (int i = 0; i < providers; i++) {
        names.add("lacking.P" + i);
      }
      Files.write(services, names);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return Collections.enumeration(List.of(services.toUri().toURL()));
    }

    @Override
    protected Class<?> findClass(String name) {
      asked++;
      throw new NoClassDefFoundError("lacking/Base");
    }
  }

  private Lacking load(int providers, long most) throws IOException {
    Lacking loader = new Lacking(providers);
    FactoryLoader.load(
        ServiceLoader.load(WorkerFactory.class, loader), most, _ -> true, found, failures);
    assertEquals(List.of(), found);
    return loader;
  }

  private List<String> said() {
    return failures.stream().map(ProviderFailure::toString).toList();
  }

  /** Whether the loader itself fails for ever cannot be known. */
  @Test
  void providersThatLackTheSameClassAreReportedOnceAndAtMostAHundredAreTried() throws Exception {
    assertEquals(99, load(99, Long.MAX_VALUE).asked);
    assertEquals(100, load(150, Long.MAX_VALUE).asked);
    assertEquals(List.of("a provider: java.lang.NoClassDefFoundError: lacking/Base"), said());
  }

  @Test
  void noMoreProvidersAreTriedThanMay() throws Exception {
    assertEquals(3, load(9, 3).asked);
  }
}
