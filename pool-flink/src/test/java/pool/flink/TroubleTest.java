package pool.flink;

import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Outcome;

/** What can go wrong in a task: what becomes an outcome, and what has Flink start it again. */
@Timeout(60)
class TroubleTest {

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(
          2,
          new Configuration()
              .set(
                  RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
                  Duration.ofMillis(50)));

  @BeforeEach
  void reset() {
    TroubleFactory.reset();
    env.enableCheckpointing(100);
  }

  private FlinkPool<String, String> trouble() {
    return FlinkPool.on(env)
        .factory("trouble", String.class, String.class)
        .workersPerTask(1)
        .parallelism(1);
  }

  private static Map<String, Outcome<String, String>> byJob(
      List<Outcome<String, String>> outcomes) {
    return outcomes.stream().collect(toMap(Outcome::job, Function.identity()));
  }

  private static String failure(Outcome<String, String> outcome) {
    return assertInstanceOf(Outcome.Failed.class, outcome).cause().toString();
  }

  @Test
  void whatAPluginThrowsIsAnOutcomeEvenWhenThePoolThrowsItToo() throws Exception {
    var outcomes = byJob(trouble().runAll(List.of("cancel", "use a closed pool", "fine")));

    assertEquals(
        "java.util.concurrent.CancellationException: of another's future",
        failure(outcomes.get("cancel")));
    assertTrue(failure(outcomes.get("use a closed pool")).contains("PoolClosedException"));
    assertInstanceOf(Outcome.Succeeded.class, outcomes.get("fine"));
    assertEquals(1, TroubleFactory.OPENINGS.get(), "the task was not started again");
  }

  @Test
  void resultsMayBeNullOrLarge() throws Exception {
    var outcomes = byJob(trouble().runAll(List.of("null", "large")));

    assertEquals(new Outcome.Succeeded<>("null", null), outcomes.get("null"));
    var large = assertInstanceOf(Outcome.Succeeded.class, outcomes.get("large"));
    assertEquals(1_000_000, String.valueOf(large.result()).length());
  }

  @Test
  void aTaskThatCannotOpenItsWorkersIsStartedAgainAndClosesThoseItHas() throws Exception {
    TroubleFactory.fails(2, 4);

    var outcomes = trouble().workersPerTask(2).runAll(List.of("a", "b"));

    assertEquals(2, byJob(outcomes).size());
    assertTrue(outcomes.stream().allMatch(Outcome.Succeeded.class::isInstance));
    assertTrue(TroubleFactory.OPENINGS.get() >= 5, "it was tried again");
    assertEquals(TroubleFactory.OPENINGS.get() - 2, TroubleFactory.CLOSINGS.get());
  }

  /** No replacement can be opened, so the second job cannot be done until the task starts anew. */
  @Test
  void aTaskWhosePoolBreaksIsStartedAgain() throws Exception {
    TroubleFactory.fails(2, 4);

    var outcomes =
        byJob(
            trouble()
                .openTimeout(Duration.ofMillis(20))
                .capacity(2)
                .ordered()
                .runAll(List.of("break", "after")));

    assertTrue(failure(outcomes.get("break")).contains("WorkerBrokenException"));
    assertInstanceOf(Outcome.Succeeded.class, outcomes.get("after"));
    assertEquals(2, outcomes.size());
  }

  @Test
  void eachTaskKeepsItsOrderThroughFailures() throws Exception {
    List<String> jobs = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      jobs.add(i % 10 == 0 ? "fail" : String.valueOf(i));
    }

    List<Outcome<String, String>> outcomes =
        trouble().workersPerTask(3).parallelism(2).ordered().runAll(jobs);

    assertEquals(100, outcomes.size());
    assertEquals(10, outcomes.stream().filter(Outcome.Failed.class::isInstance).count());
    for (int remainder : new int[] {0, 1}) { // jobs are dealt in turn
      List<Integer> ofATask =
          outcomes.stream()
              .filter(Outcome.Succeeded.class::isInstance)
              .map(outcome -> Integer.valueOf(outcome.job()))
              .filter(i -> i % 2 == remainder)
              .toList();
      assertEquals(ofATask.stream().sorted().toList(), ofATask);
    }
  }

  @Test
  void twoPoolsOfOneNameAreRefused() {
    for (int i = 0; i < 2; i++) {
      FlinkPool<String, String> pool = trouble();
      pool.run(env.fromData(List.of("a"), pool.jobs())).sinkTo(new DiscardingSink<>());
    }

    Exception thrown = assertThrows(Exception.class, env::execute);

    assertTrue(
        ExceptionUtils.findThrowableWithMessage(thrown, "-trouble").isPresent(),
        () -> ExceptionUtils.stringifyException(thrown));
  }

  @Test
  void aSecretIsNotInThePlanThatFlinkShows() {
    FlinkPool<String, String> pool = trouble().option("password", "hush");
    pool.run(env.fromData(List.of("a"), pool.jobs())).sinkTo(new DiscardingSink<>());

    String plan = env.getExecutionPlan();

    assertTrue(plan.contains("trouble"), plan);
    assertFalse(plan.contains("hush"), plan);
  }

  @Test
  void aTaskLeavesNoThread() throws Exception {
    var _ = trouble().runAll(List.of("a", "break", "b"));

    assertEquals(
        List.of(),
        Thread.getAllStackTraces().keySet().stream()
            .map(Thread::getName)
            .filter(name -> name.startsWith("trouble-"))
            .toList());
  }
}
