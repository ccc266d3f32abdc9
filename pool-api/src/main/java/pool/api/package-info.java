/**
 * Factories, workers and options: all that a plugin compiles against.
 *
 * <ul>
 *   <li>{@link pool.api.WorkerFactory} opens workers. A plugin provides one.
 *   <li>{@link pool.api.Worker} does jobs with the resource that it has opened; a {@link
 *       pool.api.BatchWorker} does several in one call.
 *   <li>{@link pool.api.WorkerContext} tells a worker its name, slot and options, and closes what
 *       the worker {@linkplain pool.api.WorkerContext#own gives it}.
 *   <li>{@link pool.api.Option} is a typed setting of a factory.
 * </ul>
 *
 * {@snippet :
 * public final class NoteFactory implements WorkerFactory<String, Integer> {
 *   public String name() { return "note"; }
 *   public Class<String> jobType() { return String.class; }
 *   public Class<Integer> resultType() { return Integer.class; }
 *
 *   public Worker<String, Integer> open(WorkerContext context) throws SQLException {
 *     var connection = context.own(DriverManager.getConnection("jdbc:sqlite:notes.db"));
 *     var insert = context.own(connection.prepareStatement("insert into notes values (?)"));
 *     return note -> { // for each job, on the same thread
 *       try {
 *         insert.setString(1, note);
 *         return insert.executeUpdate();
 *       } catch (SQLException e) {
 *         if (!connection.isValid(5)) {
 *           throw new WorkerBrokenException("the connection is lost", e); // another is opened
 *         }
 *         throw e; // the note is to blame
 *       }
 *     };
 *   }
 * }
 * }
 *
 * <p>A run that throws fails its job. {@link pool.api.WorkerBrokenException} says that the worker's
 * resource is broken, and {@link pool.api.RetryLaterException} that the pool must run the job again
 * later.
 *
 * <p>Unless the documentation says otherwise, arguments and results are not null.
 *
 * <p><b>Threads and memory.</b> A worker is confined to one thread from {@link
 * pool.api.WorkerFactory#open} to {@link pool.api.Worker#close}, so its fields need no
 * synchronization. What a submitter wrote before it submitted a job is visible to {@link
 * pool.api.Worker#run}; what {@code run} wrote is visible to any thread that sees the job's future
 * done. {@link pool.api.Worker#cancel} is the only method that another thread calls.
 */
package pool.api;
