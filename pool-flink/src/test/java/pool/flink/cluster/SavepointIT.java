package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run that is stopped, and goes on from its savepoint, on a cluster with small buffers. */
@Timeout(180)
class SavepointIT {

  private static final int TASKS = 2;

  @TempDir Path folder;

  @Test
  void eachLineHasOneOutcomeWhenTheRunIsStoppedWithASavepointAndGoesOn() throws Exception {
    try (Cluster cluster = new Cluster(folder.resolve("cluster"), Artifacts.flink())) {
      // a savepoint waits for all the jobs in buffers
      stopAndGoOn(cluster.with("taskmanager.memory.segment-size", "4kb").start(TASKS).rest());
    }
  }

  private void stopAndGoOn(Rest rest) throws Exception {
    NapLines lines = NapLines.in(folder);
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
