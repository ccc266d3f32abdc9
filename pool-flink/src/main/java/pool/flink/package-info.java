/**
 * The plugins of the pool on a cluster of Apache Flink. To read the code as a story: {@link
 * pool.flink.FlinkPool} is the public face, and turns a stream of jobs into a stream of outcomes.
 *
 * <ul>
 *   <li>On the cluster, {@code PoolFunction} is the pool of a task. Its {@code PoolSettings} say
 *       how to open it, and {@code Discovery} finds its factory; {@code SafeSettings} are the
 *       settings of Flink that keep anything from being lost.
 *   <li>Between processes everything is bytes, made by a {@link pool.codec.Codec}; an {@code
 *       OutcomeCodec} handles what comes back.
 *   <li>For Flink a codec is a {@code CodecType} with a {@code CodecSerializer}, and in savepoints
 *       a {@link pool.flink.CodecSnapshot}.
 *   <li>{@link pool.flink.FlinkRun} is the program for {@code flink run}, which writes {@code
 *       OutcomeLines}.
 * </ul>
 */
@NullMarked
package pool.flink;

import org.jspecify.annotations.NullMarked;
