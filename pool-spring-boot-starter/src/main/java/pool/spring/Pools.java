package pool.spring;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.springframework.beans.factory.config.DestructionAwareBeanPostProcessor;
import org.springframework.beans.factory.support.AbstractBeanDefinition;
import org.springframework.beans.factory.support.MergedBeanDefinitionPostProcessor;
import org.springframework.beans.factory.support.RootBeanDefinition;
import pool.core.WorkerPool;

/**
 * The pools of the context, in the order in which they were made: those of the properties, and
 * those that the application declares as beans.
 *
 * <p>By default the container would call their {@code close}, which throws an exception with the
 * report that the pool has already logged. Therefore this class leaves the container no method to
 * call, and closes each pool itself at the same moment. That matters when the context fails before
 * it has started; otherwise {@link PoolLifecycle} has closed the pools by then.
 */
final class Pools implements MergedBeanDefinitionPostProcessor, DestructionAwareBeanPostProcessor {

  private final PoolClosing closing;
  private final Set<String> singletons = ConcurrentHashMap.newKeySet(); // names of beans

  // Guarded by this object's monitor:

  private final Map<String, Managed> pools = new LinkedHashMap<>(); // by the pool's own name
  private final List<Consumer<WorkerPool<?, ?>>> watchers = new ArrayList<>();

  Pools(PoolClosing closing) {
    this.closing = closing;
  }

  /** A pool and its bean. */
  private record Managed(String bean, WorkerPool<?, ?> pool) {}

  @Override
  public void postProcessMergedBeanDefinition(
      RootBeanDefinition definition, Class<?> type, String bean) {
    if (!WorkerPool.class.isAssignableFrom(type) || !definition.isSingleton()) {
      return;
    }
    singletons.add(bean);
    String destroy = definition.getDestroyMethodName();
    if (destroy == null || destroy.equals(AbstractBeanDefinition.INFER_METHOD)) {
      definition.setDestroyMethodName("");
    }
  }

  @Override
  public Object postProcessAfterInitialization(Object object, String bean) {
    if (object instanceof WorkerPool<?, ?> pool && singletons.contains(bean)) {
      add(bean, pool);
    }
    return object;
  }

  private void add(String bean, WorkerPool<?, ?> pool) {
    Managed other;
    List<Consumer<WorkerPool<?, ?>>> toTell;
    synchronized (this) {
      other = pools.putIfAbsent(pool.name(), new Managed(bean, pool));
      toTell = List.copyOf(watchers);
    }
    if (other != null && other.pool().equals(pool)) {
      return; // two beans, one pool
    }
    try {
      if (other != null) {
        throw sameName(pool.name(), other.bean(), bean);
      }
      toTell.forEach(watcher -> watcher.accept(pool));
    } catch (RuntimeException e) {
      closing.close(pool); // nothing else will: there is no bean
      forget(pool);
      throw e;
    }
  }

  /** In logs, health, metrics and the endpoint nobody could distinguish the two pools. */
  private static PoolConfigurationException sameName(String name, String first, String second) {
    return new PoolConfigurationException(
        PoolSettings.property(name),
        null,
        "two pools are named '%s', those of the beans '%s' and '%s'".formatted(name, first, second),
        "Give each a name of its own: builder.name(\"...\").",
        null);
  }

  @Override
  public boolean requiresDestruction(Object object) {
    return object instanceof WorkerPool<?, ?> pool && all().contains(pool);
  }

  @Override
  public void postProcessBeforeDestruction(Object object, String bean) {
    if (object instanceof WorkerPool<?, ?> pool) {
      closing.close(pool);
      forget(pool);
    }
  }

  private synchronized void forget(WorkerPool<?, ?> pool) {
    pools.values().removeIf(managed -> managed.pool().equals(pool));
  }

  synchronized List<WorkerPool<?, ?>> all() {
    List<WorkerPool<?, ?>> all = new ArrayList<>();
    pools.values().forEach(managed -> all.add(managed.pool()));
    return all;
  }

  synchronized Optional<WorkerPool<?, ?>> find(String name) {
    return Optional.ofNullable(pools.get(name)).map(Managed::pool);
  }

  /** Passes each pool to a watcher: those that exist, and those that are made later. */
  void watch(Consumer<WorkerPool<?, ?>> watcher) {
    List<WorkerPool<?, ?>> there;
    synchronized (this) {
      watchers.add(watcher);
      there = all();
    }
    there.forEach(watcher);
  }
}
