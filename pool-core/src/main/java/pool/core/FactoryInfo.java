package pool.core;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.WorkerFactory;

/**
 * A factory that was found.
 *
 * @param name what users ask for
 * @param description one line for users
 * @param jobType the type of the jobs
 * @param resultType the type of the results
 * @param options what its workers understand
 * @param module the name of its module; empty on the class path
 * @param version the version of its module or package, where it has one
 * @param location where its code is, where that is known
 * @param factory the factory itself
 */
public record FactoryInfo(
    String name,
    String description,
    Class<?> jobType,
    Class<?> resultType,
    List<Option<?>> options,
    Optional<String> module,
    Optional<String> version,
    Optional<URI> location,
    WorkerFactory<?, ?> factory) {

  private static final int LONGEST_TEXT = 10_000;

  /** Copies the list. */
  public FactoryInfo {
    options = List.copyOf(options);
  }

  /**
   * Asks a factory what it is.
   *
   * @throws ServiceConfigurationError when it says nothing; whatever its methods throw
   */
  static FactoryInfo of(WorkerFactory<?, ?> factory) {
    Class<?> type = factory.getClass();
    return new FactoryInfo(
        text("name", factory.name()),
        text("description", factory.description()),
        returned("jobType", factory.jobType()),
        returned("resultType", factory.resultType()),
        returned("options", factory.options()),
        Optional.ofNullable(type.getModule().getName()),
        Origins.version(type),
        Origins.location(type),
        factory);
  }

  private static String text(String method, @Nullable String value) {
    String text = returned(method, value);
    if (text.length() > LONGEST_TEXT) {
      throw new ServiceConfigurationError(
          "%s() returned %d characters, and at most %d are read"
              .formatted(method, text.length(), LONGEST_TEXT));
    }
    return text;
  }

  private static <T> T returned(String method, @Nullable T value) {
    if (value == null) {
      throw new ServiceConfigurationError(method + "() returned null");
    }
    return value;
  }

  /** Its class and where that comes from: {@code com.acme.Download (module com.acme, file:...)}. */
  String origin() {
    return "%s (%s%s)"
        .formatted(
            factory.getClass().getName(),
            module.map(m -> "module " + m).orElse("class path"),
            location.map(l -> ", " + l).orElse(""));
  }
}
