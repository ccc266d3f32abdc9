package pool.metrics;

import java.lang.management.ManagementFactory;
import java.util.Optional;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import pool.core.WorkerPool;

/** Makes pools visible as MBeans of the platform's server. */
public final class PoolMXBeans {

  private PoolMXBeans() {}

  /**
   * Registers a pool as {@code pool:type=WorkerPool,name="..."}, a {@link PoolMXBean}. The MBean
   * does not keep the pool from being noticed when it is forgotten. It goes when the registration
   * is closed, when somebody has read from it that the pool is closed, or when the pool is
   * unreachable. One of a closed pool gives way to a new one of the same name.
   *
   * {@snippet file="pool/metrics/Showing.java" region="jmx"}
   *
   * @param pool what to show
   * @return the registration, which does not keep the pool either
   * @throws IllegalStateException when a pool of that name is registered and not closed
   */
  public static PoolRegistration register(WorkerPool<?, ?> pool) {
    return register(pool, Optional.empty());
  }

  /**
   * The same for a pool that is measured: a {@link MeteredPoolMXBean}.
   *
   * @param pool what to show
   * @param meter that the pool has as its listener
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

  /** Quoted, since a name may be anything. */
  private static ObjectName objectName(String pool) {
    try {
      return new ObjectName("pool:type=WorkerPool,name=" + ObjectName.quote(pool));
    } catch (MalformedObjectNameException e) {
      throw new IllegalArgumentException("no object name can be made of pool '" + pool + "'", e);
    }
  }
}
