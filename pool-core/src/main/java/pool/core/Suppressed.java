package pool.core;

/** Adds one failure to another, which may be the same: an exception must not suppress itself. */
final class Suppressed {

  private Suppressed() {}

  @SuppressWarnings("ReferenceEquality") // it is about this very object
  static void add(Throwable failure, Throwable other) {
    if (failure != other) {
      failure.addSuppressed(other);
    }
  }
}
