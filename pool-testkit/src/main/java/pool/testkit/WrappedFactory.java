package pool.testkit;

import java.util.List;
import java.util.Objects;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.api.internal.Delegating;

/** A factory that describes itself as another does; subclasses open the workers. */
abstract sealed class WrappedFactory<J, R> implements WorkerFactory<J, R>, Delegating
    permits RecordingFactory, FaultyFactory {

  final WorkerFactory<J, R> factory;

  WrappedFactory(WorkerFactory<J, R> factory) {
    this.factory = Objects.requireNonNull(factory, "factory");
  }

  @Override
  public final Object opensBy() {
    return factory;
  }

  @Override
  public final String name() {
    return factory.name();
  }

  @Override
  public final Class<J> jobType() {
    return factory.jobType();
  }

  @Override
  public final Class<R> resultType() {
    return factory.resultType();
  }

  @Override
  public final String description() {
    return factory.description();
  }

  @Override
  public final List<Option<?>> options() {
    return factory.options();
  }

  @Override
  public final J read(String line) {
    return factory.read(line);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "[" + factory.name() + "]";
  }
}
