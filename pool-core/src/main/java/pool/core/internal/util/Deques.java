package pool.core.internal.util;

import java.util.Deque;

/**
 * Adds to an {@code ArrayDeque}, which stores an element before it makes room for the next: when
 * there is no memory for that, it would throw and have the element all the same.
 */
public final class Deques {

  private Deques() {}

  /** Adds an element, or throws and leaves the deque as it was. */
  public static <T> void addLast(Deque<T> deque, T element) {
    try {
      deque.addLast(element);
    } catch (OutOfMemoryError e) {
      T _ = deque.pollLast();
      throw e;
    }
  }

  /** The same at the other end. */
  public static <T> void addFirst(Deque<T> deque, T element) {
    try {
      deque.addFirst(element);
    } catch (OutOfMemoryError e) {
      T _ = deque.pollFirst();
      throw e;
    }
  }
}
