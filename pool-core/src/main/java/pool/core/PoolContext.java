package pool.core;

import java.util.Map;
import pool.api.Option;
import pool.api.StandaloneContext;
import pool.api.WorkerContext;

/** What a worker of a pool is told. A new one for each worker. */
final class PoolContext implements WorkerContext {

  private final Settings settings;
  private final Lifecycle life;
  private final String workerName;
  private final int index;
  private final StandaloneContext owner = WorkerContext.standalone();

  PoolContext(Settings settings, Lifecycle life, String workerName, int index) {
    this.settings = settings;
    this.life = life;
    this.workerName = workerName;
    this.index = index;
  }

  @Override
  public String poolName() {
    return settings.name();
  }

  @Override
  public String workerName() {
    return workerName;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  @SuppressWarnings("unchecked") // the value was read by the factory's option of that name
  public <T> T get(Option<T> option) {
    Object value = settings.optionValues().get(option.name());
    return value != null ? (T) value : option.valueIn(Map.of());
  }

  @Override
  public Map<String, String> options() {
    return settings.optionTexts();
  }

  @Override
  public boolean isClosing() {
    return life.isClosing();
  }

  @Override
  @SuppressWarnings("try")
  public <T extends AutoCloseable> T own(T resource) {
    return owner.own(resource);
  }

  /** Closes what the worker owns, the last first. */
  void closeOwned() throws Exception {
    owner.close();
  }
}
