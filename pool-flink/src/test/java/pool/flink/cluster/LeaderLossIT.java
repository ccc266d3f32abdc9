package pool.flink.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A cluster with a second JobManager: ZooKeeper knows who leads, and files have the state. */
@Timeout(240)
class LeaderLossIT {

  private static final int TASKS = 2;

  @TempDir Path folder;

  @Test
  void eachLineHasOneOutcomeWhenTheJobManagerIsKilledAndAnotherTakesOver() throws Exception {
    try (Cluster cluster = new Cluster(folder.resolve("cluster"), Artifacts.flink())) {
      cluster.startHighlyAvailable(TASKS);
      NapLines lines = NapLines.in(folder);
      String job = cluster.rest().run(lines.program(), TASKS, lines.arguments());
      lines.awaitRuns(NapLines.JOBS / 8);
      cluster.loseTheJobManager();
      long lost = System.nanoTime();
      int opened = Journal.sum(lines.journal()).opened();
      assertTrue(Journal.sum(lines.journal()).jobs().size() < NapLines.JOBS, "it was too late");

      Eventually.await(
          Duration.ofSeconds(90),
          () -> Journal.sum(lines.journal()).opened() >= opened + TASKS * NapLines.WORKERS,
          () -> "nobody takes over");
      Duration recovered = Duration.ofNanos(System.nanoTime() - lost);
      NapLines.awaitEnd(cluster.rest(), job);

      lines.assertOneOutcomeForEachLine();
      lines.assertEachWorkerWasClosed();
      Figures.print(
          "JobManager killed: %d of %d jobs ran again; workers open again after %.1f s",
          Journal.sum(lines.journal()).again(), NapLines.JOBS, recovered.toMillis() / 1e3);
    }
  }
}
