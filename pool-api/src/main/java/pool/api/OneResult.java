package pool.api;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Receives what a batch worker reports on a batch of one job that belongs to no pool. */
final class OneResult<R> implements BatchWorker.Results<R> {

  private final Thread worker = Thread.currentThread();
  private boolean isTold;
  private boolean isOver;
  private @Nullable R result;
  private @Nullable Throwable failure;

  @Override
  public void succeeded(int index, @Nullable R of) {
    tell(index);
    result = of;
  }

  @Override
  public void failed(int index, Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    tell(index);
    failure = cause;
  }

  private void tell(int index) {
    Objects.checkIndex(index, 1);
    if (Thread.currentThread() != worker || isOver || isTold) {
      throw new IllegalStateException(
          "job 0 of a batch of 1 was told %s"
              .formatted(
                  isTold ? "before" : isOver ? "after runAll had returned" : "on another thread"));
    }
    isTold = true;
  }

  /** Returns what was reported, once {@code runAll} has returned. */
  @Nullable R get() throws Exception {
    isOver = true;
    if (failure instanceof Exception e) {
      throw e;
    }
    if (failure instanceof Error e) {
      throw e;
    }
    if (failure != null) {
      throw new IllegalStateException("neither an exception nor an error", failure);
    }
    if (!isTold) {
      throw new IllegalStateException("runAll returned without telling what became of the job");
    }
    return result;
  }
}
