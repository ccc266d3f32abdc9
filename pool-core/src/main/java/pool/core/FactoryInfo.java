package pool.core;

import java.net.URI;
import java.util.List;
import java.util.Optional;
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

  /** Copies the list. */
  public FactoryInfo {
    options = List.copyOf(options);
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
