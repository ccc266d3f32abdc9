package pool.core;

import java.nio.file.Path;

/** On the class path: runs a job with each plugin of a directory, and tells of the others. */
final class PluginDirectoryProgram {

  private PluginDirectoryProgram() {}

  public static void main(String[] args) {
    WorkerFactories plugins = WorkerFactories.in(Path.of(args[0]));
    for (FactoryInfo info : plugins.found()) {
      var factory = plugins.factory(info.name(), Integer.class, String.class);
      try (var pool = WorkerPool.of(factory).workers(1).open()) {
        System.out.println("ran " + pool.submit(1).join());
      }
    }
    plugins.failures().forEach(failure -> System.out.println("failed " + failure));
  }
}
