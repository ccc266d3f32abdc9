package pool.cli.input;

import java.io.IOException;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;

/** The lines of a run, and the jobs that they make; used by one thread at a time. */
public interface LineSource {

  /**
   * Reads the header, if the format has one. Without this call, {@link #next} reads it.
   *
   * @throws BadHeaderException when it does not fit the jobs
   * @throws IOException when it cannot be read
   */
  default void readHeader() throws IOException {}

  /**
   * Reads the next line.
   *
   * @return null when there is none
   * @throws BadHeaderException when {@link #readHeader} throws it
   * @throws IOException when it cannot be read
   */
  @Nullable InputLine next() throws IOException;

  /**
   * Makes the job of a line.
   *
   * @param factory the factory of the job; its code may throw anything
   * @param line a line of this source that is not wrong
   * @return null when the factory returned null
   * @throws Exception when the line makes no job; its message says why
   */
  default @Nullable Object job(WorkerFactory<?, ?> factory, InputLine line) throws Exception {
    return factory.read(line.text());
  }
}
