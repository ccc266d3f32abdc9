package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.lang.reflect.Constructor;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import pool.api.Worker;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;

/** Workers that are replaced a hundred times while submitters go on, with whatever else happens. */
@Timeout(120)
class SwapsUnderLoadTest {

  private static final int SWAPS = 100;
  private static final int WORKERS = 4;
  private static final int HANGS = WORKERS - 1; // each costs a thread that is replaced

  private final AtomicInteger opened = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final AtomicInteger hangs = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();
  private final AtomicInteger complete = new AtomicInteger(); // the version of the last swap
  private final AtomicBoolean isOver = new AtomicBoolean();
  private final Semaphore abandoned = new Semaphore(0);
  private final Queue<Throwable> wrong = new ConcurrentLinkedQueue<>();

  /** What a job is to do is its number, so that each submitter has some of everything. */
  private final class Versioned implements Worker<Integer, Integer> {

    private final int version;

    Versioned(int version) {
      this.version = version;
      opened.incrementAndGet();
    }

    @Override
    public Integer run(Integer job) throws Exception {
      if (job % 1_000 == 999 && hangs.getAndIncrement() < HANGS) {
        abandoned.acquireUninterruptibly(); // it times out, is abandoned, and then comes back
      }
      if (job % 500 == 499) {
        throw new WorkerBrokenException("as asked");
      }
      return version;
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private WorkerFactory<Integer, Integer> factory(int version, boolean fails) {
    return WorkerFactory.of(
        "versioned",
        Integer.class,
        Integer.class,
        _ -> {
          if (fails) {
            throw new IOException("version " + version);
          }
          return new Versioned(version);
        });
  }

  private interface Submitter {
    List<Integer> ask(int job) throws Exception;
  }

  private Thread start(Submitter submitter) {
    return Thread.ofPlatform()
        .start(() -> {
          for (int job = 0; !isOver.get(); job++) {
            int atLeast = complete.get();
            try {
              for (int version : submitter.ask(job)) {
                assertTrue(version >= atLeast, () -> version + " after " + atLeast);
                done.incrementAndGet();
              }
            } catch (ExecutionException e) {
              Throwable cause = e.getCause();
              if (!(cause instanceof WorkerBrokenException || cause instanceof TimeoutException)) {
                wrong.add(e);
              }
            } catch (Throwable e) {
              wrong.add(e);
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("pool.core.Kinds#threadsAndDistributions")
  void aHundredSwapsUnderFourSubmittersLoseNothing(ThreadKind threads, Distribution distribution)
      throws Exception {
    WorkerPool<Integer, Integer> pool =
        WorkerPool.of(factory(0, false))
            .workers(WORKERS)
            .threads(threads)
            .distribution(distribution)
            .maxJobsPerWorker(300)
            .jobTimeout(Duration.ofMillis(200))
            .cancelGrace(Duration.ofMillis(10))
            .listener(
                new PoolListener() {
                  @Override
                  public void workerAbandoned(CloseReport.Abandoned worker, Instant at) {
                    abandoned.release();
                  }
                })
            .open();
    List<Integer> batch = IntStream.range(0, 20).boxed().toList();
    List<Thread> submitters =
        List.of(
            start(job -> List.of(pool.submit(job).get())),
            start(job -> List.of(pool.submit("key" + job % 3, job).get())),
            start(_ -> pool.map(batch)),
            start(_ -> pool.stream(batch.stream()).toList()));
    int incomplete = 0;
    for (int version = 1; version <= SWAPS; version++) {
      boolean fails = version % 3 == 0;
      ReplaceReport report = pool.replaceWorkers(factory(version, fails));
      if (fails) {
        assertInstanceOf(IOException.class, report.cause().orElseThrow());
        assertEquals(0, report.replaced());
      } else {
        incomplete += report.isComplete() ? 0 : 1;
        complete.set(report.isComplete() ? version : complete.get());
      }
    }
    assertEquals(0, incomplete);
    Thread last = Thread.ofPlatform().start(() -> pool.replaceWorkers(factory(SWAPS, false)));
    isOver.set(true);
    for (Thread submitter : submitters) {
      assertTrue(submitter.join(Duration.ofSeconds(20)));
    }
    CloseReport report = pool.shutdown(Duration.ofSeconds(20)); // beside the last swap
    assertTrue(last.join(Duration.ofSeconds(20)));
    assertEquals(List.of(), List.copyOf(wrong));
    assertTrue(done.get() > SWAPS, () -> "only " + done + " jobs were done");
    assertEquals(0, report.notStarted() + report.cancelled());
    assertEquals(report.submitted(), report.succeeded() + report.failed());
    Await.until("closed", () -> closed.get() == opened.get());
  }

  /** Defines the factory's class itself. */
  private static final class OwnLoader extends ClassLoader {

    OwnLoader(String name) {
      super(name, SwapsUnderLoadTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(SwappedFactory.class.getName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      if (loaded != null) {
        return loaded;
      }
      String resource = name.replace('.', '/') + ".class";
      try (InputStream in = Objects.requireNonNull(getParent().getResourceAsStream(resource))) {
        byte[] bytes = in.readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }

  @SuppressWarnings("unchecked")
  private static WorkerFactory<String, String> load(
      String name, List<WeakReference<ClassLoader>> loaders) throws Exception {
    OwnLoader loader = new OwnLoader(name);
    loaders.add(new WeakReference<>(loader));
    Constructor<?> constructor =
        loader.loadClass(SwappedFactory.class.getName()).getDeclaredConstructor();
    constructor.setAccessible(true);
    return (WorkerFactory<String, String>) constructor.newInstance();
  }

  @ParameterizedTest
  @MethodSource("pool.core.Kinds#threadsAndDistributions")
  void theClassLoaderOfAnOldPluginIsCollected(ThreadKind threads, Distribution distribution)
      throws Exception {
    List<WeakReference<ClassLoader>> loaders = new ArrayList<>();
    List<String> jobs = IntStream.range(0, 20).mapToObj(i -> "job" + i).toList();
    try (var pool =
        WorkerPool.of(load("first", loaders))
            .workers(2)
            .threads(threads)
            .distribution(distribution)
            .open()) {
      assertEquals(List.of("first"), pool.map(jobs).stream().distinct().toList());
      assertTrue(pool.replaceWorkers(load("second", loaders)).isComplete());
      assertEquals(List.of("second"), pool.map(jobs).stream().distinct().toList());
      Await.until(
          "collected",
          () -> {
            System.gc();
            return loaders.getFirst().get() == null;
          });
      assertFalse(loaders.getLast().refersTo(null));
    }
  }
}
