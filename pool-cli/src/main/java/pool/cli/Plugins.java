package pool.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import pool.core.DuplicateFactoryException;
import pool.core.FactoryInfo;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;

/** The factories of the runtime image and of a plugin directory: an option of each command. */
final class Plugins {

  @Option(
      names = "--plugins",
      paramLabel = "DIR",
      description = "where more plugins are: each sub-folder with jars, and each jar, is one")
  @Nullable Path directory;

  Plugins() {}

  /** All factories that can be found. */
  WorkerFactories all() {
    WorkerFactories own = WorkerFactories.load();
    if (directory == null) {
      return own;
    }
    try {
      return own.and(WorkerFactories.in(Names.loadable(directory)));
    } catch (IOException e) {
      throw new BadUsageException("cannot read '" + directory + "': " + Printable.reason(e), e);
    } catch (IllegalArgumentException e) {
      throw new BadUsageException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Returns whether a directory was given. */
  boolean areDirectory() {
    return directory != null;
  }

  /** Finds the factory that a user has named. */
  FactoryInfo find(String name) {
    return find(all(), name);
  }

  static FactoryInfo find(WorkerFactories all, String name) {
    try {
      return all.find(name);
    } catch (NoSuchFactoryException | DuplicateFactoryException e) {
      throw new BadUsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
