package pool.metrics;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import pool.core.WorkerPool;

/** Registers pools as MBeans of the platform's server. */
public final class PoolMXBeans {

  private PoolMXBeans() {}

  /**
   * Registers a pool as {@code pool:type=WorkerPool,name="..."}, a {@link PoolMXBean}. A pool that
   * is registered can still be detected as forgotten. The MBean goes away when the registration is
   * closed, when somebody has read from it that the pool is closed, or when the pool becomes
   * unreachable. The MBean of a closed pool gives way to a new pool of the same name.
   *
   * {@snippet file="pool/metrics/Showing.java" region="jmx"}
   *
   * @param pool what to show
   * @return the registration, which does not keep the pool reachable either
   * @throws IllegalStateException when a pool of that name is registered and not closed
   */
  public static PoolRegistration register(WorkerPool<?, ?> pool) {
    return register(pool, Optional.empty());
  }

  /**
   * Registers a pool that is measured, as a {@link MeteredPoolMXBean}.
   *
   * @param pool what to show
   * @param meter the pool's listener
   * @return the registration
   * @throws IllegalStateException when a pool of that name is registered and not closed
   */
  public static PoolRegistration register(WorkerPool<?, ?> pool, PoolMeter meter) {
    return register(pool, Optional.of(meter));
  }

  private static PoolRegistration register(WorkerPool<?, ?> pool, Optional<PoolMeter> meter) {
    return PoolRegistration.register(
        pool, meter, objectName(pool.name()), ManagementFactory.getPlatformMBeanServer());
  }

  /** Quotes the name, since it may be any text. */
  private static ObjectName objectName(String pool) {
    try {
      return new ObjectName("pool:type=WorkerPool,name=" + ObjectName.quote(pool));
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException("no object name can be made of pool '" + pool + "'", e);
    }
  }
}
