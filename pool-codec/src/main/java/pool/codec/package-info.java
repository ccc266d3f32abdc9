/**
 * Values that leave a process. A {@link pool.codec.Codec} turns the jobs or the results of a
 * factory into bytes: a {@code TextCodec} or a {@code SerialCodec}, whose {@code SerialTypes} and
 * {@code ClaimedLengths} bound what is read, unless the factory has {@link pool.codec.Codecs} of
 * its own. What a worker threw travels as {@link pool.codec.FailureBytes} and is a {@link
 * pool.codec.RemoteFailure} at the other end. {@link pool.codec.JsonValue} writes results for
 * people and programs of other languages.
 */
package pool.codec;
