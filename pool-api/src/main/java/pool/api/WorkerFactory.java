package pool.api;

import java.util.List;

/**
 * Opens workers; what a plugin provides.
 *
 * <p>A factory is shared by all workers of a pool and may be used by several pools at once: it
 * keeps no state. One that is found through {@link java.util.ServiceLoader} is public and has a
 * public constructor without parameters (or, in a named module, a public static {@code provider}
 * method).
 *
 * {@snippet file="ask/com/example/ask/AskFactory.java" region="factory"}
 *
 * @param <J> the jobs; a parameterized type is wrapped in a record
 * @param <R> the results; likewise
 */
public interface WorkerFactory<J, R> {

  /**
   * What users ask for, unique among the factories that are found together: {@code download}.
   *
   * @return the name
   */
  String name();

  /**
   * The type of the jobs.
   *
   * @return the class
   */
  Class<J> jobType();

  /**
   * The type of the results.
   *
   * @return the class
   */
  Class<R> resultType();

  /**
   * What it does, in one line for users.
   *
   * @return the description, empty by default
   */
  default String description() {
    return "";
  }

  /**
   * The options that its workers understand. Others are refused before any worker opens.
   *
   * @return the options, none by default
   */
  default List<Option<?>> options() {
    return List.of();
  }

  /**
   * Makes a job of a line of text. Called on the thread that reads the lines.
   *
   * <p>Understands jobs that are strings, URIs, paths, and boxed or big numbers; other factories
   * override this.
   *
   * @param line one line, without its end
   * @return the job, not null
   * @throws IllegalArgumentException when the line makes no job; the message says why
   */
  default J read(String line) {
    return LineReaders.read(this, line);
  }

  /**
   * Opens a worker that is ready for jobs. Called once for each worker, on the thread that will run
   * its jobs and close it; the workers of a pool open in parallel.
   *
   * @param context what the worker is told, and the owner of what it opens
   * @return the worker, not null
   * @throws Exception when it cannot be opened; what the context owns is closed
   */
  Worker<J, R> open(WorkerContext context) throws Exception;

  /**
   * Opens a worker: {@link WorkerFactory#open} as a lambda.
   *
   * @param <J> the jobs
   * @param <R> the results
   */
  @FunctionalInterface
  interface Opener<J, R> {
    /**
     * Opens a worker that is ready for jobs.
     *
     * @param context what the worker is told, and the owner of what it opens
     * @return the worker, not null
     * @throws Exception when it cannot be opened
     */
    Worker<J, R> open(WorkerContext context) throws Exception;
  }

  /**
   * A factory made in place, for programs that need no plugin.
   *
   * {@snippet file="guide/Opening.java" region="factory"}
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the factory's name
   * @param jobType the type of the jobs
   * @param resultType the type of the results
   * @param opener opens a worker
   * @return a new factory
   */
  static <J, R> WorkerFactory<J, R> of(
      String name, Class<J> jobType, Class<R> resultType, Opener<J, R> opener) {
    return of(name, jobType, resultType, List.of(), opener);
  }

  /**
   * A factory made in place without class tokens, for types that have none: {@code
   * WorkerFactory<String, List<String>>}. Its {@link #jobType} and {@link #resultType} are {@code
   * Object.class}, so it cannot be asked for by name and types, nor {@linkplain #read make jobs of
   * lines}.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the factory's name
   * @param opener opens a worker
   * @return a new factory
   */
  @SuppressWarnings("unchecked") // nobody casts by these tokens: only what finds factories asks
  static <J, R> WorkerFactory<J, R> of(String name, Opener<J, R> opener) {
    return of(name, (Class<J>) Object.class, (Class<R>) Object.class, opener);
  }

  /**
   * A factory made in place whose workers understand options.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the factory's name
   * @param jobType the type of the jobs
   * @param resultType the type of the results
   * @param options what its workers understand
   * @param opener opens a worker
   * @return a new factory
   */
  static <J, R> WorkerFactory<J, R> of(
      String name,
      Class<J> jobType,
      Class<R> resultType,
      List<Option<?>> options,
      Opener<J, R> opener) {
    return new InPlaceFactory<>(name, jobType, resultType, options, opener);
  }
}
