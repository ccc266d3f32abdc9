package pool.core.internal.job;

import org.jspecify.annotations.Nullable;

/** Futures whose jobs have settled, and which somebody is about to complete. */
interface Publication {

  /** The first that is not done; null when all are. Any thread. */
  @Nullable JobFuture<?, ?> firstUndone();
}
