package pool.api;

import java.util.List;

/**
 * Opens workers. A plugin provides a factory.
 *
 * <p>All workers of a pool share one factory, and several pools may use it at once, so it must not
 * keep the state of a worker, a job or a pool. A factory that {@link java.util.ServiceLoader} is to
 * find is public and has a public constructor without parameters or, in a named module, a public
 * static {@code provider} method.
 *
 * {@snippet :
 * public final class AskFactory implements WorkerFactory<String, String> {
 *   public String name() { return "ask"; }
 *   public Class<String> jobType() { return String.class; }
 *   public Class<String> resultType() { return String.class; }
 *   public List<Option<?>> options() { return List.of(HOST, PORT, CONNECT_TIMEOUT); }
 *
 *   public Worker<String, String> open(WorkerContext context) throws IOException {
 *     return new AskWorker(context);
 *   }
 * }
 * }
 *
 * @param <J> the type of the jobs; wrap a parameterized type in a record
 * @param <R> the type of the results; wrap a parameterized type in a record
 */
public interface WorkerFactory<J, R> {

  /**
   * Returns the name by which users ask for this factory, such as {@code download}. It is unique
   * among the factories that are found together.
   *
   * @return the name
   */
  String name();

  /**
   * Returns the class of the jobs.
   *
   * @return the class
   */
  Class<J> jobType();

  /**
   * Returns the class of the results.
   *
   * @return the class
   */
  Class<R> resultType();

  /**
   * Returns what the workers do, in one line for users.
   *
   * @return the description, empty by default
   */
  default String description() {
    return "";
  }

  /**
   * Returns the options that the workers understand. A pool refuses any other option before it
   * opens a worker.
   *
   * @return the options, none by default
   */
  default List<Option<?>> options() {
    return List.of();
  }

  /**
   * Converts a line of text to a job. Called on the thread that reads the lines.
   *
   * <p>The default implementation understands strings, URIs, paths, boxed numbers, {@code
   * BigInteger} and {@code BigDecimal}. A factory with jobs of another type overrides it.
   *
   * @param line one line, without its line terminator
   * @return the job, not null
   * @throws IllegalArgumentException if the line is not a job; the message says why
   */
  default J read(String line) {
    return LineReaders.read(this, line);
  }

  /**
   * Opens a worker that is ready for jobs. The pool calls this method once for each worker, on the
   * thread that will run the worker's jobs and close it. The workers of a pool open in parallel.
   *
   * @param context the worker's name and options, and the owner of what it opens
   * @return the worker, not null
   * @throws Exception if the worker cannot be opened; what the context owns is closed
   */
  Worker<J, R> open(WorkerContext context) throws Exception;

  /**
   * A function that opens a worker: {@link WorkerFactory#open} as a lambda.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   */
  @FunctionalInterface
  interface Opener<J, R> {
    /**
     * Opens a worker that is ready for jobs. Called as {@link WorkerFactory#open} is.
     *
     * @param context the worker's name and options, and the owner of what it opens
     * @return the worker, not null
     * @throws Exception if the worker cannot be opened
     */
    Worker<J, R> open(WorkerContext context) throws Exception;
  }

  /**
   * Returns a factory that is made in place, for programs that need no plugin.
   *
   * {@snippet :
   * WorkerFactory<String, String> asking =
   *     WorkerFactory.of(
   *         "ask",
   *         String.class,
   *         String.class,
   *         context -> {
   *           LineClient client = context.own(new LineClient(server)); // once for each worker
   *           return client::ask; // for each job
   *         });
   * }
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param name the name of the factory
   * @param jobType the class of the jobs
   * @param resultType the class of the results
   * @param opener opens a worker
   * @return a new factory
   */
  static <J, R> WorkerFactory<J, R> of(
      String name, Class<J> jobType, Class<R> resultType, Opener<J, R> opener) {
    return of(name, jobType, resultType, List.of(), opener);
  }

  /**
   * Returns a factory that is made in place without class tokens, for types that have none, as in
   * {@code WorkerFactory<String, List<String>>}.
   *
   * <p>Its {@link #jobType} and {@link #resultType} are {@code Object.class}, so users cannot ask
   * for it by name and types, and it cannot {@linkplain #read convert lines to jobs}.
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param name the name of the factory
   * @param opener opens a worker
   * @return a new factory
   */
  @SuppressWarnings("unchecked") // nobody casts by these tokens: only what finds factories asks
  static <J, R> WorkerFactory<J, R> of(String name, Opener<J, R> opener) {
    return of(name, (Class<J>) Object.class, (Class<R>) Object.class, opener);
  }

  /**
   * Returns a factory that is made in place and whose workers understand options.
   *
   * {@snippet :
   * static final Option<Integer> PORT = Option.integer("port", "of the server");
   *
   * static WorkerFactory<String, String> askingWithPort() {
   *   return WorkerFactory.of(
   *       "ask",
   *       String.class,
   *       String.class,
   *       List.of(PORT),
   *       context -> {
   *         var server = new InetSocketAddress("localhost", context.get(PORT));
   *         LineClient client = context.own(new LineClient(server));
   *         return client::ask;
   *       });
   * }
   * }
   *
   * @param <J> the type of the jobs
   * @param <R> the type of the results
   * @param name the name of the factory
   * @param jobType the class of the jobs
   * @param resultType the class of the results
   * @param options the options that the workers understand
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
