package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool that is still open when its JVM ends closes every worker; seen from another JVM. */
@Timeout(90)
class ExitTest {

  private static ChildJvm.Ended run(ThreadKind threads, String way) throws Exception {
    return ChildJvm.run(List.of(), ExitProgram.class, threads.name(), way);
  }

  @ParameterizedTest
  @EnumSource
  void mainReturns(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "return"), 0);
  }

  @ParameterizedTest
  @EnumSource
  void systemExit(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "exit"), 5);
  }

  @ParameterizedTest
  @EnumSource
  void sigterm(ThreadKind threads) throws Exception {
    assertClosed(run(threads, "sigterm"), 128 + 15);
  }

  @ParameterizedTest
  @EnumSource
  void aPoolThatIsLeftOpenOnExitServesThoseThatCloseItLater(ThreadKind threads) throws Exception {
    ChildJvm.Ended ended = run(threads, "left open");
    assertEquals(128 + 15, ended.status(), ended::toString);
    assertEquals(9 + ExitProgram.LATE, ended.count("ran"), ended::toString);
    assertEquals(1, ended.count("closed by another"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("close "), ended::toString);
  }

  @Test
  void thePoolIsClosedThoughItsClassLoaderWasClosedBefore() throws Exception {
    ChildJvm.Ended ended = ChildJvm.run(List.of(), ClosedLoaderProgram.class);
    assertEquals(0, ended.status(), ended::toString);
    assertEquals(ClosedLoaderProgram.Application.WORKERS, ended.count("close"), ended::toString);
  }

  @ParameterizedTest
  @EnumSource
  void aWorkerThatCallsExitIsNotWaitedFor(ThreadKind threads) throws Exception {
    ChildJvm.Ended ended = run(threads, "worker");
    assertEquals(7, ended.status());
    assertEquals(ExitProgram.WORKERS - 1, ended.count("finish"), ended::toString); // it drained
    assertEquals(ExitProgram.WORKERS - 1, ended.count("close"), ended::toString);
  }

  /** It took the 30 s of closeOnExit, or the deadline of whoever closed, and 5 s of grace. */
  @ParameterizedTest
  @CsvSource({"later, 5", "cancel, 9", "'left open, worker', 7"})
  void whoCallsExitWhenItHasBegunOrInACancelIsNotWaitedFor(String way, int status)
      throws Exception {
    for (ThreadKind threads : ThreadKind.values()) {
      long began = System.nanoTime();
      ChildJvm.Ended ended = run(threads, way);
      assertEquals(status, ended.status(), ended::toString);
      assertEquals(ExitProgram.WORKERS - 1, ended.count("close"), ended::toString);
      assertTrue(System.nanoTime() - began < Duration.ofSeconds(20).toNanos());
    }
  }

  /** A job that does not stop has the end of that time, and no more, however long the grace is. */
  @Test
  void anExitTakesNoLongerThanCloseOnExit() throws Exception {
    long began = System.nanoTime();
    ChildJvm.Ended ended = run(ThreadKind.PLATFORM, "deaf");
    assertEquals(5, ended.status(), ended::toString);
    assertEquals(ExitProgram.WORKERS - 1, ended.count("close "), ended::toString);
    assertTrue(System.nanoTime() - began < Duration.ofSeconds(20).toNanos());
  }

  private static void assertClosed(ChildJvm.Ended ended, int status) {
    assertEquals(status, ended.status(), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("open"), ended::toString);
    assertEquals(9, ended.count("ran"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("finish"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("close"), ended::toString);
  }
}
