/**
 * Factories, workers and options: all that a plugin compiles against.
 *
 * <p><b>Threads and memory.</b> A worker is confined to one thread from {@link
 * pool.api.WorkerFactory#open} to {@link pool.api.Worker#close}, so its fields need no
 * synchronization. What a submitter wrote before it submitted a job is visible to {@link
 * pool.api.Worker#run}; what {@code run} wrote is visible to whoever sees the job's future done.
 * The one method called from another thread is {@link pool.api.Worker#cancel}.
 */
package pool.api;
