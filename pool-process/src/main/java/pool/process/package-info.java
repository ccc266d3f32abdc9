/**
 * Workers in separate processes. To read the code: {@link pool.process.ProcessFactory} opens a
 * {@code ProcessWorker}, which starts a {@code ChildProcess} with a {@code ChildCommand} and
 * communicates with it over {@code FrameChannel}s, in {@code Message}s; a {@code StopClock} says
 * when to kill it. In the child, {@code ChildMain} connects, and a {@code ChildWorker} does what
 * the parent asks; its {@code BatchAnswers} send the results of a batch.
 */
package pool.process;
