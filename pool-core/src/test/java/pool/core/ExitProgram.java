package pool.core;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;

/** Leaves a pool open at the end of its JVM, in one of several ways; run by {@link ExitTest}. */
final class ExitProgram {

  static final int WORKERS = 3;
  static final int LATE = 20; // jobs, one after the other

  private static final CountDownLatch HANGS = new CountDownLatch(1);

  private static volatile boolean isDeaf;

  private ExitProgram() {}

  /** Prints what happens, a line each. */
  @SuppressWarnings("try")
  private record Telling(int index) implements Worker<String, String> {
    @Override
    public String run(String job) {
      switch (job) {
        case "exit" -> System.exit(7);
        case "exit later" -> {
          while (!exitHasBegun()) {
            Thread.onSpinWait();
          }
          System.exit(8);
        }
        case "hang", "deaf" -> {
          isDeaf = job.equals("deaf");
          HANGS.countDown();
          while (true) {
            LockSupport.park();
          }
        }
        default -> {}
      }
      LockSupport.parkNanos(20_000_000); // so that jobs wait when the exit begins
      say("ran " + job);
      return job;
    }

    /** Only a job that hangs is cancelled. */
    @Override
    public void cancel() {
      if (!isDeaf) {
        System.exit(9);
      }
    }

    @Override
    public void finish() {
      say("finish " + index);
    }

    @Override
    public void close() {
      say("close " + index);
    }
  }

  private static boolean exitHasBegun() {
    Thread hook = new Thread();
    try {
      Runtime.getRuntime().addShutdownHook(hook);
      return !Runtime.getRuntime().removeShutdownHook(hook);
    } catch (IllegalStateException e) {
      return true;
    }
  }

  private static void say(String line) {
    synchronized (System.out) {
      System.out.println(line);
      System.out.flush();
    }
  }

  private static Worker<String, String> open(WorkerContext context) {
    say("open " + context.index());
    return new Telling(context.index());
  }

  /** As a container that lets its requests end first. */
  private static void closeLater(WorkerPool<String, String> pool) {
    for (int i = 0; i < LATE; i++) {
      pool.call("late" + i);
    }
    pool.close();
    say("closed by another");
  }

  public static void main(String[] args) throws Exception {
    WorkerPool.Builder<String, String> builder =
        WorkerPool.of(WorkerFactory.of("exit", String.class, String.class, ExitProgram::open))
            .workers(WORKERS)
            .threads(ThreadKind.valueOf(args[0]))
            .distribution(Distribution.EVEN) // so that jobs wait for the worker that exits
            .closeOnExit(Duration.ofSeconds(args[1].equals("deaf") ? 4 : 30))
            .cancelGrace(Duration.ofSeconds(args[1].equals("deaf") ? 60 : 5));
    WorkerPool<String, String> pool =
        (args[1].contains("left open") ? builder.leaveOpenOnExit() : builder).open();
    for (int i = 0; i < 9; i++) {
      pool.submit("job" + i);
    }
    switch (args[1]) {
      case "return" -> {}
      case "exit" -> System.exit(5);
      case "worker" -> {
        pool.submit("exit");
        for (int i = 0; i < WORKERS; i++) {
          pool.submit("behind" + i);
        }
        new CountDownLatch(1).await();
      }
      case "deaf" -> {
        CompletableFuture<String> _ = pool.submit("deaf");
        HANGS.await();
        System.exit(5);
      }
      case "later" -> {
        pool.submit("exit later");
        System.exit(5);
      }
      case "cancel" -> {
        CompletableFuture<String> hanging = pool.submit("hang");
        HANGS.await(); // only a run that has begun is cancelled
        hanging.cancel(true);
        new CountDownLatch(1).await();
      }
      case "left open, worker" -> {
        Runtime.getRuntime()
            .addShutdownHook(
                new Thread(() -> {
                  CloseReport _ = pool.shutdown(Duration.ofMinutes(1));
                }));
        pool.submit("exit");
        new CountDownLatch(1).await();
      }
      case "left open" -> {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> closeLater(pool)));
        say("ready");
        new CountDownLatch(1).await();
      }
      default -> {
        say("ready");
        new CountDownLatch(1).await();
      }
    }
  }
}
