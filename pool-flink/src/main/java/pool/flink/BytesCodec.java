package pool.flink;

import pool.codec.Codec;

/** Bytes as they are, which travel between the operators of a pool. Nobody may change them. */
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
