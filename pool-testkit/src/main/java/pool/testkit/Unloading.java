package pool.testkit;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.Assumptions;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;

/** Checks that nothing which outlives a plugin keeps a reference to it. */
@SuppressWarnings("try") // closing may be interrupted
record Unloading<J, R>(Subject<J, R> subject) {

  void assertClassLoaderCanBeCollected() throws Exception {
    Origin origin = originOfPlugin();
    ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
    WeakReference<ClassLoader> loader = elsewhere(() -> used(origin, collected));
    long deadline = System.nanoTime() + subject.bound().toNanos();
    Reference<? extends ClassLoader> gone;
    do {
      System.gc();
      gone = collected.remove(20);
    } while (gone == null && System.nanoTime() < deadline);
    if (gone == null) {
      throw subject.failure(
          "its class loader was still kept %s after its last worker had closed, perhaps by a thread, a shutdown hook, a thread-local, or a registry of the JDK or of a library; let close undo what was registered (a heap dump shows who keeps %s)"
              .formatted(subject.bound(), loader.get()));
    }
  }

  private Origin originOfPlugin() {
    Class<?> type = subject.factory().getClass();
    Assumptions.assumeTrue(
        canBeMadeAnew(type),
        () ->
            type.getName()
                + " is no plugin: its class is not public, or has no public constructor without parameters");
    return Origin.of(type)
        .orElseGet(() -> Assumptions.abort(type.getName() + " comes from no jar or folder"));
  }

  private static boolean canBeMadeAnew(Class<?> type) {
    try {
      return Modifier.isPublic(type.getModifiers())
          && Modifier.isPublic(type.getConstructor().getModifiers());
    } catch (NoSuchMethodException e) {
      return false;
    }
  }

  /**
   * Calls on a thread that ends with the call. The JVM may keep an exception that was thrown, such
   * as one of the plugin's, in a field of the thread until it uses the field again: for ever, if
   * the thread then only waits. No heap dump shows this reference.
   */
  private static <T> T elsewhere(Callable<T> action) throws Exception {
    FutureTask<T> call = new FutureTask<>(action);
    Thread thread = Thread.ofPlatform().daemon().name("unloading").start(call);
    try {
      thread.join();
      return call.get();
    } catch (InterruptedException e) {
      thread.interrupt();
      throw e;
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case Exception cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  /** A method of its own, so that nothing of it is left on the stack. */
  private WeakReference<ClassLoader> used(Origin origin, ReferenceQueue<ClassLoader> collected)
      throws Exception {
    Class<?> type = subject.factory().getClass();
    try (PluginLoader loader = new PluginLoader(origin, type.getClassLoader())) {
      @SuppressWarnings("unchecked") // its jobs are of classes that both know
      WorkerFactory<J, R> anew =
          (WorkerFactory<J, R>) loader.loadClass(type.getName()).getConstructor().newInstance();
      use(subject.with(anew), loader);
      return new WeakReference<>(loader, collected);
    }
  }

  private void use(Subject<J, R> plugin, ClassLoader loader) throws Exception {
    try (LoneWorker<J, R> worker = LoneWorker.open(plugin, ThreadKind.PLATFORM)) {
      for (J job : known(plugin.samples(), loader)) {
        worker.succeed(job, "loaded anew");
      }
      for (J job : known(plugin.contract().failing(), loader)) {
        worker.failSomehow(job);
      }
      worker.finish();
    }
  }

  /** Returns the jobs whose classes the plugin, loaded anew, shares with the test. */
  private List<J> known(List<J> jobs, ClassLoader loader) {
    return jobs.stream().filter(job -> isKnown(job.getClass(), loader)).toList();
  }

  private static boolean isKnown(Class<?> type, ClassLoader loader) {
    try {
      return Class.forName(type.getName(), false, loader).equals(type);
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
