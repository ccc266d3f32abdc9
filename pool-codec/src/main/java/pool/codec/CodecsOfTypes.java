package pool.codec;

/** The codecs of a factory that implements none. */
record CodecsOfTypes<J, R>(Codec<J> jobCodec, Codec<R> resultCodec) implements Codecs<J, R> {}
