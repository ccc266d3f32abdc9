package pool.flink;

import static java.util.stream.Collectors.toSet;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.flink.configuration.CheckpointingOptions;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.MemorySize;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.configuration.TaskManagerOptions;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.collect.CollectSinkOperatorFactory;
import org.apache.flink.util.ExceptionUtils;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import pool.codec.Codec;
import pool.codec.RemoteFailure;
import pool.core.Outcome;
import pool.core.ThreadKind;

@Timeout(60)
class FlinkPoolTest {

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(2);

  @BeforeEach
  void reset() {
    Probe.reset();
    env.enableCheckpointing(100); // a run ends with a checkpoint
  }

  @AfterEach
  void everyCallWasOnTheWorkersThread() {
    assertEquals(List.of(), Probe.wrong());
  }

  private FlinkPool<ProbeJob, ProbeResult> probe() {
    return FlinkPool.on(env).factory("probe", ProbeJob.class, ProbeResult.class);
  }

  private static List<ProbeJob> jobs(int count) {
    return IntStream.range(0, count).mapToObj(ProbeJob::of).toList();
  }

  @Test
  void eachTaskOpensItsWorkersOnceAndFinishesAndClosesThem() throws Exception {
    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().workersPerTask(3).threads(ThreadKind.PLATFORM).runAll(jobs(500));

    assertEquals(500, outcomes.size());
    assertEquals(Set.copyOf(jobs(500)), outcomes.stream().map(Outcome::job).collect(toSet()));
    for (Outcome<ProbeJob, ProbeResult> outcome : outcomes) {
      var succeeded = assertInstanceOf(Outcome.Succeeded.class, outcome);
      assertEquals(
          outcome.job().number(), ((ProbeResult) succeeded.result()).number(), outcome::toString);
    }
    assertEquals(6, Probe.opened());
    assertEquals(6, Probe.finished());
    assertEquals(6, Probe.closed());
    assertEquals(
        Set.of("probe-0", "probe-1"),
        outcomes.stream().map(FlinkPoolTest::poolOf).collect(toSet()),
        "each task did some");
  }

  @Test
  void workersAreNamedAfterTheirPoolSoThatTwoOfAFactoryDiffer() throws Exception {
    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().name("other").parallelism(1).workersPerTask(1).runAll(jobs(1));

    assertEquals("other-0", poolOf(outcomes.getFirst()));
  }

  private static String poolOf(Outcome<ProbeJob, ProbeResult> outcome) {
    var succeeded = (Outcome.Succeeded<ProbeJob, ProbeResult>) outcome;
    String worker = succeeded.result() == null ? "" : succeeded.result().worker();
    return worker.substring(0, worker.lastIndexOf('-'));
  }

  @Test
  void orderedKeepsTheOrderOfATaskBehindALongJob() throws Exception {
    List<ProbeJob> jobs = new ArrayList<>(jobs(50));
    jobs.set(0, new ProbeJob(0, ProbeJob.Act.HOLD));
    Thread.ofVirtual().start(() -> letGoWhenOthersAreDone(7));

    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().workersPerTask(2).capacity(8).parallelism(1).ordered().runAll(jobs);

    assertEquals(jobs, outcomes.stream().map(Outcome::job).toList());
  }

  @Test
  void unorderedPassesOnWhatIsDoneBeforeALongJob() throws Exception {
    List<ProbeJob> jobs = new ArrayList<>(jobs(50));
    jobs.set(0, new ProbeJob(0, ProbeJob.Act.HOLD));
    Thread.ofVirtual().start(() -> letGoWhenOthersAreDone(49)); // more than the capacity

    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().workersPerTask(2).capacity(8).parallelism(1).runAll(jobs);

    // One worker did the others: when the last of them has begun, the rest is settled.
    List<Integer> order = outcomes.stream().map(outcome -> outcome.job().number()).toList();
    assertTrue(order.indexOf(0) >= 48, order::toString);
  }

  private static void letGoWhenOthersAreDone(int others) {
    try {
      Probe.awaitHolding(1);
      Probe.awaitRuns(1 + others);
      Probe.letGo();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void jobsThatFailAreOutcomesAndTheTaskGoesOn() throws Exception {
    List<ProbeJob> jobs =
        IntStream.range(0, 300)
            .mapToObj(i -> i % 100 == 0 ? new ProbeJob(i, ProbeJob.Act.FAIL) : ProbeJob.of(i))
            .toList();

    List<Outcome<ProbeJob, ProbeResult>> outcomes = probe().workersPerTask(2).runAll(jobs);

    List<RemoteFailure> failures =
        outcomes.stream()
            .filter(Outcome.Failed.class::isInstance)
            .map(outcome -> (RemoteFailure) ((Outcome.Failed<?, ?>) outcome).cause())
            .toList();
    assertEquals(3, failures.size());
    assertEquals(300, outcomes.size());
    RemoteFailure failure = failures.getFirst();
    assertEquals("java.lang.IllegalStateException", failure.className());
    assertTrue(failure.toString().startsWith("java.lang.IllegalStateException: no. "));
    assertTrue(failure.getStackTrace()[0].getClassName().contains("ProbeWorker"));
    RemoteFailure cause = assertInstanceOf(RemoteFailure.class, failure.getCause());
    assertEquals("pool.flink.ProbeFactory$OnlyHere: the cause", cause.toString());
    assertEquals(4, Probe.opened(), "no task was started again");
    assertEquals(4, Probe.closed());
  }

  @Test
  void aBrokenWorkerIsReplacedAndItsJobTriedAgain() throws Exception {
    List<ProbeJob> jobs = new ArrayList<>(jobs(20));
    jobs.set(5, new ProbeJob(5, ProbeJob.Act.BREAK));

    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().workersPerTask(2).parallelism(1).maxAttempts(2).runAll(jobs);

    assertTrue(outcomes.stream().allMatch(Outcome.Succeeded.class::isInstance));
    assertEquals(2, Probe.runs().get(5));
    assertEquals(3, Probe.opened());
    assertEquals(3, Probe.closed());
  }

  @Test
  void aResultThatCannotTravelFailsItsJobAlone() throws Exception {
    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe()
            .workersPerTask(1)
            .parallelism(1)
            .runAll(List.of(new ProbeJob(0, ProbeJob.Act.STRANGE), ProbeJob.of(1)));

    var failed =
        assertInstanceOf(
            Outcome.Failed.class,
            outcomes.stream().filter(o -> o.job().number() == 0).findFirst().orElseThrow());
    assertTrue(failed.cause().getMessage().startsWith("the result cannot travel"));
    assertInstanceOf(
        Outcome.Succeeded.class,
        outcomes.stream().filter(o -> o.job().number() == 1).findFirst().orElseThrow());
    assertEquals(1, Probe.opened());
  }

  /** What an outcome has beside the letters of its result. */
  private static int besides() throws IOException {
    Codec<ProbeJob> jobs = Codec.of(ProbeJob.class);
    byte[] job = jobs.toBytes(new ProbeJob(2_000_000, ProbeJob.Act.LARGE));
    OutcomeCodec<ProbeJob, ProbeResult> codec =
        new OutcomeCodec<>(jobs, Codec.of(ProbeResult.class));
    return Integer.BYTES
        + codec.succeeded(job, new ProbeResult(2_000_000, "x".repeat(2_000_000), null)).length
        - 2_000_000;
  }

  private static void assertOnlyLargerOnesFailed(
      int limit, List<Outcome<ProbeJob, ProbeResult>> outcomes) throws IOException {
    for (Outcome<ProbeJob, ProbeResult> outcome : outcomes) {
      if (besides() + outcome.job().number() <= limit) {
        assertInstanceOf(Outcome.Succeeded.class, outcome);
      } else {
        var failed = assertInstanceOf(Outcome.Failed.class, outcome);
        assertTrue(
            failed.cause().getMessage().contains("but maxOutcomeBytes is " + limit),
            failed.cause()::getMessage);
      }
    }
    assertTrue(Probe.runs().values().stream().allMatch(runs -> runs == 1), "Flink restarted");
  }

  private static List<ProbeJob> around(int limit) throws IOException {
    int largest = limit - besides();
    return IntStream.of(10, largest - 1, largest, largest + 1, 20_000_000, 20)
        .mapToObj(size -> new ProbeJob(size, ProbeJob.Act.LARGE))
        .toList();
  }

  @Test
  void aResultThatIsTooLargeToComeBackFailsItsJobAlone() throws Exception {
    int limit = 2 << 20; // Flink's
    List<Outcome<ProbeJob, ProbeResult>> outcomes = probe().parallelism(1).runAll(around(limit));
    assertEquals(6, outcomes.size());
    assertOnlyLargerOnesFailed(limit, outcomes);
  }

  @Test
  void moreMayComeBackWhereFlinkIsToldSo(@TempDir Path directory) throws Exception {
    Configuration more = new Configuration();
    // several of them have no room in a checkpoint that is kept in memory
    more.set(CheckpointingOptions.CHECKPOINT_STORAGE, "filesystem");
    more.set(CheckpointingOptions.CHECKPOINTS_DIRECTORY, directory.toUri().toString());
    more.set(CollectSinkOperatorFactory.MAX_BATCH_SIZE, MemorySize.ofMebiBytes(3));
    env.configure(more);
    int limit = 3 << 20;
    assertOnlyLargerOnesFailed(limit, probe().parallelism(1).runAll(around(limit)));
  }

  @Test
  void lessMayComeBackWhereThePoolIsToldSo() throws Exception {
    int limit = 2_000_100;
    assertOnlyLargerOnesFailed(
        limit, probe().parallelism(1).maxOutcomeBytes(limit).runAll(around(limit)));
  }

  @Test
  void aFailureThatIsTooLargeComesBackAsItsClass() throws Exception {
    List<ProbeJob> one = List.of(new ProbeJob(0, ProbeJob.Act.FAIL));

    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe().parallelism(1).maxOutcomeBytes(400).runAll(one);

    var failed = assertInstanceOf(Outcome.Failed.class, outcomes.getFirst());
    RemoteFailure cause = assertInstanceOf(RemoteFailure.class, failed.cause());
    assertEquals("java.lang.IllegalStateException", cause.className());
    assertNull(cause.getCause());
  }

  @Test
  void aJobThatIsTooLargeToComeBackEndsTheFlinkJob() {
    Exception thrown =
        assertThrows(
            Exception.class, () -> probe().parallelism(1).maxOutcomeBytes(10).runAll(jobs(1)));

    assertTrue(
        ExceptionUtils.findThrowableWithMessage(thrown, "cannot come back, since").isPresent(),
        () -> ExceptionUtils.stringifyException(thrown));
  }

  @Test
  void aJobThatRunsTooLongFails() throws Exception {
    List<Outcome<ProbeJob, ProbeResult>> outcomes =
        probe()
            .workersPerTask(1)
            .parallelism(1)
            .jobTimeout(Duration.ofMillis(200))
            .ordered()
            .runAll(List.of(new ProbeJob(0, ProbeJob.Act.HOLD), ProbeJob.of(1)));

    var failed = assertInstanceOf(Outcome.Failed.class, outcomes.getFirst());
    RemoteFailure cause = assertInstanceOf(RemoteFailure.class, failed.cause());
    assertEquals("java.util.concurrent.TimeoutException", cause.className());
    assertEquals(2, outcomes.size());
  }

  @Test
  void anUnknownOptionIsToldOnTheClientWithoutItsSecret() {
    DataStream<ProbeJob> source = env.fromData(jobs(1), probe().jobs());
    FlinkPool<ProbeJob, ProbeResult> pool = probe().option("pasword", "hush");

    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> pool.run(source));

    assertTrue(
        thrown.getMessage().startsWith("factory 'probe' has no option 'pasword'; its options are"),
        thrown::getMessage);
    assertFalse(thrown.getMessage().contains("hush"));
    assertEquals(0, Probe.opened());
  }

  @Test
  void moreWorkersThanAPoolMayHaveAreToldByThePool() {
    FlinkPool<ProbeJob, ProbeResult> pool = probe().workersPerTask(Integer.MAX_VALUE);

    Exception thrown = assertThrows(Exception.class, () -> pool.runAll(jobs(1)));

    assertEquals("workers must be at most 1000000, but was 2147483647", root(thrown).getMessage());
  }

  private static Throwable root(Throwable thrown) {
    return thrown.getCause() == null ? thrown : root(thrown.getCause());
  }

  @Test
  void otherTypesAreToldOnTheClient() {
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class,
            () -> FlinkPool.on(env).factory("probe", String.class, ProbeResult.class));

    assertEquals(
        "factory 'probe' has jobs of type pool.flink.ProbeJob, not java.lang.String",
        thrown.getMessage());
  }

  @Test
  void settingsThatAreMissingAreAddedAndTheUsersAreKept() {
    DataStream<ProbeJob> source = env.fromData(jobs(1), probe().jobs());

    probe().run(source);

    var set = env.getConfiguration();
    assertEquals(Duration.ofMillis(100), set.get(CheckpointingOptions.CHECKPOINTING_INTERVAL));
    assertEquals(true, set.get(CheckpointingOptions.ENABLE_UNALIGNED));
    assertEquals("exponential-delay", set.get(RestartStrategyOptions.RESTART_STRATEGY));
    assertEquals(Duration.ofSeconds(180), set.get(TaskManagerOptions.TASK_CANCELLATION_TIMEOUT));
    assertEquals(180_000, env.getConfig().getTaskCancellationTimeout());
    assertTrue(env.getCheckpointConfig().isUnalignedCheckpointsEnabled());
  }

  @Test
  void aCloseThatFlinkWouldNotWaitForIsRefused() {
    DataStream<ProbeJob> source = env.fromData(jobs(1), probe().jobs());
    FlinkPool<ProbeJob, ProbeResult> pool = probe().closeTimeout(Duration.ofMinutes(5));

    IllegalArgumentException thrown =
        assertThrows(IllegalArgumentException.class, () -> pool.run(source));

    assertEquals(
        "task.cancellation.timeout must be more than closeTimeout, which is 300 s, and 30 s, but was 180 s",
        thrown.getMessage());
    pool.closeTimeout(Duration.ofSeconds(Long.MAX_VALUE));
    assertThrows(IllegalArgumentException.class, () -> pool.run(source));
  }
}
