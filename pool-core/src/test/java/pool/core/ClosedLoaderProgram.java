package pool.core;

import java.io.File;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import pool.api.Worker;
import pool.api.WorkerFactory;

/**
 * Closes the class loader of an application, and of the pool in it, before its JVM ends, as a
 * server does; run by {@link ExitTest}.
 */
public final class ClosedLoaderProgram {

  private ClosedLoaderProgram() {}

  /** What the server runs: leaves a pool open, with jobs that only a stop ends. */
  public static final class Application implements Runnable {

    static final int WORKERS = 4;

    /** For the program, by its name. */
    public Application() {}

    @Override
    @SuppressWarnings("try")
    public void run() {
      CountDownLatch running = new CountDownLatch(WORKERS);
      Worker<Integer, Integer> worker =
          new Worker<>() {
            @Override
            public Integer run(Integer job) throws Exception {
              running.countDown();
              new CountDownLatch(1).await();
              return job;
            }

            @Override
            public void close() {
              System.out.println("close");
              System.out.flush();
            }
          };
      WorkerPool<Integer, Integer> pool =
          WorkerPool.of(WorkerFactory.of("left", Integer.class, Integer.class, _ -> worker))
              .workers(WORKERS)
              .closeOnExit(Duration.ofMillis(100))
              .open();
      for (int i = 0; i < 2 * WORKERS; i++) {
        CompletableFuture<?> _ = pool.submit(i).whenComplete((_, _) -> {});
      }
      PoolBrokenTest.awaitUninterruptibly(running);
    }
  }

  public static void main(String[] args) throws Exception {
    List<URL> urls = new ArrayList<>();
    for (String part : System.getProperty("java.class.path").split(File.pathSeparator)) {
      urls.add(Path.of(part).toUri().toURL());
    }
    URLClassLoader loader =
        new URLClassLoader(urls.toArray(URL[]::new), ClassLoader.getPlatformClassLoader());
    Class<?> application = loader.loadClass(Application.class.getName());
    ((Runnable) application.getConstructor().newInstance()).run();
    loader.close();
    System.exit(0);
  }
}
