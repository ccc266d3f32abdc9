/**
 * Workers in processes of their own. To read it: {@link pool.process.ProcessFactory} opens a {@code
 * ProcessWorker}, which starts a {@code ChildProcess} by a {@code ChildCommand} and speaks to it
 * over {@code FrameChannel}s, in {@code Message}s; a {@code StopClock} says when it is killed. In
 * the child, {@code ChildMain} connects, and a {@code ChildWorker} does what is asked; {@code
 * BatchAnswers} are what it has to say of a batch.
 */
package pool.process;
