package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.api.WorkerBrokenException;
import pool.core.CloseReport;
import pool.core.Outcome;
import pool.core.PoolStats;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Processes under load: killed at random moments, and asked for many jobs at a time. */
@Timeout(120)
class KillsTest {

  private static final int KILLS = Integer.getInteger("process.kills", 20);

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void killsAtRandomMomentsCostAJobEachAtMost(ThreadKind threads) throws Exception {
    Random random = new Random(24);
    List<CompletableFuture<String>> futures = new ArrayList<>();
    PoolStats stats;
    try (var pool =
        WorkerPool.of(ProcessFactory.of(TroubleFactory.class).heap("64m"))
            .workers(2)
            .threads(threads)
            .openTimeout(Duration.ofSeconds(60))
            .open()) {
      int killed = 0;
      while (killed < KILLS) {
        for (int i = 0; i < 20; i++) {
          futures.add(pool.submit("job " + i));
        }
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
        List<ProcessHandle> children = ProcessHandle.current().children().toList();
        if (!children.isEmpty()
            && children.get(random.nextInt(children.size())).destroyForcibly()) {
          killed++;
        }
      }
      CloseReport report = pool.shutdown(Duration.ofSeconds(60));
      assertEquals(List.of(), report.abandoned());
      assertEquals(List.of(), report.notStartedJobs());
      stats = pool.stats();
    }
    int failed = 0;
    for (int i = 0; i < futures.size(); i++) {
      try {
        assertEquals("job " + i % 20, futures.get(i).get(0, TimeUnit.SECONDS));
      } catch (ExecutionException e) {
        assertInstanceOf(WorkerBrokenException.class, e.getCause());
        failed++;
      }
    }
    assertTrue(failed <= KILLS, failed + " jobs failed, with " + KILLS + " kills");
    assertEquals(futures.size(), stats.submitted());
    assertEquals(failed, stats.failed());
    assertEquals(futures.size() - failed, stats.succeeded());
    assertEquals(0, ProcessHandle.current().children().count());
  }

  @Test
  void aWorkerThatTellsTwiceIsRefusedAndNoOtherJobGetsThat() {
    try (var pool = WorkerPool.of(ProcessFactory.of(UpperFactory.class)).workers(1).open()) {
      assertTrue(pool.mapAll(List.of("twice", "other")).getFirst().isSucceeded());
      assertEquals("NEXT of 1", pool.call("next"));
    }
  }

  @Test
  void jobsGoTogetherAndEachIsToldByItself() {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      jobs.add(i % 50 == 7 ? "bad" : "job" + i);
    }
    jobs.set(100, "poison");
    List<Outcome<String, String>> outcomes;
    try (var pool = WorkerPool.of(ProcessFactory.of(UpperFactory.class)).workers(1).open()) {
      outcomes = pool.mapAll(jobs);
    }
    int together = 0;
    for (int i = 0; i < jobs.size(); i++) {
      boolean good = jobs.get(i).startsWith("job");
      assertEquals(good, outcomes.get(i).isSucceeded(), outcomes.get(i)::toString);
      if (good) {
        String[] words = outcomes.get(i).orElseThrow().split(" of ");
        assertEquals("JOB" + i, words[0]);
        together += Integer.parseInt(words[1]) > 1 ? 1 : 0;
      }
    }
    assertTrue(together > 100, together + " of 300 went together");
  }
}
