package pool.core;

/** Closes a pool at the exit of the JVM: its workers are daemons, so {@code main} may end first. */
final class ExitHook {

  private final Thread thread;

  ExitHook(String pool, Runnable atExit) {
    thread = Thread.ofPlatform().name(pool + "-exit").unstarted(atExit);
  }

  /** Throws IllegalStateException when the JVM is exiting already. */
  void register() {
    Runtime.getRuntime().addShutdownHook(thread);
  }

  void remove() {
    try {
      Runtime.getRuntime().removeShutdownHook(thread);
    } catch (IllegalStateException e) {
      // The JVM is exiting: the hook may be what closes the pool.
    }
  }
}
