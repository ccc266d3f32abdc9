package pool.core.internal.worker;

import org.jspecify.annotations.Nullable;

/**
 * What a job may change of the thread that it runs on: name, priority and context class loader. The
 * next job finds them as they were when its worker had opened.
 */
final class ThreadTraits {

  private final Thread thread;
  private String name;
  private int priority;
  private @Nullable ClassLoader loader;

  ThreadTraits(Thread thread) {
    this.thread = thread;
    this.name = thread.getName();
    note();
  }

  /** They are to stay as they are. */
  void note() {
    name = thread.getName();
    priority = thread.getPriority();
    loader = thread.getContextClassLoader();
  }

  /** Sets what has changed. On the thread itself, after each job: three reads as a rule. */
  @SuppressWarnings({"ReferenceEquality", "ThreadPriorityCheck"}) // it is to be that very loader
  void restore() {
    if (!thread.getName().equals(name)) {
      thread.setName(name);
    }
    if (thread.getPriority() != priority) {
      thread.setPriority(priority);
    }
    if (thread.getContextClassLoader() != loader) {
      thread.setContextClassLoader(loader);
    }
  }
}
