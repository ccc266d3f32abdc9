package pool.process;

import java.nio.file.Path;
import pool.api.WorkerFactory;
import pool.codec.Codecs;
import pool.core.WorkerFactories;

/** Finds, in the child, the factory that the parent asks for. */
final class RequestedFactory {

  private RequestedFactory() {}

  /** Finds it by its class, or by its name, which may be in a plugin directory. */
  static WorkerFactory<?, ?> find(OpenRequest request) throws Exception {
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (request.isClass()) {
      return Class.forName(request.factory(), true, loader)
          .asSubclass(WorkerFactory.class)
          .getConstructor()
          .newInstance();
    }
    WorkerFactories all = WorkerFactories.load();
    for (Path directory : request.directories()) {
      all = all.and(WorkerFactories.in(directory));
    }
    ClassLoader its = all.find(request.factory()).factory().getClass().getClassLoader();
    return all.factory(
        request.factory(),
        Class.forName(request.jobType(), false, its),
        Class.forName(request.resultType(), false, its));
  }

  /** Checks, before anything is opened, that both sides write and read the same types. */
  static void requireSame(OpenRequest request, WorkerFactory<?, ?> factory) {
    String jobType = factory.jobType().getName();
    String resultType = factory.resultType().getName();
    if (!jobType.equals(request.jobType()) || !resultType.equals(request.resultType())) {
      throw new IllegalArgumentException(
          "factory '%s' has jobs of type %s and results of type %s; the process was asked for %s and %s: ask for the factory's own"
              .formatted(
                  factory.name(), jobType, resultType, request.jobType(), request.resultType()));
    }
    if (factory instanceof Codecs<?, ?> && !request.knowsCodecs()) {
      throw new IllegalStateException(
          "factory '%s' has codecs of its own, which only a process sees: put the plugin on the path of the application as well"
              .formatted(factory.name()));
    }
  }
}
