package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped, and goes on from its savepoint. */
@ExtendWith(OnCluster.class)
@Timeout(180)
class SavepointIT {

  private static final int TASKS = 2;

  @TempDir Path folder;

  @Test
  void eachLineHasOneOutcomeWhenTheRunIsStoppedWithASavepointAndGoesOn(Cluster cluster)
      throws Exception {
    NapLines lines = NapLines.in(folder);
    Rest rest = cluster.rest();
    String first = rest.run(lines.program(), TASKS, lines.arguments());
    lines.awaitRuns(NapLines.JOBS / 3);
    String savepoint = rest.stop(first, folder.resolve("savepoints"));
    NapLines.awaitEnd(rest, first);
    lines.assertEachWorkerWasClosed();
    int before = Journal.sum(lines.journal()).jobs().size();
    assertTrue(before < NapLines.JOBS, "it was too late to stop it");

    String second = rest.run(lines.program(), TASKS, lines.arguments(), savepoint);
    NapLines.awaitEnd(rest, second);

    lines.assertOneOutcomeForEachLine();
    lines.assertEachWorkerWasClosed();
    assertEquals(2 * TASKS * NapLines.WORKERS, Journal.sum(lines.journal()).opened());
    Figures.print(
        "savepoint after %d of %d jobs: %d of them ran again",
        before, NapLines.JOBS, Journal.sum(lines.journal()).again());
  }
}
