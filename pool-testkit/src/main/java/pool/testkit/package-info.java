/**
 * For the tests of plugins and of applications, with JUnit.
 *
 * <ul>
 *   <li>{@link pool.testkit.WorkerFactoryContract}: what a pool expects of a plugin. A test class
 *       of ten lines holds a factory to it.
 *   <li>{@link pool.testkit.RecordingFactory}: wraps a factory, and tells what was called on which
 *       worker, thread and job, in which order.
 *   <li>{@link pool.testkit.Faults}: wraps a factory, and lets the n-th call of a kind throw, hang
 *       or break its worker.
 * </ul>
 */
package pool.testkit;
