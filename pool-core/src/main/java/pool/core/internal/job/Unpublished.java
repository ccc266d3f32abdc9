package pool.core.internal.job;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;
import pool.core.internal.util.Deques;

/**
 * The futures of jobs that were settled and whose settler is about to complete them: a close waits
 * for them. Whoever is about to holds them, so here they need not be. Under the pool's lock.
 */
public final class Unpublished {

  private final Deque<WeakReference<Publication>> publications = new ArrayDeque<>();

  /** Something that is to be completed soon. Before anything is settled, since it may throw. */
  public void add(Publication publication) {
    JobFuture<?, ?> _ = first(); // lets go of those that are done
    Deques.addLast(publications, new WeakReference<>(publication));
  }

  /** Takes the last back: nothing of it was settled. */
  public void removeLast() {
    publications.removeLast();
  }

  /** The oldest future; null when all are done. */
  public @Nullable JobFuture<?, ?> first() {
    WeakReference<Publication> oldest;
    while ((oldest = publications.peek()) != null) {
      Publication publication = oldest.get();
      JobFuture<?, ?> future = publication == null ? null : publication.firstUndone();
      if (future != null) {
        return future;
      }
      publications.remove();
    }
    return null;
  }
}
