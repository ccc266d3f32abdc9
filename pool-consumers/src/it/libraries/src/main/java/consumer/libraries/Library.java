package consumer.libraries;

import java.util.concurrent.ExecutorService;

/** A library that is lent a pool. */
@FunctionalInterface
interface Library {

  /**
   * Gives the pool that many tasks and waits until they are done.
   *
   * @param lent the pool; it does nothing yet
   * @param tasks how many
   * @param go has the pool begin
   * @return how many were done
   */
  int use(ExecutorService lent, int tasks, Runnable go) throws Exception;
}
