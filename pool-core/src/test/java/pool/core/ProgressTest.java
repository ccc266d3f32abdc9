package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Recorder.Task;

@ParameterizedClass
@EnumSource(Distribution.class)
@Timeout(60)
@SuppressWarnings("try")
class ProgressTest {

  @Parameter Distribution distribution;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    recorder.assertAllIsOver();
  }

  private WorkerPool<Task, Object> open() {
    return WorkerPool.of(recorder).workers(2).distribution(distribution).open();
  }

  /** A hundred jobs, of which one waits until progress was told of those before and after it. */
  private List<Task> tasks() {
    List<Task> tasks = new ArrayList<>(IntStream.range(0, 100).mapToObj(Task::of).toList());
    tasks.set(
        99,
        _ -> {
          assertTrue(release.await(20, SECONDS));
          return 99;
        });
    return tasks;
  }

  @Test
  void aBatchTellsHowFarItIsOnTheCallersThread() {
    List<Long> told = new ArrayList<>();
    Thread caller = Thread.currentThread();
    Progress progress =
        (done, total) -> {
          assertEquals(caller, Thread.currentThread());
          assertEquals(100, total);
          told.add(done);
          if (done == 99) {
            release.countDown();
          }
        };
    try (var pool = open()) {
      assertEquals(100, pool.mapAll(tasks(), progress).size());
    }
    assertEquals(List.of(99L, 100L), told.subList(told.size() - 2, told.size()));
    assertEquals(told.stream().sorted().toList(), told);
  }

  @Test
  void aProgressThatThrowsStopsTheBatch() {
    try (var pool = open()) {
      var jobs = tasks();
      assertThrows(
          ArithmeticException.class,
          () ->
              pool.map(
                  jobs,
                  (_, _) -> {
                    throw new ArithmeticException("bad progress");
                  }));
      assertTrue(pool.awaitIdle(Duration.ofSeconds(20)));
      assertEquals(1, pool.stats().cancelled());
    }
  }

  @Test
  void aStreamTellsWhatItHasDelivered() {
    List<Long> told = new ArrayList<>();
    Progress progress =
        (done, total) -> {
          assertEquals(Progress.UNKNOWN, total);
          told.add(done);
        };
    try (var pool = open();
        Stream<Object> results =
            pool.stream(IntStream.range(0, 1_000).mapToObj(Task::of), progress)) {
      assertEquals(1_000, results.count());
    }
    assertEquals(1_000, told.getLast());
    try (var pool = open();
        var outcomes = pool.streamUnordered(Stream.of(Task.of(1), Task.of(2)), progress)) {
      assertEquals(2, outcomes.filter(Outcome.Succeeded.class::isInstance).count());
    }
    assertEquals(2, told.getLast());
  }
}
