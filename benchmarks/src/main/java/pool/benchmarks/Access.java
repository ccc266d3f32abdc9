package pool.benchmarks;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.commons.pool2.BasePooledObjectFactory;
import org.apache.commons.pool2.PooledObject;
import org.apache.commons.pool2.impl.DefaultPooledObject;
import org.apache.commons.pool2.impl.GenericObjectPool;
import stormpot.Allocator;
import stormpot.Pool;
import stormpot.PoolTap;
import stormpot.Pooled;
import stormpot.Slot;
import stormpot.Timeout;

/** A way by which a job that runs on anybody's thread comes by its resource. */
interface Access extends Work, AutoCloseable {

  @Override
  default void close() {}

  /**
   * Opens the access that a benchmark's parameter names.
   *
   * @param size how many resources there are to borrow
   * @param virtual whether the jobs run on a virtual thread each
   */
  static Access open(String name, int size, boolean virtual, Supplier<Resource> opener) {
    return switch (name) {
      case "thread-local" -> virtual ? new ThreadLocalOfOneJob(opener) : new ThreadLocals(opener);
      case "commons-pool2" -> new Commons(size, opener);
      case "stormpot" -> new Stormpot(size, virtual, opener);
      case "open-per-job" -> job -> useOnce(opener, job);
      default -> throw new IllegalArgumentException("no access is named '" + name + "'");
    };
  }

  private static Integer useOnce(Supplier<Resource> opener, Integer job) {
    try (Resource resource = opener.get()) {
      return resource.use(job);
    }
  }

  /** One for each thread; closed by hand, since no thread does it. */
  final class ThreadLocals implements Access {
    private final Queue<Resource> opened = new ConcurrentLinkedQueue<>();
    private final ThreadLocal<Resource> local;

    ThreadLocals(Supplier<Resource> opener) {
      local =
          ThreadLocal.withInitial(() -> {
            Resource resource = opener.get();
            opened.add(resource);
            return resource;
          });
    }

    @Override
    public Integer run(Integer job) {
      return local.get().use(job);
    }

    @Override
    public void close() {
      opened.forEach(Resource::close);
    }
  }

  /**
   * One for each thread, where each job has a thread of its own. The job closes it: otherwise every
   * job would leave an open connection behind.
   */
  final class ThreadLocalOfOneJob implements Access {
    private final ThreadLocal<Resource> local;

    ThreadLocalOfOneJob(Supplier<Resource> opener) {
      local = ThreadLocal.withInitial(opener);
    }

    @Override
    public Integer run(Integer job) {
      try (Resource resource = local.get()) {
        return resource.use(job);
      }
    }
  }

  /** Borrow and return, with commons-pool2 as it is configured by default. */
  final class Commons implements Access {
    private final GenericObjectPool<Resource> pool;

    Commons(int size, Supplier<Resource> opener) {
      pool = new GenericObjectPool<>(new Factory(opener));
      pool.setMaxTotal(size);
      pool.setMaxIdle(size);
    }

    @Override
    public Integer run(Integer job) {
      try {
        Resource resource = pool.borrowObject();
        try {
          return resource.use(job);
        } finally {
          pool.returnObject(resource);
        }
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      pool.close();
    }

    private static final class Factory extends BasePooledObjectFactory<Resource> {
      private final Supplier<Resource> opener;

      Factory(Supplier<Resource> opener) {
        this.opener = opener;
      }

      @Override
      public Resource create() {
        return opener.get();
      }

      @Override
      public PooledObject<Resource> wrap(Resource resource) {
        return new DefaultPooledObject<>(resource);
      }

      @Override
      public void destroyObject(PooledObject<Resource> pooled) {
        pooled.getObject().close();
      }
    }
  }

  /** Borrow and return, with Stormpot as it is configured by default. */
  final class Stormpot implements Access {
    private static final Timeout PATIENCE = new Timeout(1, TimeUnit.MINUTES);

    private final Pool<Pooled<Resource>> pool;
    private final PoolTap<Pooled<Resource>> tap;

    Stormpot(int size, boolean virtual, Supplier<Resource> opener) {
      pool = Pool.from(new Opening(opener)).setSize(size).build();
      tap = virtual ? pool.getVirtualThreadSafeTap() : pool.getThreadSafeTap();
    }

    @Override
    public Integer run(Integer job) {
      try (Pooled<Resource> pooled = tap.claim(PATIENCE)) {
        return pooled.object.use(job);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void close() {
      try {
        pool.shutdown().await(PATIENCE);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }

    private record Opening(Supplier<Resource> opener) implements Allocator<Pooled<Resource>> {
      @Override
      public Pooled<Resource> allocate(Slot slot) {
        return new Pooled<>(slot, opener.get());
      }

      @Override
      public void deallocate(Pooled<Resource> pooled) {
        pooled.object.close();
      }
    }
  }
}
