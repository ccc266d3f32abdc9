package pool.core.internal.worker;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.StandaloneContext;
import pool.api.WorkerContext;
import pool.core.internal.life.Base;

/**
 * What a worker of a pool is told. A new one for each worker, so each opening reads its options.
 */
@SuppressWarnings("try") // it closes whatever resources a worker owns
public final class PoolContext implements WorkerContext, AutoCloseable {

  private final Base base;
  private final String worker; // its name
  private final int index;
  private final WorkerSource<?, ?> source;
  private volatile Map<String, Object> values = Map.of(); // of the options
  private final StandaloneContext owner = WorkerContext.standalone();

  PoolContext(Base base, String worker, int index, WorkerSource<?, ?> source) {
    this.base = base;
    this.worker = worker;
    this.index = index;
    this.source = source;
  }

  @Override
  public String poolName() {
    return base.settings().name();
  }

  @Override
  public String workerName() {
    return worker;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  @SuppressWarnings("unchecked") // the value was given or read by the factory's option
  public <T> T get(Option<T> option) {
    Object value = values.get(option.name());
    return value == null ? option.valueIn(Map.of()) : (T) value;
  }

  /** Reads every option, before the worker opens, unless it is to have the values of another. */
  void readOptions(@Nullable Map<String, Object> ofAnother) {
    Map<String, Object> read = new HashMap<>();
    if (ofAnother == null) {
      source.optionValues().forEach((name, from) -> read.put(name, value(name, from)));
    }
    values = ofAnother == null ? read : ofAnother;
  }

  /** The values of its options. */
  Map<String, Object> values() {
    return values;
  }

  private static Object value(String option, Supplier<?> source) {
    Object value = source.get();
    if (value == null) {
      throw new IllegalArgumentException(
          "the supplier of option '%s' returned null instead of a value".formatted(option));
    }
    return value;
  }

  @Override
  public Map<String, String> options() {
    return source.options().texts();
  }

  @Override
  public boolean isClosing() {
    return base.life().isClosing();
  }

  @Override
  public Duration cancelGrace() {
    return base.settings().cancelGrace();
  }

  @Override
  public <T extends AutoCloseable> T own(T resource) {
    return owner.own(resource);
  }

  /** Closes what the worker owns, the last first. */
  @Override
  public void close() throws Exception {
    owner.close();
  }
}
