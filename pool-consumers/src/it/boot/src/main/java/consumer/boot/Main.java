package consumer.boot;

import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.task.AsyncTaskExecutor;
import org.springframework.scheduling.annotation.EnableAsync;
import org.springframework.scheduling.concurrent.ConcurrentTaskExecutor;
import pool.core.ThreadKind;
import pool.core.WorkerPool;
import pool.process.ProcessFactory;

/** Its argument is the kind of thread that workers live on. */
@SpringBootApplication
@EnableAsync
public class Main {

  private static final int CALLS = 3_000;

  /** Spring closes it, and first what calls it. */
  @Bean
  WorkerPool<Callable<?>, Object> pool(ApplicationArguments arguments) {
    ThreadKind threads = ThreadKind.valueOf(arguments.getSourceArgs()[0]);
    return WorkerPool.tasks().name("async").workers(2).threads(threads).leaveOpenOnExit().open();
  }

  @Bean
  AsyncTaskExecutor executor(WorkerPool<Callable<?>, Object> pool) {
    return new ConcurrentTaskExecutor(WorkerPool.asExecutorService(pool));
  }

  public static void main(String[] args) throws Exception {
    try (var context = SpringApplication.run(Main.class, args)) {
      System.out.println("queries " + Queries.ask(ThreadKind.valueOf(args[0])));
      System.out.println("plugin for main " + shout());
      System.out.println(
          "plugin for the common pool "
              + CompletableFuture.supplyAsync(Main::shout, ForkJoinPool.commonPool())
                  .get(20, TimeUnit.SECONDS));
      System.out.println("in a process " + shoutApart());
      System.out.println("calls " + call(context.getBean(Calls.class)));
    }
  }

  /** What the plugin makes of the name of this thread's context class loader. */
  private static String shout() {
    try (var pool = WorkerPool.named("upper", String.class, String.class).workers(1).open()) {
      return pool.call(Thread.currentThread().getContextClassLoader().getClass().getSimpleName());
    }
  }

  /** By a process, which has its classes from the executable jar as well. */
  private static String shoutApart() {
    try (var pool =
        WorkerPool.of(ProcessFactory.named("upper", String.class, String.class))
            .workers(1)
            .open()) {
      return pool.call("from the jar");
    }
  }

  /** How many calls each worker has done is chance, but all wait until all are there. */
  private static String call(Calls calls) throws Exception {
    List<CompletableFuture<String>> all = Stream.generate(calls::call).limit(CALLS).toList();
    calls.go();
    CompletableFuture.allOf(all.toArray(CompletableFuture<?>[]::new)).get(20, TimeUnit.SECONDS);
    return all.size() + " on " + new TreeSet<>(all.stream().map(CompletableFuture::join).toList());
  }
}
