package pool.core;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;
import java.util.Optional;

/** Tells where a class comes from. */
final class Origins {

  private Origins() {}

  static Optional<String> version(Class<?> type) {
    ModuleDescriptor descriptor = type.getModule().getDescriptor();
    return descriptor != null
        ? descriptor.rawVersion()
        : Optional.ofNullable(type.getPackage().getImplementationVersion());
  }

  static Optional<URI> location(Class<?> type) {
    Module module = type.getModule();
    if (module.isNamed() && module.getLayer() != null) {
      return module
          .getLayer()
          .configuration()
          .findModule(module.getName())
          .map(ResolvedModule::reference)
          .flatMap(ModuleReference::location);
    }
    CodeSource source = type.getProtectionDomain().getCodeSource();
    URL url = source == null ? null : source.getLocation();
    try {
      return url == null ? Optional.empty() : Optional.of(url.toURI());
    } catch (URISyntaxException e) {
      return Optional.empty(); // a class loader may make up any URL
    }
  }
}
