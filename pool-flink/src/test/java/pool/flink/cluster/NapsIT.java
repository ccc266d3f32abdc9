package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.flink.FlinkPool;

/** Runs in which no process is lost. */
@ExtendWith(OnCluster.class)
@Timeout(120)
class NapsIT {

  private static final int TASKS = OnCluster.TASK_MANAGERS;

  @TempDir Path folder;

  private void assertEachTaskManagerClosedWhatItOpened() throws Exception {
    Map<Long, Journal> journals = Journal.read(folder.resolve("journal"));
    assertEquals(TASKS, journals.size(), journals.keySet()::toString);
    for (Journal journal : journals.values()) {
      assertEquals(NapRun.WORKERS, journal.opened());
      assertEquals(NapRun.WORKERS, journal.closed());
    }
  }

  private static void assertSucceeded(List<Outcome<Long, Long>> outcomes) {
    outcomes.forEach(
        outcome -> assertEquals(new Outcome.Succeeded<>(outcome.job(), -outcome.job()), outcome));
  }

  @ParameterizedTest
  @EnumSource
  void eachTaskManagerOpensItsWorkersOnceAndClosesThemAndEveryResultArrives(
      ThreadKind threads, Cluster cluster) throws Exception {
    NapRun run = NapRun.start(cluster, folder, TASKS, pool -> pool.threads(threads));
    assertSucceeded(run.oneForEachJob());
    run.awaitState("FINISHED");
    assertEachTaskManagerClosedWhatItOpened();
    assertEquals(NapRun.JOBS, Journal.sum(run.journal()).jobs().size());
  }

  @Test
  void eachTaskPassesOnItsResultsInTheOrderOfItsJobs(Cluster cluster) throws Exception {
    NapRun run = NapRun.start(cluster, folder, TASKS, FlinkPool::ordered);
    List<Outcome<Long, Long>> outcomes = run.oneForEachJob();
    assertSucceeded(outcomes);
    Map<Long, Long> last = new HashMap<>(); // by the way that a job took
    for (Outcome<Long, Long> outcome : outcomes) {
      long way = outcome.job() % (TASKS * TASKS); // dealt in turn to what reads it, then to a pool
      Long before = last.put(way, outcome.job());
      assertTrue(before == null || before < outcome.job(), outcome.job() + " came after " + before);
    }
    assertEachTaskManagerClosedWhatItOpened();
  }

  @Test
  void whatAPluginThrowsIsAnOutcomeAndRestartsNothing(Cluster cluster) throws Exception {
    NapRun run = NapRun.start(cluster, folder, TASKS, pool -> pool.option("fail-every", "100"));
    for (Outcome<Long, Long> outcome : run.oneForEachJob()) {
      if (outcome.job() % 100 == 0) {
        String said = assertInstanceOf(Outcome.Failed.class, outcome).cause().toString();
        assertTrue(said.contains("job " + outcome.job() + " fails on purpose"), said);
      } else {
        assertInstanceOf(Outcome.Succeeded.class, outcome);
      }
    }
    run.awaitState("FINISHED");
    assertEquals(0, run.failures());
    assertEachTaskManagerClosedWhatItOpened();
  }

  @Test
  void aCancelledRunClosesEveryWorker(Cluster cluster) throws Exception {
    NapRun run = NapRun.start(cluster, folder, TASKS, UnaryOperator.identity());
    run.awaitRuns(NapRun.JOBS / 4);
    cluster.rest().cancel(run.id());
    run.awaitState("CANCELED");
    assertEachTaskManagerClosedWhatItOpened();
    assertTrue(Journal.sum(run.journal()).jobs().size() < NapRun.JOBS, "it had come to its end");
  }
}
