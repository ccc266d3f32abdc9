package pool.plugins.example.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What a program says about a job. */
sealed interface Answer {

  /** Which job; the number that it was asked with. */
  long id();

  /**
   * It is done.
   *
   * @param value as JSON has it: texts, numbers, booleans, lists, maps, null
   */
  record Result(long id, @Nullable Object value) implements Answer {}

  /** It has failed, and the program goes on. */
  record Failed(long id, String message) implements Answer {}

  /** Nothing was done; it is to be run again. */
  record Later(long id, Duration delay) implements Answer {}

  /** The program cannot go on, whatever the job. */
  record Broken(String reason) implements Answer {

    @Override
    public long id() {
      throw new IllegalStateException("a program that is broken speaks of no job");
    }
  }
}
