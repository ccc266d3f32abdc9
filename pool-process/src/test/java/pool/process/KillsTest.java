package pool.process;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.Outcome;
import pool.core.ThreadKind;
import pool.core.WorkerPool;

/** Processes under load: killed at random moments, and asked for many jobs at a time. */
@Timeout(240)
class KillsTest {

  /** More are played by benchmarks/kills. */
  private static final int KILLS = 100;

  @ParameterizedTest
  @EnumSource(ThreadKind.class)
  void killsAtRandomMomentsCostAJobEachAtMost(ThreadKind threads) throws Exception {
    Kills.Tally tally = Kills.play(threads, KILLS, 24);
    assertTrue(tally.failed() > 0, "none came in the middle of a job: " + tally);
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

  /** Also those that it has told of and not sent yet. */
  @Test
  void resultsThatWereToldCountThoughTheProcessDiesThen() {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      jobs.add("job" + i);
    }
    jobs.add("halt");
    try (var pool = WorkerPool.of(ProcessFactory.of(UpperFactory.class)).workers(1).open()) {
      for (int round = 0; round < 10; round++) {
        List<Outcome<String, String>> outcomes = pool.mapAll(jobs);
        for (Outcome<String, String> outcome : outcomes) {
          assertEquals(!outcome.job().equals("halt"), outcome.isSucceeded(), outcome::toString);
        }
      }
    }
  }

  /** A message with all of them would be there several times. */
  @Test
  void aBatchOfLongJobsDoesNotFillTheHeapOfItsProcess() {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      jobs.add(i + "x".repeat(1_000_000));
    }
    ProcessFactory<String, String> factory = ProcessFactory.of(UpperFactory.class).heap("64m");
    try (var pool = WorkerPool.of(factory).workers(1).open()) {
      assertEquals(40, pool.map(jobs).size());
    }
    assertEquals(new ProcessCounts(1, 0, 0), factory.counts());
  }
}
