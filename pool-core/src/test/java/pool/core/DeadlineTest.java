package pool.core;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static pool.core.Recorder.assertAddsUp;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerBrokenException;
import pool.core.Recorder.Task;

/** What a worker may be at when the deadline of a close has passed. */
@ParameterizedClass
@EnumSource(ThreadKind.class)
@Timeout(60)
@SuppressWarnings("try")
class DeadlineTest {

  private static final Task BREAK =
      _ -> {
        throw new WorkerBrokenException("gone");
      };

  @Parameter ThreadKind threads;

  private final Recorder recorder = new Recorder();
  private final CountDownLatch release = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    recorder.assertAllIsOver();
  }

  private WorkerPool.Builder<Task, Object> builder() {
    return WorkerPool.of(recorder).threads(threads).workers(1).cancelGrace(Duration.ofSeconds(20));
  }

  @Test
  void aFinishThatHangsIsInterruptedAndItsWorkerCloses() {
    recorder.onFinish = _ -> release.await();

    CloseReport report = builder().open().shutdown(Duration.ofMillis(50));

    assertEquals(List.of(), report.abandoned());
    CloseReport.CloseFailure failure = report.closeFailures().getFirst();
    assertInstanceOf(InterruptedException.class, failure.cause());
    assertEquals(1, recorder.opened.peek().closes.get());
  }

  @Test
  void aCloseThatHangsIsAbandonedAfterTheGrace() {
    recorder.onClose = _ -> PoolBrokenTest.awaitUninterruptibly(release);

    CloseReport report =
        builder().cancelGrace(Duration.ofMillis(50)).open().shutdown(Duration.ofMillis(50));

    CloseReport.Abandoned abandoned = report.abandoned().getFirst();
    assertEquals("recorder-0", abandoned.worker());
    assertTrue(abandoned.job().isEmpty());
    assertTrue(report.toString().contains("awaitUninterruptibly"), report::toString);
  }

  @Test
  void aReplacementThatIsOpeningIsInterruptedAndNotAbandoned() throws Exception {
    var pool = builder().open();
    CountDownLatch opening = new CountDownLatch(1);
    recorder.onOpen =
        _ -> {
          opening.countDown();
          release.await();
        };
    recorder.track(pool.submit(BREAK));
    assertTrue(opening.await(20, SECONDS));
    var waiting = recorder.track(pool.submit(Task.of(1)));

    CloseReport report = pool.shutdownNow();

    assertEquals(List.of(), report.abandoned());
    assertInstanceOf(PoolClosedException.class, waiting.exceptionNow());
    assertEquals(1, report.notStarted());
  }

  @Test
  void aJobThatWaitsToBeTriedAgainFailsWithWhatBrokeItsWorker() throws Exception {
    var pool = builder().maxAttempts(2).open();
    CountDownLatch opening = new CountDownLatch(1);
    recorder.onOpen =
        _ -> {
          opening.countDown();
          release.await();
        };
    var waiting = recorder.track(pool.submit(BREAK));
    assertTrue(opening.await(20, SECONDS));

    CloseReport report = pool.shutdownNow();

    assertEquals("gone", waiting.exceptionNow().getMessage());
    assertEquals(1, report.failed());
    assertEquals(0, report.notStarted());
    assertAddsUp(report);
  }

  @Test
  void jobsThatWereTakenWithAHangingOneAreReturned() throws Exception {
    int hanging = 700; // far enough from the first that some are taken with it
    var pool = builder().cancelGrace(Duration.ofMillis(50)).queueCapacity(1_000).open();
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    List<CompletableFuture<Object>> futures = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      Task task =
          i == hanging
              ? _ -> {
                hangs.countDown();
                PoolBrokenTest.awaitUninterruptibly(release);
                return "late";
              }
              : _ -> go.await(20, SECONDS);
      futures.add(recorder.track(pool.submit(task)));
    }
    go.countDown();
    assertTrue(hangs.await(20, SECONDS));

    CloseReport report = pool.shutdownNow();

    assertTrue(futures.stream().allMatch(Future::isDone));
    assertEquals(hanging, report.succeeded(), report::toString);
    assertEquals(1, report.cancelled(), report::toString);
    assertEquals(999 - hanging, report.notStarted(), report::toString);
  }
}
