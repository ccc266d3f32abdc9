package pool.core;

/** Foreign exceptions in a line, for the log. */
final class Brief {

  private Brief() {}

  /** A job, as it says itself, or its class if that fails. */
  static String of(Object job) {
    try {
      return String.valueOf(job);
    } catch (Throwable bad) {
      return job.getClass().getName();
    }
  }

  /** As it says itself; its class if that fails, since a worker must not die of a bad message. */
  static String of(Throwable e) {
    try {
      return e.toString();
    } catch (Throwable bad) {
      return e.getClass().getName();
    }
  }
}
