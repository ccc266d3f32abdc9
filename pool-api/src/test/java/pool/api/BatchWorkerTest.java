package pool.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** A worker that does several jobs together, used without a pool. */
@SuppressWarnings({"try", "unchecked"}) // close() may be interrupted; the worker has these types
class BatchWorkerTest {

  private static String run(BatchWorker<String, String> worker) throws Exception {
    return worker.run("job");
  }

  @Test
  void oneJobIsABatchOfOne() throws Exception {
    assertEquals("[job]", run((jobs, results) -> results.succeeded(0, jobs.toString())));
    assertNull(run((_, results) -> results.succeeded(0, null)));
  }

  @Test
  void whatIsToldOrThrownIsThrown() {
    Exception bad = new Exception("bad");
    assertSame(
        bad, assertThrows(Exception.class, () -> run((_, results) -> results.failed(0, bad))));
    Error worse = new Error("worse");
    assertSame(
        worse, assertThrows(Error.class, () -> run((_, results) -> results.failed(0, worse))));
    assertSame(
        bad,
        assertThrows(
            Exception.class,
            () ->
                run((_, _) -> {
                  throw bad;
                })));
    assertSame(
        bad,
        assertThrows(
            Exception.class,
            () ->
                run((_, _) -> {
                  throw new BatchRolledBackException(bad);
                })));
    assertThrows(NullPointerException.class, () -> new BatchRolledBackException(null));
  }

  @Test
  void aJobThatIsNotToldHasFailed() {
    IllegalStateException e = assertThrows(IllegalStateException.class, () -> run((_, _) -> {}));
    assertEquals("runAll returned without telling what became of the job", e.getMessage());
  }

  @Test
  void toTellTwiceLateOrElsewhereIsRefused() throws Exception {
    AtomicReference<BatchWorker.Results<String>> kept = new AtomicReference<>();
    List<String> refusals = new ArrayList<>();
    run((_, results) -> {
      Thread other =
          Thread.ofPlatform().start(() -> refusals.add(refusal(() -> results.succeeded(0, "x"))));
      other.join();
      assertThrows(IndexOutOfBoundsException.class, () -> results.succeeded(1, "x"));
      assertThrows(NullPointerException.class, () -> results.failed(0, null));
      results.succeeded(0, "told");
      refusals.add(refusal(() -> results.failed(0, new Exception())));
      kept.set(results);
    });
    run((_, results) -> {
      kept.set(results);
      results.succeeded(0, "told");
    });
    refusals.add(refusal(() -> kept.get().succeeded(0, "late")));
    assertEquals(
        List.of(
            "job 0 of a batch of 1 was told on another thread",
            "job 0 of a batch of 1 was told before",
            "job 0 of a batch of 1 was told before"),
        refusals);
  }

  private static String refusal(Runnable telling) {
    return assertThrows(IllegalStateException.class, telling::run).getMessage();
  }

  @Test
  void madeInPlaceItClosesItsStandaloneContextAndStaysABatchWorker() throws Exception {
    List<String> closed = new ArrayList<>();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "together",
            String.class,
            String.class,
            context -> {
              context.own(() -> closed.add("owned"));
              return BatchWorker.of((jobs, results) -> {
                for (int i = 0; i < jobs.size(); i++) {
                  results.succeeded(i, jobs.get(i) + " of " + jobs.size());
                }
              });
            });
    try (Worker<String, String> worker = factory.open(WorkerContext.standalone())) {
      assertEquals("a of 1", worker.run("a"));
      BatchWorker<String, String> together = assertInstanceOf(BatchWorker.class, worker);
      List<String> told = new ArrayList<>();
      together.runAll(
          List.of("a", "b"),
          new BatchWorker.Results<>() {
            @Override
            public void succeeded(int index, String result) {
              told.add(result);
            }

            @Override
            public void failed(int index, Throwable cause) {
              throw new AssertionError(cause);
            }
          });
      assertEquals(List.of("a of 2", "b of 2"), told);
      assertTrue(closed.isEmpty());
    }
    assertEquals(List.of("owned"), closed);
  }
}
