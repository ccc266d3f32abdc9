package pool.codec;

/** Those of a factory that has none of its own. */
record CodecsOfTypes<J, R>(Codec<J> jobCodec, Codec<R> resultCodec) implements Codecs<J, R> {}
