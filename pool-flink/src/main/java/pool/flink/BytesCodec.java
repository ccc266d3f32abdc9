package pool.flink;

import pool.codec.Codec;

/** Bytes that are their own: what travels between the operators of a pool. Nobody changes them. */
record BytesCodec() implements Codec<byte[]> {

  @Override
  public byte[] toBytes(byte[] value) {
    return value;
  }

  @Override
  public byte[] fromBytes(byte[] bytes) {
    return bytes;
  }
}
