/**
 * The plugins of the pool on a cluster of Apache Flink. To read it as a story: {@link
 * pool.flink.FlinkPool} is the face, and wires a stream of jobs to a stream of outcomes.
 *
 * <ul>
 *   <li>On the cluster: {@code PoolFunction} is a task's pool, opened as its {@code PoolSettings}
 *       say with the factory that {@code Discovery} finds; {@code SafeSettings} is what Flink is
 *       told so that nothing is lost.
 *   <li>Between processes everything is bytes, by {@link pool.codec.Codec}; an {@code OutcomeCodec}
 *       is for what comes back.
 *   <li>For Flink a codec is a {@code CodecType} with a {@code CodecSerializer}, and in savepoints
 *       a {@link pool.flink.CodecSnapshot}.
 *   <li>{@link pool.flink.FlinkRun} is the program for {@code flink run}; {@code OutcomeLines} is
 *       what it writes.
 * </ul>
 */
@NullMarked
package pool.flink;

import org.jspecify.annotations.NullMarked;
