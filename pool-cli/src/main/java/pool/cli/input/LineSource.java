package pool.cli.input;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/** Where the lines of a run come from, and what jobs they make; used by one thread at a time. */
public interface LineSource {

  /**
   * Reads what stands before the first line, if the format has that. Whoever does not call this
   * learns the same of {@link #next}.
   *
   * @throws BadHeaderException when it does not fit the jobs
   * @throws IOException when it cannot be read
   */
  default void readHeader() throws IOException {}

  /**
   * The next line.
   *
   * @return null when there is none
   * @throws BadHeaderException when {@link #readHeader} throws it
   * @throws IOException when it cannot be read
   */
  @Nullable InputLine next() throws IOException;

  /**
   * The job that a line makes.
   *
   * @param factory whose job it is; its code may throw whatever it wants
   * @param line one of this source that is not wrong
   * @return null when the factory returned that
   * @throws Exception when the line makes no job; its message says why
   */
  default @Nullable Object job(WorkerFactory<?, ?> factory, InputLine line) throws Exception {
    return factory.read(line.text());
  }
}
