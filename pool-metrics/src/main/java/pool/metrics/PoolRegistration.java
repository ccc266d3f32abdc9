package pool.metrics;

import java.lang.ref.Cleaner;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import pool.core.WorkerPool;

/**
 * The registration of a pool as an MBean, which lasts until it is closed; see {@link
 * PoolMXBeans#register}. Any thread may use it.
 */
public final class PoolRegistration implements AutoCloseable {

  // A pool does not notify registrations that it is closed; it would have to keep a list of them.
  // It is enough that nobody reads more than once from a closed pool, and that a new pool replaces
  // a closed one.

  private static final Logger LOG = LoggerFactory.getLogger(PoolRegistration.class);
  private static final Cleaner CLEANER = Cleaner.create();

  private final ObjectName name;
  private final MBeanServer server;
  private final AtomicBoolean isOver = new AtomicBoolean();

  private PoolRegistration(ObjectName name, MBeanServer server) {
    this.name = name;
    this.server = server;
  }

  static PoolRegistration register(
      WorkerPool<?, ?> pool, Optional<PoolMeter> meter, ObjectName name, MBeanServer server) {
    PoolRegistration registration = new PoolRegistration(name, server);
    PoolView view =
        meter.isPresent()
            ? new MeteredPoolView(pool, meter.get(), registration)
            : new PoolView(pool, registration);
    if (!registration.add(view)) {
      registration.dropIfClosed();
      if (!registration.add(view)) {
        throw new IllegalStateException(
            "a pool named '%s' is registered already, as %s: close that registration first, or give one of the two another name with name(...)"
                .formatted(pool.name(), name));
      }
    }
    CLEANER.register(pool, registration::close);
    return registration;
  }

  private boolean add(PoolView view) {
    try {
      server.registerMBean(view, name);
      return true;
    } catch (InstanceAlreadyExistsException e) {
      return false;
    } catch (JMException e) {
      throw new IllegalStateException("the MBean server refuses " + name, e);
    }
  }

  /** Reads the state of the registered pool; the MBean of a closed pool is then gone. */
  private void dropIfClosed() {
    try {
      Object _ = server.getAttribute(name, "State");
    } catch (JMException | RuntimeException e) { // its pool is gone, or it is not one of ours
      LOG.debug("{} cannot tell its state", name, e);
    }
  }

  /**
   * The name under which the pool is registered.
   *
   * @return a name for an MBean server
   */
  public ObjectName objectName() {
    return name;
  }

  /** The MBean is gone; another may have its name from now on. Must not wait for a closer. */
  void isGone() {
    isOver.set(true);
  }

  /** Unregisters the MBean. Closing it again does nothing. */
  @Override
  public synchronized void close() { // a second caller waits for the first
    if (isOver.compareAndSet(false, true)) {
      try {
        server.unregisterMBean(name);
      } catch (InstanceNotFoundException e) { // somebody else has unregistered it, as anybody may
        LOG.debug("{} was gone already", name);
      } catch (JMException e) {
        LOG.warn("{} could not be unregistered", name, e);
      }
    }
  }
}
