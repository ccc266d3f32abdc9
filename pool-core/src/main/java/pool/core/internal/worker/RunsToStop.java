package pool.core.internal.worker;

import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import pool.core.internal.job.Work;
import pool.core.internal.util.HelperExecutor;

/** Runs of settled jobs that are to be stopped. Filled by one thread, before any is stopped. */
public final class RunsToStop<J, R> implements HelperExecutor.Tasks {

  private final ArrayList<WorkerThread<J, R>> workers = new ArrayList<>(); // side by side with:
  private final ArrayList<Work<J, R>> works = new ArrayList<>();
  private final AtomicInteger next = new AtomicInteger();

  /** Makes room for so many more: then to add one needs no memory. */
  void reserve(int more) {
    workers.ensureCapacity(workers.size() + more);
    works.ensureCapacity(works.size() + more);
  }

  public int size() {
    return works.size();
  }

  void add(WorkerThread<J, R> worker, Work<J, R> work) {
    workers.add(worker);
    works.add(work);
  }

  @Override
  public int claim() {
    int index = next.getAndIncrement();
    return index < works.size() ? index : NONE;
  }

  @Override
  public boolean hasMore() {
    return next.get() < works.size();
  }

  @Override
  public void run(int index) {
    workers.get(index).runner().stop(works.get(index));
  }
}
