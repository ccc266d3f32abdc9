package pool.cli;

import pool.core.DuplicateFactoryException;
import pool.core.FactoryInfo;
import pool.core.NoSuchFactoryException;
import pool.core.WorkerFactories;

/** Finds a factory that a user has named. */
final class Factories {

  private Factories() {}

  static FactoryInfo find(String name) {
    try {
      return WorkerFactories.load().find(name);
    } catch (NoSuchFactoryException | DuplicateFactoryException e) {
      throw new BadUsageException(String.valueOf(e.getMessage()), e);
    }
  }
}
