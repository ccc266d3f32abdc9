package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.AbstractCollection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import pool.api.WorkerFactory;
import pool.core.Recorder.Recorded;
import pool.core.Recorder.Task;

/** What every pool does with jobs and bulk calls, and how many may wait. */
@SuppressWarnings("try")
class JobsTest extends PoolContract {

  // Jobs

  @Test
  @Tag("long")
  void mapReturnsResultsInOrderUnderRandomDelays() {
    try (var pool = open()) {
      List<Task> jobs = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        int result = i;
        jobs.add(_ -> {
          LockSupport.parkNanos(ThreadLocalRandom.current().nextInt(500_000));
          return result;
        });
      }
      List<Integer> expected = IntStream.range(0, 200).boxed().toList();
      assertEquals(expected, pool.map(jobs));
      assertEquals(expected, pool.stream(jobs.stream()).toList());
      assertEquals(
          expected,
          pool.streamUnordered(jobs.stream())
              .map(outcome -> ((Outcome.Succeeded<Task, Object>) outcome).result())
              .map(Integer.class::cast)
              .sorted()
              .toList());
    }
  }

  @Test
  void anEmptyBatchHasNoResults() {
    try (var pool = open()) {
      assertEquals(List.of(), pool.map(List.of()));
      assertEquals(List.of(), pool.mapAll(List.of()));
      assertEquals(0, pool.stream(Stream.empty()).count());
    }
  }

  @Test
  void whatAJobChangesOfItsThreadIsUndoneBeforeTheNext() throws Exception {
    try (var pool = open()) {
      Task changing =
          _ -> {
            Thread thread = Thread.currentThread();
            String found =
                "%s %d %s"
                    .formatted(
                        thread.getName().replaceFirst("-\\d+$", ""),
                        thread.getPriority(),
                        thread.getContextClassLoader());
            thread.setName("renamed");
            thread.setPriority(Thread.MAX_PRIORITY);
            thread.setContextClassLoader(new ClassLoader(null) {});
            return found;
          };
      List<Object> found = new ArrayList<>(pool.map(Collections.nCopies(50, changing)));
      for (int i = 0; i < 50; i++) {
        found.add(recorder.track(pool.submit(changing)).get(20, SECONDS));
      }
      assertEquals(1, Set.copyOf(found).size(), () -> Set.copyOf(found).toString());
      assertTrue(found.getFirst().toString().startsWith("recorder "), found::toString);
    }
  }

  @Test
  void whatACallbackChangesOfItsThreadIsUndoneBeforeTheNextJob() throws Exception {
    try (var pool = builder().workers(1).maxJobsPerWorker(1).open()) {
      var first = occupyOne(pool);
      var renamed = first.thenRun(() -> Thread.currentThread().setName("renamed"));
      release.countDown();
      renamed.get(20, SECONDS);
      Task named = _ -> Thread.currentThread().getName();
      for (int i = 0; i < 2; i++) { // of the next worker, too
        assertEquals("recorder-0", recorder.track(pool.submit(named)).get(20, SECONDS));
      }
    }
  }

  /** As a driver of JDBC is looked for, from a jar that only an application's loader can see. */
  @Test
  void workersHaveTheContextClassLoaderOfTheirOpenerOrOfTheirFactorysClass() throws Exception {
    ClassLoader before = Thread.currentThread().getContextClassLoader();
    Set<ClassLoader> seen = ConcurrentHashMap.newKeySet();
    try (URLClassLoader application = new URLClassLoader(new URL[0], before)) {
      Thread.currentThread().setContextClassLoader(application);
      WorkerFactory<String, String> inPlace =
          WorkerFactory.of(
              "in-place",
              String.class,
              String.class,
              _ -> {
                seen.add(Thread.currentThread().getContextClassLoader());
                return job -> {
                  seen.add(Thread.currentThread().getContextClassLoader());
                  return job;
                };
              });
      try (var pool = WorkerPool.of(inPlace).workers(workers).threads(threads).open()) {
        assertEquals("job", pool.call("job"));
      }
      assertEquals(Set.of(application), seen);
      seen.clear();
      Thread.currentThread().setContextClassLoader(ClassLoader.getPlatformClassLoader());
      try (var pool = WorkerPool.of(inPlace).workers(workers).threads(threads).open()) {
        assertEquals("job", pool.call("job"));
      }
      assertEquals(Set.of(JobsTest.class.getClassLoader()), seen);
      try (var pool = open()) {
        Task context = _ -> Thread.currentThread().getContextClassLoader();
        assertEquals(
            Recorder.class.getClassLoader(), recorder.track(pool.submit(context)).get(20, SECONDS));
      }
    } finally {
      Thread.currentThread().setContextClassLoader(before);
    }
  }

  @Test
  void aCollectionMayGoOnUsingTheArrayThatItReturned() {
    Object[] array = IntStream.range(0, 100).mapToObj(Task::of).toArray();
    Task erasing =
        _ -> {
          Arrays.fill(array, null);
          return 0;
        };
    array[0] = erasing;
    Collection<Task> jobs =
        new AbstractCollection<>() {
          @Override
          public Iterator<Task> iterator() {
            throw new AssertionError("its array is enough");
          }

          @Override
          public int size() {
            return array.length;
          }

          @Override
          public Object[] toArray() {
            return array;
          }
        };
    try (var pool = open()) {
      assertEquals(IntStream.range(0, 100).<Object>mapToObj(i -> i).toList(), pool.map(jobs));
    }
  }

  /** Their arrays are not copied again. */
  @Test
  void theCommonListsGiveAwayTheArraysThatTheyReturn() {
    Task[] array = {Task.of(1), Task.of(2), Task.of(3)};
    List<List<Task>> lists =
        List.of(
            Arrays.asList(array),
            new ArrayList<>(List.of(array)),
            List.of(array),
            List.of(array[0]),
            Stream.of(array).toList());
    for (List<Task> list : lists) {
      assertNotSame(list.toArray(), list.toArray());
      assertEquals(Object[].class, list.toArray().getClass());
    }
    array[0] =
        _ -> {
          Arrays.fill(array, null);
          return 1;
        };
    try (var pool = open()) {
      assertEquals(List.of(1, 2, 3), pool.map(Arrays.asList(array)));
    }
  }

  @Test
  void resultsMayBeNullAndJobsMayNot() {
    try (var pool = open()) {
      assertNull(recorder.track(pool.submit(_ -> null)).join());
      assertEquals(Collections.singletonList(null), pool.map(List.of(_ -> null)));
      assertEquals(
          "job", assertThrows(NullPointerException.class, () -> pool.submit(null)).getMessage());
      assertEquals(
          "job 1 of the bulk call is null",
          assertThrows(NullPointerException.class, () -> pool.map(Arrays.asList(Task.of(1), null)))
              .getMessage());
      assertEquals(
          "key",
          assertThrows(NullPointerException.class, () -> pool.submit(null, Task.of(1)))
              .getMessage());
    }
  }

  @Test
  void aFailingRunFailsItsJobAndTheWorkerGoesOn() throws Exception {
    try (var pool = builder().open()) {
      IOException boom = new IOException("boom");
      var failing =
          recorder.track(
              pool.submit(_ -> {
                throw boom;
              }));
      assertSame(boom, assertThrows(ExecutionException.class, failing::get).getCause());
      IntStream.range(0, 3 * workers)
          .forEach(i -> assertEquals(i, recorder.track(pool.submit(Task.of(i))).join()));
      assertEquals(workers, recorder.opening.get());
      assertEquals(1, pool.stats().failed());
    }
  }

  @Test
  void mapThatFailsReturnsWhenItsRunsHave() {
    CountDownLatch runs = new CountDownLatch(1);
    AtomicInteger returned = new AtomicInteger();
    Thread caller = Thread.currentThread();
    Task bad =
        _ -> {
          assertTrue(runs.await(20, SECONDS));
          throw new IOException("bad");
        };
    Task slow =
        _ -> {
          try {
            runs.countDown();
            return release.await(20, SECONDS);
          } catch (InterruptedException e) {
            awaitThatItWaits(caller);
            return "late";
          } finally {
            returned.incrementAndGet();
          }
        };
    try (var pool = builder().workers(2).open()) {
      assertThrows(JobFailedException.class, () -> pool.map(List.of(bad, slow)));
      assertEquals(1, returned.get());
    }
  }

  @Test
  void mapThatFailsDoesNotWaitForTheCancelledJobsOfOthers() throws Exception {
    CountDownLatch runs = new CountDownLatch(1);
    Task deaf =
        _ -> {
          runs.countDown();
          PoolBrokenTest.awaitUninterruptibly(release);
          return null;
        };
    Task bad =
        _ -> {
          throw new IOException("bad");
        };
    try (var pool = builder().distribution(Distribution.SHARED).workers(workers + 1).open()) {
      var other = recorder.track(pool.submit(deaf));
      assertTrue(runs.await(20, SECONDS));
      assertTrue(other.cancel(true));
      FutureTask<List<Object>> map = new FutureTask<>(() -> pool.map(List.of(bad)));
      Thread.ofPlatform().start(map);
      ExecutionException e =
          assertThrows(ExecutionException.class, () -> map.get(10, SECONDS)); // within the grace
      assertInstanceOf(JobFailedException.class, e.getCause());
      release.countDown();
    }
  }

  private static void awaitThatItWaits(Thread caller) {
    Await.until("map waits", () -> caller.getState() == Thread.State.TIMED_WAITING);
  }

  @Test
  void mapStopsAtTheFirstFailureAndReturnsTheRest() {
    try (var pool = open()) {
      AtomicInteger started = new AtomicInteger();
      List<Task> jobs = new ArrayList<>();
      Task bad =
          _ -> {
            throw new IOException("bad");
          };
      jobs.add(bad);
      for (int i = 1; i < 1_000; i++) {
        jobs.add(_ -> {
          started.incrementAndGet();
          release.await(); // ends by the interrupt alone
          return null;
        });
      }
      JobFailedException e = assertThrows(JobFailedException.class, () -> pool.map(jobs));
      assertEquals(0, e.index());
      assertSame(bad, e.job());
      assertEquals("bad", e.getCause().getMessage());
      PoolStats stats = pool.stats();
      assertEquals(0, stats.running());
      assertTrue(started.get() < workers, "started " + started);
      assertEquals(1_000, stats.failed() + stats.cancelled() + stats.notStarted());
      assertEquals(1, stats.failed());
      assertAddsUp(stats);
    }
  }

  @Test
  void mapAllReturnsEveryOutcomeInOrder() {
    try (var pool = open()) {
      Task good = Task.of("good");
      IOException boom = new IOException("boom");
      Task bad =
          _ -> {
            throw boom;
          };
      assertEquals(
          List.of(
              new Outcome.Succeeded<Task, Object>(good, "good"),
              new Outcome.Failed<Task, Object>(bad, boom),
              new Outcome.Succeeded<Task, Object>(good, "good")),
          pool.mapAll(List.of(good, bad, good)));
    }
  }

  @Test
  void anInterruptedMapStopsItsBatchAndKeepsTheFlag() throws Exception {
    try (var pool = open()) {
      CountDownLatch running = new CountDownLatch(1);
      Task hangs =
          _ -> {
            running.countDown();
            release.await();
            return null;
          };
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread mapper =
          Thread.ofPlatform()
              .start(() -> {
                assertThrows(
                    PoolInterruptedException.class, () -> pool.map(Collections.nCopies(50, hangs)));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      assertTrue(running.await(20, SECONDS));
      mapper.interrupt();
      assertTrue(flag.get(20, SECONDS));
      assertEquals(0, pool.stats().running());
      assertEquals(50, pool.stats().cancelled() + pool.stats().notStarted());
    }
  }

  @Test
  void anEqualKeyMeetsTheSameSlotInTheOrderOfSubmission() {
    List<Integer> order = Collections.synchronizedList(new ArrayList<>());
    Set<Recorded> met = ConcurrentHashMap.newKeySet();
    try (var pool = open()) {
      for (int i = 0; i < 200; i++) {
        int number = i;
        recorder.track(
            pool.submit(
                "host",
                worker -> {
                  met.add(worker);
                  order.add(number);
                  return null;
                }));
        recorder.track(pool.submit(Task.of(i)));
      }
    }
    assertEquals(1, met.size());
    assertEquals(IntStream.range(0, 200).boxed().toList(), order);
  }

  @Test
  void evenDistributionGivesEverySlotEqualCountsWithinOne() {
    try (var pool = open()) {
      IntStream.range(0, 101).forEach(i -> recorder.track(pool.submit(Task.of(i))));
      pool.map(Collections.nCopies(57, Task.of(1)));
      pool.stream(Collections.nCopies(33, Task.of(1)).stream()).forEach(_ -> {});
      recorder.track(pool.submit(Task.of(2))).join();
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
    }
    if (distribution == Distribution.EVEN) {
      var counts = recorder.opened.stream().mapToInt(w -> w.runs.get()).summaryStatistics();
      assertTrue(counts.getMax() - counts.getMin() <= 1, counts::toString);
    }
    assertEquals(192, recorder.opened.stream().mapToInt(w -> w.runs.get()).sum());
  }

  @Test
  void noJobWaitsBehindALongOneWhileAWorkerIsFree() throws Exception {
    if (distribution == Distribution.EVEN || workers == 1) {
      return; // a dealt job waits for its slot
    }
    try (var pool = open()) {
      occupyOne(pool);
      for (int i = 0; i < 100; i++) {
        assertEquals(i, recorder.track(pool.submit(Task.of(i))).get(20, SECONDS));
      }
      release.countDown();
    }
  }

  // The bound

  @Test
  void aFullQueueRefusesOrWaits() throws Exception {
    try (var pool = builder().queueCapacity(2).whenFull(WhenFull.REJECT).open()) {
      occupyAll(pool);
      recorder.track(pool.submit(Task.of(1)));
      var second = recorder.track(pool.submit("key", Task.of(2)));
      QueueFullException e = assertThrows(QueueFullException.class, () -> pool.submit(Task.of(3)));
      assertTrue(e.getMessage().contains("2 jobs wait"), e.getMessage());
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(3)));
      assertEquals(2, pool.stats().queued());
      assertTrue(second.cancel(false)); // gives its place back
      recorder.track(pool.trySubmit(Task.of(4)).orElseThrow());
      assertEquals(Optional.empty(), pool.trySubmit(Task.of(5)));
      release.countDown();
    }
  }

  @Test
  void aSubmitterThatWaitsForAPlaceGetsOneOrIsInterrupted() throws Exception {
    try (var pool = builder().queueCapacity(1).open()) {
      occupyAll(pool);
      recorder.track(pool.submit(Task.of(1)));
      CompletableFuture<Boolean> flag = new CompletableFuture<>();
      Thread interrupted =
          Thread.ofPlatform()
              .start(() -> {
                assertThrows(PoolInterruptedException.class, () -> pool.submit(Task.of(2)));
                flag.complete(Thread.currentThread().isInterrupted());
              });
      awaitWaiting(interrupted);
      interrupted.interrupt();
      assertTrue(flag.get(20, SECONDS));
      CompletableFuture<Object> late = new CompletableFuture<>();
      Thread waits =
          Thread.ofPlatform()
              .start(() -> late.complete(recorder.track(pool.submit(Task.of(3))).join()));
      awaitWaiting(waits);
      release.countDown();
      assertEquals(3, late.get(20, SECONDS));
    }
  }

  @Test
  void manyWithdrawnJobsGiveTheirPlacesBack() throws Exception {
    try (var pool = builder().queueCapacity(3).open()) {
      occupyAll(pool);
      for (int i = 0; i < 10_000; i++) {
        assertTrue(recorder.track(pool.submit("key" + i % 5, Task.of(i))).cancel(true));
      }
      assertEquals(0, pool.stats().queued());
      assertEquals(10_000, pool.stats().cancelled());
      release.countDown();
    }
    assertEquals(workers, recorder.opened.stream().mapToInt(w -> w.runs.get()).sum());
  }

  /** A worker that has just started its job is stopped as any other. */
  @Test
  @Tag("long")
  void aFailureThatStopsAMapStopsEveryRunOfIt() throws Exception {
    AtomicInteger runOn = new AtomicInteger();
    Task stoppable =
        _ -> {
          try {
            boolean _ = release.await(2, SECONDS);
            return runOn.incrementAndGet();
          } catch (InterruptedException e) {
            return "stopped";
          }
        };
    try (var pool = open()) {
      for (int round = 0; round < 1_000; round++) {
        int spins = ThreadLocalRandom.current().nextInt(5_000);
        Task fails =
            _ -> {
              for (int i = 0; i < spins; i++) {
                Thread.onSpinWait();
              }
              throw new IllegalStateException("as the test wants it");
            };
        assertThrows(
            JobFailedException.class,
            () -> pool.map(List.of(fails, stoppable, stoppable, stoppable)));
      }
    }
    assertEquals(0, runOn.get());
  }
}
