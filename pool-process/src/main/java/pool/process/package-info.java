/**
 * Workers in processes of their own. {@link pool.process.ProcessFactory} is the face, a factory
 * like any other. To read it as a story:
 *
 * <ul>
 *   <li>In the parent a {@code ProcessWorker} asks and waits; a {@code ChildProcess} is what it
 *       starts and ends, by a {@code ChildCommand}, and whose output goes to the log by {@code
 *       ChildOutput}.
 *   <li>In between is a {@code FrameChannel}; {@code Message} says what its frames mean, {@code
 *       Failures} how what was thrown travels.
 *   <li>In the child {@code ChildMain} reads what is asked, and a {@code ChildWorker} does it on
 *       the worker's thread.
 * </ul>
 */
package pool.process;
