package pool.core.internal.discovery;

import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReference;
import java.lang.module.ResolvedModule;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.security.CodeSource;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tells where a class comes from. */
public final class Origins {

  /** As the JDK reads it from the name of a jar that it makes a module of. */
  private static final Pattern VERSION =
      Pattern.compile("-(\\d+(?:\\.[^/]*)?)\\.jar$", Pattern.CASE_INSENSITIVE);

  private Origins() {}

  /** That of its module; of its package, by the manifest; or that in the name of its jar. */
  public static Optional<String> version(Class<?> type) {
    ModuleDescriptor descriptor = type.getModule().getDescriptor();
    return descriptor != null
        ? descriptor.rawVersion()
        : Optional.ofNullable(type.getPackage().getImplementationVersion())
            .or(() -> location(type).flatMap(Origins::versionInName));
  }

  private static Optional<String> versionInName(URI jar) {
    Matcher version = VERSION.matcher(String.valueOf(jar.getPath()));
    return version.find() ? Optional.of(version.group(1)) : Optional.empty();
  }

  public static Optional<URI> location(Class<?> type) {
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
