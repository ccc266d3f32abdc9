package pool.codec;

import java.io.Serializable;

/** A value that another class loader can define, since it needs no class beside it. */
public record Alone(int number) implements Serializable {}
