package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Runs on two of three TaskManagers of which one is lost in the middle: the third takes over. */
@ExtendWith(OnCluster.class)
@Timeout(120)
class LossIT {

  private static final int TASKS = OnCluster.TASK_MANAGERS - 1;
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path folder;

  private NapRun startAndAwaitTheMiddle(Cluster cluster) throws Exception {
    NapRun run = NapRun.start(cluster, folder, TASKS, UnaryOperator.identity());
    run.awaitRuns(NapRun.JOBS / 2);
    return run;
  }

  /** One of those that have workers. */
  private static Node victim(NapRun run, Cluster cluster) throws Exception {
    Map<Long, Journal> journals = Journal.read(run.journal());
    assertEquals(TASKS, journals.size());
    return cluster.taskManagers().stream()
        .filter(node -> journals.containsKey(node.pid()))
        .findFirst()
        .orElseThrow();
  }

  private static void awaitTheThird(NapRun run) throws Exception {
    Eventually.await(
        PATIENCE, () -> Journal.read(run.journal()).size() > TASKS, () -> "nobody takes over");
  }

  @Test
  void everyResultArrivesOnceWhenATaskManagerIsKilled(Cluster cluster) throws Exception {
    NapRun run = startAndAwaitTheMiddle(cluster);
    Node victim = victim(run, cluster);
    long killed = System.nanoTime();
    victim.kill();
    victim.awaitEnd(PATIENCE);
    awaitTheThird(run);
    Duration recovered = Duration.ofNanos(System.nanoTime() - killed);
    run.oneForEachJob();
    run.awaitState("FINISHED");
    assertTrue(run.failures() > 0, "Flink has not noticed");

    Map<Long, Journal> journals = Journal.read(run.journal());
    assertEquals(NapRun.WORKERS, journals.get(victim.pid()).opened());
    assertEquals(0, journals.remove(victim.pid()).closed(), "it was too late to kill it");
    journals.values().forEach(journal -> assertEquals(journal.opened(), journal.closed()));
    Figures.print(
        "kill -9: %d of %d jobs ran again; workers elsewhere after %.1f s",
        Journal.sum(run.journal()).again(), NapRun.JOBS, recovered.toMillis() / 1e3);
  }

  @Test
  void aTaskManagerThatIsToldToEndClosesItsWorkersFirst(Cluster cluster) throws Exception {
    NapRun run = startAndAwaitTheMiddle(cluster);
    Node victim = victim(run, cluster);
    victim.terminate();
    victim.awaitEnd(PATIENCE);
    run.oneForEachJob();
    run.awaitState("FINISHED");
    assertEquals(TASKS + 1, Journal.read(run.journal()).size(), "it was too late to end it");
    Journal.awaitAllClosed( // those that go on may be closing
        run.journal(), PATIENCE, () -> victim.name() + " ended so:\n" + victim.log());
  }
}
