package pool.testkit;

import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.net.URL;
import java.net.URLConnection;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import pool.api.WorkerFactory;

/** Checks how a plugin declares its factories, on the module path and on the class path. */
final class Packaging {

  private static final String SERVICES = "META-INF/services/" + WorkerFactory.class.getName();

  private Packaging() {}

  static void assertModuleAndServicesAgree(WorkerFactory<?, ?> factory) throws IOException {
    Class<?> type = factory.getClass();
    Set<String> listed = listed(type);
    ModuleDescriptor module = descriptor(type);
    Set<String> provided = module == null ? listed : provided(module);
    Assumptions.assumeTrue(
        provided.contains(type.getName()) || listed.contains(type.getName()),
        () -> type.getName() + " is not provided as a service, so nothing can disagree");
    if (module != null && !provided.equals(listed)) {
      throw Subject.failure(
          factory,
          "module %s provides %s, but %s lists %s; name the same factories in both, so that the class path has what the module path has"
              .formatted(module.name(), provided, SERVICES, listed),
          null);
    }
  }

  /** Returns the hand-written descriptor; null on the class path, and for automatic modules. */
  private static @Nullable ModuleDescriptor descriptor(Class<?> type) throws IOException {
    ModuleDescriptor descriptor = type.getModule().getDescriptor();
    if (descriptor == null) {
      Origin origin = Origin.of(type).orElse(null);
      byte[] file = origin == null ? null : origin.read("module-info.class");
      descriptor = file == null ? null : ModuleDescriptor.read(ByteBuffer.wrap(file));
    }
    return descriptor == null || descriptor.isAutomatic() ? null : descriptor;
  }

  private static Set<String> provided(ModuleDescriptor module) {
    return module.provides().stream()
        .filter(provides -> provides.service().equals(WorkerFactory.class.getName()))
        .flatMap(provides -> provides.providers().stream())
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * The services file is next to the classes or, with some build tools, in a folder of resources.
   */
  private static Set<String> listed(Class<?> type) throws IOException {
    Origin origin = Origin.of(type).orElse(null);
    byte[] beside = origin == null ? null : origin.read(SERVICES);
    if (beside != null) {
      return names(beside);
    }
    for (URL url : Collections.list(type.getClassLoader().getResources(SERVICES))) {
      URLConnection connection = url.openConnection();
      connection.setUseCaches(false); // a cache would keep jars open
      try (InputStream file = connection.getInputStream()) {
        Set<String> names = names(file.readAllBytes());
        if (names.contains(type.getName())) {
          return names;
        }
      }
    }
    return Set.of();
  }

  private static Set<String> names(byte[] file) {
    return new String(file, StandardCharsets.UTF_8)
        .lines()
        .map(line -> line.replaceFirst("#.*", "").strip())
        .filter(line -> !line.isEmpty())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
