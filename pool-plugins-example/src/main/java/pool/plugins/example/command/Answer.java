package pool.plugins.example.command;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** An answer of a program about a job. */
sealed interface Answer {

  /** The number with which the job was sent. */
  long id();

  /**
   * The job is done.
   *
   * @param value the result as JSON has it: text, number, boolean, list, map or null
   */
  record Result(long id, @Nullable Object value) implements Answer {}

  /** The job has failed, and the program goes on. */
  record Failed(long id, String message) implements Answer {}

  /** Nothing was done; the job is to be run again. */
  record Later(long id, Duration delay) implements Answer {}

  /** The program cannot go on, whatever the job. */
  record Broken(String reason) implements Answer {

    @Override
    public long id() {
      throw new IllegalStateException("a program that is broken speaks of no job");
    }
  }
}
