package pool.core;

import java.net.URI;
import java.util.List;
import java.util.Optional;
import pool.api.Option;
import pool.api.WorkerFactory;

/**
 * Describes a factory that was found.
 *
 * @param name the name by which users ask for the factory
 * @param description one line for users
 * @param jobType the class of the jobs
 * @param resultType the class of the results
 * @param options the options that its workers understand; unmodifiable
 * @param module the name of its module; empty on the class path
 * @param version the version of its module or package; empty if it has none
 * @param location where its code is; empty if that is not known
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

  /** Copies the list. */
  public FactoryInfo {
    options = List.copyOf(options);
  }

  /**
   * Returns the class and where it comes from: {@code com.acme.Download (module com.acme,
   * file:...)}.
   */
  String origin() {
    return "%s (%s%s)"
        .formatted(
            factory.getClass().getName(),
            module.map(m -> "module " + m).orElse("class path"),
            location.map(l -> ", " + l).orElse(""));
  }
}
