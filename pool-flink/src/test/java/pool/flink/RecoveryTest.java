package pool.flink;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.flink.api.common.eventtime.WatermarkStrategy;
import org.apache.flink.api.common.functions.RichMapFunction;
import org.apache.flink.api.common.state.CheckpointListener;
import org.apache.flink.api.connector.source.util.ratelimit.RateLimiterStrategy;
import org.apache.flink.configuration.Configuration;
import org.apache.flink.configuration.RestartStrategyOptions;
import org.apache.flink.connector.datagen.source.DataGeneratorSource;
import org.apache.flink.core.execution.JobClient;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.functions.sink.v2.DiscardingSink;
import org.apache.flink.util.CloseableIterator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.core.Outcome;

@Timeout(60)
class RecoveryTest {

  private static final int JOBS = 2_000;
  private static final List<Integer> HELD = List.of(500, 501, 502, 503);

  private final StreamExecutionEnvironment env =
      StreamExecutionEnvironment.createLocalEnvironment(2, shortDelay());

  private static Configuration shortDelay() {
    return new Configuration()
        .set(
            RestartStrategyOptions.RESTART_STRATEGY_EXPONENTIAL_DELAY_INITIAL_BACKOFF,
            Duration.ofMillis(50));
  }

  @BeforeEach
  void reset() {
    Probe.reset();
    env.enableCheckpointing(100);
    Failing.checkpointed = new CountDownLatch(Integer.MAX_VALUE);
    Failing.failures.set(0);
  }

  private FlinkPool<ProbeJob, ProbeResult> probe() {
    return FlinkPool.on(env).factory("probe", ProbeJob.class, ProbeResult.class);
  }

  /** Another operator of the Flink job, which fails once when some checkpoints are complete. */
  private static final class Failing
      extends RichMapFunction<Outcome<ProbeJob, ProbeResult>, Outcome<ProbeJob, ProbeResult>>
      implements CheckpointListener {

    private static final long serialVersionUID = 1L;

    static final AtomicInteger failures = new AtomicInteger();
    static volatile CountDownLatch checkpointed = new CountDownLatch(0);

    @Override
    public void notifyCheckpointComplete(long id) {
      checkpointed.countDown();
    }

    @Override
    public Outcome<ProbeJob, ProbeResult> map(Outcome<ProbeJob, ProbeResult> outcome) {
      if (checkpointed.getCount() == 0 && failures.compareAndSet(0, 1)) {
        throw new IllegalStateException("another operator fails");
      }
      return outcome;
    }
  }

  /** The jobs that hold are under way when the checkpoint is made, so they must run again. */
  @Test
  @SuppressWarnings("try") // closing may be interrupted
  void afterAFailureElsewhereEachOutcomeIsDeliveredOnceAndWhatWasUnderWayRunsAgain()
      throws Exception {
    FlinkPool<ProbeJob, ProbeResult> pool = probe().workersPerTask(4).capacity(8);
    DataGeneratorSource<ProbeJob> source = // one that has not ended at the checkpoints
        new DataGeneratorSource<>(
            RecoveryTest::job, JOBS, RateLimiterStrategy.perSecond(1_000), pool.jobs());
    DataStream<ProbeJob> jobs =
        env.fromSource(source, WatermarkStrategy.noWatermarks(), "jobs").setParallelism(1);
    DataStream<Outcome<ProbeJob, ProbeResult>> outcomes =
        pool.run(jobs).map(new Failing()).returns(pool.outcomes());
    Thread.ofVirtual().start(this::letGoAfterACheckpoint);

    List<Integer> delivered = new ArrayList<>();
    try (CloseableIterator<Outcome<ProbeJob, ProbeResult>> arriving =
        outcomes.executeAndCollect()) {
      arriving.forEachRemaining(outcome -> delivered.add(outcome.job().number()));
    }

    assertEquals(1, Failing.failures.get());
    assertEquals(JOBS, delivered.size(), "none twice");
    assertEquals(JOBS, new HashSet<>(delivered).size(), "none lost");
    Map<Integer, Integer> runs = Probe.runs();
    assertEquals(JOBS, runs.size());
    HELD.forEach(i -> assertTrue(runs.get(i) >= 2, () -> i + " ran " + runs.get(i) + " times"));
    Probe.awaitEveryWorkerClosed();
    assertEquals(16, Probe.opened(), "four for each of two tasks, twice");
    assertEquals(List.of(), Probe.wrong());
  }

  private static ProbeJob job(long number) {
    int i = (int) number;
    return new ProbeJob(i, HELD.contains(i) ? ProbeJob.Act.HOLD : ProbeJob.Act.SUCCEED);
  }

  private void letGoAfterACheckpoint() {
    try {
      Probe.awaitHolding(4);
      Failing.checkpointed =
          new CountDownLatch(4); // the second has those jobs; two tasks hear of it
      if (!Failing.checkpointed.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("no checkpoint while jobs are under way");
      }
      Probe.letGo();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void cancelClosesEveryWorkerAndStopsWhatRuns() throws Exception {
    List<ProbeJob> jobs =
        IntStream.range(0, 100).mapToObj(i -> new ProbeJob(i, ProbeJob.Act.HOLD)).toList();
    FlinkPool<ProbeJob, ProbeResult> pool = probe().workersPerTask(3);
    pool.run(env.fromData(jobs, pool.jobs())).sinkTo(new DiscardingSink<>());
    JobClient client = env.executeAsync();
    Probe.awaitHolding(6);

    client.cancel().get(30, TimeUnit.SECONDS);

    Probe.awaitEveryWorkerClosed();
    assertEquals(6, Probe.opened());
    assertEquals(0, Probe.finished(), "nobody was done");
    assertEquals(List.of(), Probe.wrong());
  }
}
