package pool.micrometer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.RetryLaterException;
import pool.api.WorkerBrokenException;
import pool.api.WorkerFactory;
import pool.core.WhenFull;
import pool.core.WorkerPool;

@Timeout(60)
class PoolMetricsListenerTest {

  private static WorkerFactory<String, String> factory() {
    return WorkerFactory.of(
        "ask",
        String.class,
        String.class,
        _ ->
            job -> {
              switch (job) {
                case "fail" -> throw new IllegalArgumentException(job);
                case "break" -> throw new WorkerBrokenException(job);
                case "later" -> throw new RetryLaterException(Duration.ofMillis(1));
                case "slow" -> Thread.sleep(60);
                default -> {}
              }
              return job;
            });
  }

  /** Runs jobs in a pool of an instance of its own, and returns what Prometheus reads of it. */
  private static String instance(List<String> jobs) {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    var listener =
        PoolMetricsListener.builder(registry, "ask")
            .serviceLevelObjectives(Duration.ofMillis(50))
            .build();
    try (var pool = WorkerPool.of(factory()).workers(1).listener(listener).open()) {
      pool.mapAll(jobs);
    } // the listener has been told by then
    return registry.scrape();
  }

  /** How many runs took at most so long: by the bucket's end in seconds. */
  private static SortedMap<Double, Double> buckets(String scrape) {
    String start = "pool_run_seconds_bucket{outcome=\"succeeded\",pool=\"ask\",le=\"";
    SortedMap<Double, Double> buckets = new TreeMap<>();
    scrape
        .lines()
        .filter(line -> line.startsWith(start))
        .forEach(line -> {
          String end = line.substring(start.length(), line.indexOf('"', start.length()));
          double limit = end.equals("+Inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(end);
          buckets.put(limit, Double.valueOf(line.substring(line.lastIndexOf(' ') + 1)));
        });
    return buckets;
  }

  @Test
  void aRegistryThatRefusesAMeterHasNoneAndMayBeTriedAgain() {
    RefusingRegistry registry = new RefusingRegistry("pool.queue.full");
    PoolMetricsListener.Builder builder = PoolMetricsListener.builder(registry, "ask");
    assertThrows(IllegalArgumentException.class, builder::build);
    assertEquals(List.of(), registry.getMeters());
    registry.refuses = false;
    builder.build().close();
    assertEquals(List.of(), registry.getMeters());
  }

  @Test
  void histogramsOfTwoInstancesAddUp() {
    SortedMap<Double, Double> one =
        buckets(instance(IntStream.range(0, 95).mapToObj(i -> "job" + i).toList()));
    SortedMap<Double, Double> other =
        buckets(instance(List.of("slow", "slow", "slow", "slow", "slow")));
    assertEquals(one.keySet(), other.keySet());
    SortedMap<Double, Double> sum = new TreeMap<>(one);
    other.forEach((limit, count) -> sum.merge(limit, count, Double::sum));
    assertEquals(100, sum.get(Double.POSITIVE_INFINITY));
    assertTrue(sum.size() > 60, () -> "buckets: " + sum.keySet());
    assertTrue(sum.get(0.05) <= 95 && sum.get(0.05) >= 80, () -> "within 50 ms: " + sum.get(0.05));
    double p99 = // what histogram_quantile of Prometheus finds, without interpolation
        sum.entrySet().stream().filter(e -> e.getValue() >= 99).findFirst().orElseThrow().getKey();
    assertTrue(p99 >= 0.06, () -> "99 % within " + p99);
  }

  private static double count(MeterRegistry registry, String name, String... tags) {
    return registry.get(name).tags(tags).counter().count();
  }

  @Test
  void runsByOutcomeAndDeathsOfWorkersAreCounted() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    var listener =
        PoolMetricsListener.builder(registry, "ask").tags(Tags.of("region", "north")).build();
    try (var pool = WorkerPool.of(factory()).workers(1).maxRetries(2).listener(listener).open()) {
      pool.mapAll(List.of("job", "fail", "break", "later"));
    }
    assertEquals(1, runs(registry, "succeeded"));
    assertEquals(5, runs(registry, "failed"));
    assertEquals(6, registry.get("pool.wait").tags("pool", "ask").timer().count());
    assertEquals(1, count(registry, "pool.workers.broken", "pool", "ask", "region", "north"));
    assertEquals(1, count(registry, "pool.workers.replaced", "reason", "broken"));
    assertEquals(0, count(registry, "pool.workers.replaced", "reason", "abandoned"));
    assertEquals(0, count(registry, "pool.workers.abandoned"));
    assertEquals(0, count(registry, "pool.workers.open.failures"));
    assertEquals(0, count(registry, "pool.events.lost"));
    var again = PoolMetricsListener.builder(registry, "ask").tags(Tags.of("region", "north"));
    assertEquals(
        "the registry has the timers of a pool with the tags [tag(pool=ask),tag(region=north)] already: close those first, or give one of the two another name or another tag",
        assertThrows(IllegalStateException.class, again::build).getMessage());
    listener.close();
    assertEquals(List.of(), registry.getMeters());
  }

  private static long runs(MeterRegistry registry, String outcome) {
    return registry.get("pool.run").tags("outcome", outcome).timer().count();
  }

  @Test
  void aFullQueueAndADroppedRunAreCounted() throws Exception {
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    CountDownLatch runs = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    WorkerFactory<String, String> waiting =
        WorkerFactory.of(
            "ask",
            String.class,
            String.class,
            _ ->
                job -> {
                  runs.countDown();
                  boolean _ = release.await(20, SECONDS);
                  return job;
                });
    try (var listener = PoolMetricsListener.builder(registry, "ask").build()) {
      try (var pool =
          WorkerPool.of(waiting)
              .workers(1)
              .queueCapacity(1)
              .whenFull(WhenFull.REJECT)
              .listener(listener)
              .open()) {
        var running = pool.submit("runs");
        runs.await();
        var _ = pool.submit("waits");
        assertTrue(pool.trySubmit("finds it full").isEmpty());
        assertTrue(running.cancel(false));
        release.countDown();
      }
      assertEquals(1, runs(registry, "dropped"));
      assertEquals(1, runs(registry, "succeeded"));
      assertTrue(count(registry, "pool.queue.full") >= 1);
    }
  }
}
