package pool.flink;

import java.util.Optional;
import org.apache.flink.runtime.execution.SuppressRestartsException;
import pool.api.WorkerFactory;
import pool.codec.Codecs;
import pool.core.DuplicateFactoryException;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;
import pool.core.WorkerPool;

/** Finds the factory on a task, where it must be, and on the client, where it may be. */
final class Discovery {

  private Discovery() {}

  /**
   * The factory that a task's class loader sees.
   *
   * @throws SuppressRestartsException when there is none, or several, or one with other types: it
   *     would be the same after a restart
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

  /** The client's, empty when it does not see it. Throws when it sees several, or other types. */
  static <J, R> Optional<WorkerFactory<J, R>> onClient(
      String name, Class<J> jobType, Class<R> resultType) {
    WorkerFactories seen = WorkerFactories.load();
    return seen.found().stream().anyMatch(info -> info.name().equals(name))
        ? Optional.of(seen.factory(name, jobType, resultType))
        : Optional.empty();
  }

  /** The codec that travels with the Flink job, so that all processes use the same. */
  static <J, R> OutcomeCodec<J, R> codec(
      Optional<WorkerFactory<J, R>> factory, Class<J> jobType, Class<R> resultType) {
    Codecs<J, R> codecs = Codecs.of(factory.orElse(null), jobType, resultType);
    return new OutcomeCodec<>(codecs.jobCodec(), codecs.resultCodec());
  }

  /**
   * Has the options read as a task would: a pool reads them before it opens workers, of which this
   * one has none that does anything.
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
