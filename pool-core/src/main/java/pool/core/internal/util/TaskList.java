package pool.core.internal.util;

import java.util.ArrayList;

/** Tasks for a {@link HelperExecutor}. Filled by one thread, before they are handed over. */
public final class TaskList implements HelperExecutor.Tasks {

  private final ArrayList<Runnable> tasks = new ArrayList<>();

  /** Makes room for so many more: then to add one needs no memory. */
  public void reserve(int more) {
    tasks.ensureCapacity(tasks.size() + more);
  }

  public void add(Runnable task) {
    tasks.add(task);
  }

  @Override
  public int size() {
    return tasks.size();
  }

  @Override
  public void run(int index) {
    tasks.get(index).run();
  }
}
