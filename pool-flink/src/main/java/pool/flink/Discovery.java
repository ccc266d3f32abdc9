package pool.flink;

import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import pool.api.WorkerFactory;
import pool.codec.Codecs;
import pool.core.DuplicateFactoryException;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Finds the factory on a task, where it must exist, and on the client, where it may. */
final class Discovery {

  private Discovery() {}

  /**
   * Finds the factory that a task's class loader sees.
   *
   * @throws SuppressRestartsException when there is none, or several, or one with other types; a
   *     restart would not change that
   */
  static <J, R> WorkerFactory<J, R> find(
      String name, Class<J> jobType, Class<R> resultType, ClassLoader loader) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(loader);
    try {
      return WorkerFactories.load().factory(name, jobType, resultType);
    } catch (NoSuchFactoryException
        | DuplicateFactoryException
        | IllegalArgumentException
        | IllegalStateException e) {
      throw new SuppressRestartsException(e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /**
   * Finds the client's factory; empty when the client does not see it. Throws when there are
   * several, or it has other types.
   */
  static <J, R> Optional<WorkerFactory<J, R>> onClient(
      String name, Class<J> jobType, Class<R> resultType) {
    WorkerFactories seen = WorkerFactories.load();
    return seen.found().stream().anyMatch(info -> info.name().equals(name))
        ? Optional.of(seen.factory(name, jobType, resultType))
        : Optional.empty();
  }

  /** The codec that travels with the Flink job, so that all processes use the same codec. */
  static <J, R> OutcomeCodec<J, R> codec(
      Optional<WorkerFactory<J, R>> factory, Class<J> jobType, Class<R> resultType) {
    Codecs<J, R> codecs = Codecs.of(factory.orElse(null), jobType, resultType);
    return new OutcomeCodec<>(codecs.jobCodec(), codecs.resultCodec());
  }

  /**
   * Checks the options as a task would. A pool reads them before it opens its workers, and the
   * workers of this pool do nothing.
   *
   * @throws IllegalArgumentException when an option is unknown, missing or unreadable
   */
  static <J, R> void checkOptions(PoolSettings<J, R> settings, WorkerFactory<J, R> seen) {
    WorkerFactory<J, Object> idle =
        WorkerFactory.of(
            seen.name(), settings.jobType(), Object.class, seen.options(), _ -> job -> job);
    WorkerPool.of(idle).options(settings.options()).workers(1).open().close();
  }
}
