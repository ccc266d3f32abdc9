package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.JobFailedException;
import pool.core.Outcome;
import pool.core.WorkerPool;

/** A value that cannot be written or read fails its job, alone, and costs no process. */
@Timeout(120)
class FragileCodecsTest {

  private static final List<String> BAD =
      List.of("write job", "read job", "write result", "read result");

  @Test
  void aValueThatCannotTravelFailsItsJobAlone() {
    ProcessFactory<String, String> factory = ProcessFactory.of(FragileFactory.class);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      for (String bad : BAD) {
        Throwable cause = assertThrows(JobFailedException.class, () -> pool.call(bad)).getCause();
        assertEquals("cannot " + bad, cause.getMessage());
      }
      List<Outcome<String, String>> outcomes =
          pool.mapAll(List.of("a", BAD.get(0), "b", BAD.get(1), "c", BAD.get(2), BAD.get(3), "d"));
      for (Outcome<String, String> outcome : outcomes) {
        if (BAD.contains(outcome.job())) {
          Outcome.Failed<?, ?> failed = assertInstanceOf(Outcome.Failed.class, outcome);
          assertEquals("cannot " + outcome.job(), failed.cause().getMessage());
        } else {
          assertEquals(outcome.job(), outcome.orElseThrow());
        }
      }
    }
    assertEquals(new ProcessCounts(1, 0, 0), factory.counts());
  }

  @Test
  void aValueThatIsNestedTooDeeplyFailsItsJobAlone() {
    ProcessFactory<String, String> factory = ProcessFactory.of(FragileFactory.class);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      for (String kind : List.of("job", "result")) {
        for (String act : List.of("write", "read")) {
          Throwable cause =
              assertThrows(JobFailedException.class, () -> pool.call(act + " deep " + kind))
                  .getCause();
          assertTrue(cause.getMessage().contains("StackOverflowError"), cause::getMessage);
        }
      }
      assertEquals("good", pool.call("good"));
    }
    assertEquals(new ProcessCounts(1, 0, 0), factory.counts());
  }

  /** Nobody would cancel its run later: the pool has done so before it began. */
  @Test
  void aJobThatIsCancelledWhileItIsReadDoesNotRun() throws Exception {
    ProcessFactory<String, String> factory = ProcessFactory.of(FragileFactory.class);
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      CompletableFuture<String> slow = pool.submit("slow to read");
      Thread.sleep(200); // in the middle of the reading, which nobody can tell
      assertTrue(slow.cancel(true));
      assertEquals("good", pool.call("good"));
    }
    assertEquals(new ProcessCounts(1, 0, 0), factory.counts());
  }
}
