/**
 * Values that leave a process. A {@link pool.codec.Codec} turns the jobs or the results of a
 * factory into bytes. It is a {@code TextCodec} or a {@code SerialCodec}, whose {@code SerialTypes}
 * and {@code ClaimedLengths} limit what is read, unless the factory has its own {@link
 * pool.codec.Codecs}. An exception of a worker travels as {@link pool.codec.FailureBytes}, and
 * becomes a {@link pool.codec.RemoteFailure} at the other end. {@link pool.codec.JsonValue} writes
 * results for people and for programs in other languages.
 */
package pool.codec;
