package example;

import java.util.List;
import pool.core.Outcome;
import pool.core.WorkerPool;
import pool.process.ProcessFactory;

/** Survives a crash of native code. */
public final class Crash {

  private Crash() {}

  public static void main(String[] args) {
    ProcessFactory<String, Long> isolated =
        ProcessFactory.of(StringLengthFactory.class)
            .jvmOption("--enable-native-access=ALL-UNNAMED");
    try (var pool = WorkerPool.of(isolated).workers(2).open()) {
      for (Outcome<String, Long> outcome : pool.mapAll(List.of("a", "word", "crash", "or two"))) {
        switch (outcome) {
          case Outcome.Succeeded(String job, Long length) -> System.out.println(job + ": " + length);
          case Outcome.Failed(String job, Throwable cause) ->
              System.out.println(job + ": " + cause.getMessage());
          default -> System.out.println("not done: " + outcome);
        }
      }
      System.out.println("and one more: " + pool.call("one more"));
    }
    System.out.println(isolated.counts());
  }
}
