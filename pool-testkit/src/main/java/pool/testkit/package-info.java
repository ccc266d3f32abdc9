/**
 * Support for JUnit tests of plugins and applications.
 *
 * <ul>
 *   <li>{@link pool.testkit.WorkerFactoryContract}: what a pool expects of a plugin. A test class
 *       of ten lines checks a factory against it.
 *   <li>{@link pool.testkit.RecordingFactory}: wraps a factory, and records which calls were made,
 *       in which order, on which worker and thread, for which job.
 *   <li>{@link pool.testkit.Faults}: wrap a factory, and make the n-th call of a kind throw, hang
 *       or break its worker.
 * </ul>
 */
package pool.testkit;
