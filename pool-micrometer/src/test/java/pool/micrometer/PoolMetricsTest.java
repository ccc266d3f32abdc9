package pool.micrometer;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Tags;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;
import pool.core.CloseReport;
import pool.core.WorkerPool;

/** A pool as Prometheus sees it, over HTTP. */
@Timeout(60)
class PoolMetricsTest {

  private final CountDownLatch runs = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final WorkerFactory<String, String> asking =
      WorkerFactory.of(
          "ask",
          String.class,
          String.class,
          _ ->
              job -> {
                switch (job) {
                  case "fail" -> throw new IllegalArgumentException(job);
                  case "wait" -> {
                    runs.countDown();
                    boolean _ = release.await(20, SECONDS);
                  }
                  default -> {}
                }
                return job;
              });
  private Scraped scraped;

  @BeforeEach
  void serve() throws Exception {
    scraped = new Scraped();
  }

  @AfterEach
  void nothingIsLeft() {
    release.countDown();
    scraped.close();
  }

  /**
   * What is scraped may be a tenth of a second old, and of two readings; of two scrapes that are
   * equal, nothing happened between the readings.
   */
  private Map<String, Double> scrapeUntil(Predicate<Map<String, Double>> isSo) throws Exception {
    Map<String, Double> before = scraped.scrape();
    Map<String, Double> now = scraped.scrape();
    while (!isSo.test(now) || !now.equals(before)) { // bounded by the time-out
      before = now;
      now = scraped.scrape();
    }
    return now;
  }

  private static double sum(Map<String, Double> metrics, String prefix) {
    return metrics.entrySet().stream()
        .filter(metric -> metric.getKey().startsWith(prefix))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  @Test
  void whatRunsAndWaitsIsSeen() throws Exception {
    var pool = WorkerPool.of(asking).workers(2).open();
    try (var metrics = new PoolMetrics(pool, Tags.empty())) {
      metrics.bindTo(scraped.registry);
      pool.submit("key", "wait");
      runs.await();
      pool.submit("key", "behind");
      var seen = scrapeUntil(m -> m.get("pool_jobs_queued{pool=\"ask\"}") == 1);
      assertEquals(1, seen.get("pool_jobs_running{pool=\"ask\"}"));
      assertEquals(2, seen.get("pool_jobs_submitted_total{pool=\"ask\"}"));
      assertEquals(1, seen.get("pool_workers{pool=\"ask\",state=\"running\"}"));
      assertEquals(2, sum(seen, "pool_workers{"));
      assertEquals(2, seen.get("pool_workers_opened_total{pool=\"ask\"}"));
      assertEquals(0, seen.get("pool_degraded{pool=\"ask\"}"));
      assertTrue(seen.keySet().stream().noneMatch(key -> key.startsWith("pool_run")));
      release.countDown();
      pool.close();
    }
  }

  @Test
  void afterTheCloseTheCountsAreThoseOfTheReport() throws Exception {
    var pool = WorkerPool.of(asking).workers(1).open();
    try (var metrics = new PoolMetrics(pool, Tags.of("region", "north"))) {
      metrics.bindTo(scraped.registry);
      pool.mapAll(IntStream.range(0, 1_000).mapToObj(i -> i % 10 == 0 ? "fail" : "job").toList());
      pool.submit("wait");
      runs.await();
      pool.submit("notStarted");
      pool.submit("cancelled").cancel(false);
      CloseReport report = pool.shutdown(Duration.ZERO);
      String of = "pool=\"ask\",region=\"north\"";
      var seen = // a scrape may straddle two readings: the first of these, and the last
          scrapeUntil(m -> m.get("pool_workers{%s,state=\"closed\"}".formatted(of)) == 1);
      assertEquals(report.submitted(), seen.get("pool_jobs_submitted_total{%s}".formatted(of)));
      Map<String, Long> expected =
          Map.of(
              "succeeded", report.succeeded(),
              "failed", report.failed(),
              "cancelled", report.cancelled(),
              "not_started", report.notStarted());
      expected.forEach((outcome, count) ->
          assertEquals(
              (double) count,
              seen.get("pool_jobs_settled_total{outcome=\"%s\",%s}".formatted(outcome, of)),
              outcome));
      assertEquals(
          List.of(900L, 100L, 2L, 1L),
          List.of(report.succeeded(), report.failed(), report.cancelled(), report.notStarted()));
    }
    assertEquals(Map.of(), scraped.scrape());
  }

  @Test
  void theGuideShowsHow() {
    Showing.pool(
        asking,
        scraped.registry,
        pool -> {
          pool.map(List.of("one", "two"));
          try {
            scrapeUntil(m ->
                m.get("pool_run_seconds_count{outcome=\"succeeded\",pool=\"ask\",region=\"north\"}")
                    == 2);
          } catch (Exception e) {
            throw new AssertionError(e);
          }
        });
  }

  @Test
  void twoPoolsOfOneNameAreRefusedUntilTheFirstIsTakenAway() throws Exception {
    try (var pool = WorkerPool.of(asking).workers(1).open();
        var other = WorkerPool.of(asking).workers(1).open()) {
      var metrics = new PoolMetrics(pool, Tags.empty());
      metrics.bindTo(scraped.registry);
      var others = new PoolMetrics(other, Tags.empty());
      var e = assertThrows(IllegalStateException.class, () -> others.bindTo(scraped.registry));
      assertEquals(
          "the registry has the meters of a pool with the tags [tag(pool=ask)] already: close those first, or give one of the two another name or another tag",
          e.getMessage());
      metrics.close();
      metrics.close();
      others.bindTo(scraped.registry);
      other.map(List.of("job"));
      scrapeUntil(m -> m.get("pool_jobs_settled_total{outcome=\"succeeded\",pool=\"ask\"}") == 1);
      others.close();
    }
  }

  @Test
  void aRegistryThatRefusesAMeterHasNoneAndAnotherKeepsItsOwn() {
    RefusingRegistry refusing = new RefusingRegistry("pool.workers.opened");
    try (var pool = WorkerPool.of(asking).workers(1).open();
        var metrics = new PoolMetrics(pool, Tags.empty())) {
      metrics.bindTo(scraped.registry);
      int bound = scraped.registry.getMeters().size();
      assertThrows(IllegalArgumentException.class, () -> metrics.bindTo(refusing));
      assertEquals(List.of(), refusing.getMeters());
      assertEquals(bound, scraped.registry.getMeters().size());
      refusing.refuses = false;
      metrics.bindTo(refusing);
      assertEquals(bound, refusing.getMeters().size());
    }
    assertEquals(List.of(), refusing.getMeters());
  }

  @Test
  void aForgottenPoolIsNoticedItsCountersStayAndItsGaugesHaveNoValue() throws Exception {
    WeakReference<WorkerPool<String, String>> forgotten = usedAndForgotten();
    while (forgotten.get() != null) { // bounded by the test's time-out
      System.gc();
      Thread.sleep(10);
    }
    var seen = scraped.scrape();
    assertEquals(1, seen.get("pool_jobs_settled_total{outcome=\"succeeded\",pool=\"ask\"}"));
    assertEquals(Double.NaN, seen.get("pool_jobs_queued{pool=\"ask\"}"));
    while (Thread.getAllStackTraces().keySet().stream()
        .anyMatch(thread -> thread.getName().startsWith("ask-"))) {
      Thread.sleep(10);
    }
  }

  /** In a method of its own, so that nothing on the stack refers to the pool. */
  private WeakReference<WorkerPool<String, String>> usedAndForgotten() throws Exception {
    WorkerPool<String, String> pool = WorkerPool.of(asking).workers(1).open();
    new PoolMetrics(pool, Tags.empty()).bindTo(scraped.registry);
    pool.map(List.of("job"));
    scrapeUntil(m -> m.get("pool_jobs_settled_total{outcome=\"succeeded\",pool=\"ask\"}") == 1);
    Reference.reachabilityFence(pool);
    return new WeakReference<>(pool);
  }
}
