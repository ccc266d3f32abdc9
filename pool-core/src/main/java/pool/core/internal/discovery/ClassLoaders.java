package pool.core.internal.discovery;

import org.jspecify.annotations.Nullable;

/** What one class loader sees of another. */
public final class ClassLoaders {

  private ClassLoaders() {}

  /** Whether a loader is another's parent, or that one's, and so on; not whether it is the same. */
  @SuppressWarnings("ReferenceEquality") // a loader is only equal to itself
  public static boolean isAncestor(@Nullable ClassLoader loader, @Nullable ClassLoader of) {
    ClassLoader next = of;
    while (next != null) {
      next = next.getParent();
      if (next == loader) {
        return true;
      }
    }
    return false;
  }
}
