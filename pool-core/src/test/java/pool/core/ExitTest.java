package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A pool that is still open when its JVM ends closes every worker; seen from another JVM. */
@Timeout(60)
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
  void aWorkerThatCallsExitIsNotWaitedFor(ThreadKind threads) throws Exception {
    ChildJvm.Ended ended = run(threads, "worker");
    assertEquals(7, ended.status());
    assertEquals(ExitProgram.WORKERS - 1, ended.count("finish"), ended::toString); // it drained
    assertEquals(ExitProgram.WORKERS - 1, ended.count("close"), ended::toString);
  }

  private static void assertClosed(ChildJvm.Ended ended, int status) {
    assertEquals(status, ended.status(), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("open"), ended::toString);
    assertEquals(9, ended.count("ran"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("finish"), ended::toString);
    assertEquals(ExitProgram.WORKERS, ended.count("close"), ended::toString);
  }
}
