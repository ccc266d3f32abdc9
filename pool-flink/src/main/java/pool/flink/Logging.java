package pool.flink;

import org.slf4j.LoggerFactory;

/** The pool logs by SLF4J 2. Flink's own is older, and goes before what a job brings. */
final class Logging {

  private Logging() {}

  /**
   * Looks before a worker opens, instead of failing somewhere in the middle.
   *
   * @throws IllegalStateException when it is SLF4J 1
   */
  static void requireSlf4j2() {
    try {
      var _ = LoggerFactory.getLogger(FlinkPool.class).atTrace();
    } catch (LinkageError e) {
      throw new IllegalStateException(
          "the pool needs SLF4J 2, but Flink has SLF4J 1: put slf4j-api-2 and log4j-slf4j2-impl into its lib/ in place of log4j-slf4j-impl",
          e);
    }
  }
}
