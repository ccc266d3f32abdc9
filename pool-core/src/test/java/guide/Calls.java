package guide;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Stream;
import pool.api.WorkerFactory;
import pool.core.Distribution;
import pool.core.JobFailedException;
import pool.core.Outcome;
import pool.core.QueueFullException;
import pool.core.WhenFull;
import pool.core.WorkerPool;

/** How jobs are given to a pool, and what bounds them. */
final class Calls {

  private Calls() {}

  static List<String> map(WorkerPool<String, String> pool) {
    // @start region="map"
    List<String> answers = pool.map(List.of("one", "two", "three")); // ONE, TWO, THREE
    // @end
    return answers;
  }

  static String failure(WorkerPool<String, String> pool) {
    // @start region="map-fails"
    try {
      List<String> answers = pool.map(List.of("one", "bad", "three"));
      return "all done: " + answers;
    } catch (JobFailedException e) {
      return "job " + e.index() + ", " + e.job() + ", failed: " + e.getCause().getMessage();
    }
    // @end
  }

  static List<String> mapAll(WorkerPool<String, String> pool, List<String> lines) {
    List<String> told = new ArrayList<>();
    Consumer<String> tell = told::add;
    // @start region="map-all"
    for (Outcome<String, String> outcome : pool.mapAll(lines)) {
      tell.accept(
          switch (outcome) {
            case Outcome.Succeeded(var line, var answer) -> line + ": " + answer;
            case Outcome.Failed(var line, var cause) -> line + " failed: " + cause.getMessage();
            case Outcome.Cancelled(var line) -> line + " was cancelled";
            case Outcome.NotStarted(var line) -> line + " was not started";
          });
    }
    // @end
    return told;
  }

  static List<String> stream(WorkerPool<String, String> pool, Path file) throws IOException {
    List<String> told = new ArrayList<>();
    Consumer<String> tell = told::add;
    // @start region="stream"
    try (Stream<String> answers = pool.stream(Files.lines(file))) {
      answers.forEach(tell);
    }
    // @end
    return told;
  }

  static long unordered(WorkerPool<String, String> pool, Stream<String> lines) {
    // @start region="unordered"
    try (Stream<Outcome<String, String>> outcomes = pool.streamUnordered(lines)) {
      return outcomes.filter(outcome -> !outcome.isSucceeded()).count();
    }
    // @end
  }

  static String submit(WorkerPool<String, String> pool) {
    // @start region="submit"
    CompletableFuture<String> answer = pool.submit("hello");
    // @end
    return answer.join();
  }

  static String call(WorkerPool<String, String> pool) {
    // @start region="call"
    String answer = pool.call("hello");
    // @end
    return answer;
  }

  static List<CompletableFuture<String>> keyed(WorkerPool<String, String> pool, String account) {
    // @start region="keyed"
    CompletableFuture<String> first = pool.submit(account, "deposit 10");
    CompletableFuture<String> then = pool.submit(account, "withdraw 5"); // not before the first
    // @end
    return List.of(first, then);
  }

  static WorkerPool<String, String> even(WorkerFactory<String, String> asking) {
    // @start region="even"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking).workers(4).distribution(Distribution.EVEN).open();
    // @end
    return pool;
  }

  static WorkerPool<String, String> bounded(WorkerFactory<String, String> asking) {
    // @start region="bounded"
    WorkerPool<String, String> pool =
        WorkerPool.of(asking).queueCapacity(100).whenFull(WhenFull.REJECT).open();
    // @end
    return pool;
  }

  static String trySubmit(WorkerPool<String, String> pool, String line) {
    // @start region="try-submit"
    Optional<CompletableFuture<String>> accepted = pool.trySubmit(line);
    if (accepted.isEmpty()) {
      return "try later"; // 503, 429 or whatever says so to your callers
    }
    // @end
    return accepted.get().join();
  }

  static boolean isRefused(WorkerPool<String, String> pool, String line) {
    try {
      pool.submit(line);
      return false;
    } catch (QueueFullException e) {
      return true;
    }
  }

  static boolean idle(WorkerPool<String, String> pool) {
    return pool.awaitIdle(Duration.ofSeconds(20));
  }

  static List<String> gather(WorkerPool<String, String> pool, List<String> lines) {
    // @start region="gather"
    List<String> answers =
        lines.stream()
            .filter(line -> !line.isBlank())
            .gather(pool.inOrder())
            .filter(answer -> answer.startsWith("T"))
            .toList();
    // @end
    return answers;
  }
}
