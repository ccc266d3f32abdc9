package pool.core.internal.util;

/** Adds one failure to another, which may be the same: an exception must not suppress itself. */
public final class Suppressed {

  private Suppressed() {}

  @SuppressWarnings("ReferenceEquality") // it is about this very object
  public static void add(Throwable failure, Throwable other) {
    if (failure != other) {
      try {
        failure.addSuppressed(other);
      } catch (OutOfMemoryError e) {
        // one that says more is wanted, but not needed
      }
    }
  }
}
