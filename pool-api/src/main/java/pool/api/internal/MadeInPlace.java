package pool.api.internal;

import org.jspecify.annotations.Nullable;

/** A factory that {@code WorkerFactory.of} has made: its class says nothing of whose it is. */
public interface MadeInPlace {

  /**
   * What loaded the class that opens its workers.
   *
   * @return a loader, null for the bootstrap class loader
   */
  @Nullable ClassLoader loaderOfOpener();
}
