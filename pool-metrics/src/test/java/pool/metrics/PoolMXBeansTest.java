package pool.metrics;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.util.Date;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.openmbean.CompositeData;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import pool.api.WorkerFactory;
import pool.core.PoolState;
import pool.core.WorkerPool;
import pool.core.WorkerState;

/** Pools as the platform's MBean server shows them. */
@Timeout(60)
@SuppressWarnings("try")
class PoolMXBeansTest {

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch runs = new CountDownLatch(1);

  @AfterEach
  void nothingIsLeft() throws Exception {
    release.countDown();
    assertEquals(List.of(), List.copyOf(server.queryNames(new ObjectName("pool:*"), null)));
  }

  private WorkerPool<String, String> open(String name) {
    return builder(name).open();
  }

  private WorkerPool.Builder<String, String> builder(String name) {
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "wait",
            String.class,
            String.class,
            _ ->
                job -> {
                  if (job.startsWith("wait")) {
                    runs.countDown();
                    boolean _ = release.await(20, SECONDS);
                  }
                  if (job.equals("fail")) {
                    throw new IllegalArgumentException(job);
                  }
                  return job;
                });
    return WorkerPool.of(factory).name(name).workers(2);
  }

  private PoolMXBean bean(PoolRegistration registration) {
    return JMX.newMXBeanProxy(server, registration.objectName(), PoolMXBean.class);
  }

  @Test
  void itShowsWhoDoesWhat() throws Exception {
    try (var pool = open("orders");
        var registration = PoolMXBeans.register(pool)) {
      assertEquals("pool:type=WorkerPool,name=\"orders\"", registration.objectName().toString());
      pool.submit("fail").exceptionally(_ -> "failed").join();
      String longJob = "wait" + "x".repeat(500);
      CompletableFuture<String> waiting = pool.submit("key", longJob);
      assertTrue(runs.await(20, SECONDS));
      CompletableFuture<String> behind = pool.submit("key", "behind");
      PoolMXBean bean = bean(registration);
      assertEquals("orders", bean.getName());
      assertEquals(PoolState.OPEN, bean.getState());
      assertEquals(1, bean.getQueued());
      assertEquals(1, bean.getRunning());
      assertEquals(new PoolMXBean.JobCounts(3, 1, 1, 0, 1, 0, 0, 0), bean.getJobs());
      var busy = bean.getWorkers().stream().filter(w -> w.state() == WorkerState.RUNNING).toList();
      assertEquals(1, busy.size());
      assertEquals(longJob.substring(0, 199) + "…", busy.getFirst().job());
      assertNotNull(busy.getFirst().since());
      var idle = bean.getWorkers().stream().filter(w -> !busy.contains(w)).findFirst();
      assertEquals("", idle.orElseThrow().job());
      assertNull(idle.orElseThrow().since());
      assertEquals(1, bean.getWorkers().stream().mapToLong(PoolMXBean.WorkerNow::failures).sum());
      release.countDown();
      CompletableFuture.allOf(waiting, behind).join();
    }
  }

  @Test
  void whatKnowsNothingOfPoolsCanReadIt() throws Exception {
    try (var pool = open("plain");
        var registration = PoolMXBeans.register(pool)) {
      var name = registration.objectName();
      assertEquals("OPEN", server.getAttribute(name, "State"));
      CompositeData jobs = (CompositeData) server.getAttribute(name, "Jobs");
      assertEquals(0L, jobs.get("submitted"));
      CompositeData[] workers = (CompositeData[]) server.getAttribute(name, "Workers");
      assertEquals("plain-1", workers[1].get("name"));
      assertEquals(0, server.getMBeanInfo(name).getOperations().length);
    }
  }

  @Test
  void ofAMeteredPoolItShowsWhatWasMeasured() throws Exception {
    PoolMeter meter = new PoolMeter();
    var pool = builder("measured").listener(meter).open();
    try (var registration = PoolMXBeans.register(pool, meter)) {
      CompletableFuture<String> waiting = pool.submit("wait");
      assertTrue(runs.await(20, SECONDS));
      long began = System.nanoTime();
      while (System.nanoTime() - began < 200_000_000) { // longer than the short one, in any case
        Thread.onSpinWait();
      }
      release.countDown();
      waiting.join();
      pool.submit("fail").exceptionally(_ -> "failed").join();
      var name = registration.objectName();
      var bean = JMX.newMXBeanProxy(server, name, MeteredPoolMXBean.class);
      Await.until("both runs are told", () -> bean.getRan().count() == 2);
      assertEquals(PoolState.OPEN, bean.getState());
      MeteredPoolMXBean.Percentiles ran = bean.getRan();
      assertTrue(ran.longest() >= 200 && ran.longest() < 20_000, ran::toString);
      assertEquals(ran.longest(), ran.p99());
      assertTrue(ran.p50() < ran.p99() && ran.mean() > 0, ran::toString);
      assertEquals(2, bean.getWaited().count());
      MeteredPoolMXBean.SlowRun slowest = bean.getSlowest().getFirst();
      assertEquals("wait", slowest.job());
      assertEquals(ran.longest(), slowest.ran());
      assertTrue(slowest.started().before(new Date()));
      assertTrue(bean.getUtilization() > 0 && bean.getUtilization() <= 1);
      assertTrue(bean.getRunsPerSecond() > bean.getFailuresPerSecond());
      assertTrue(bean.getFailuresPerSecond() > 0);
      assertEquals(
          List.of("measured-0", "measured-1"),
          bean.getUse().stream().map(MeteredPoolMXBean.WorkerUse::worker).toList());
      assertEquals(0, bean.getLost());
      assertEquals(ran.p99(), ((CompositeData) server.getAttribute(name, "Ran")).get("p99"));
      pool.close();
      assertEquals(2, bean.getRan().count(), "the last look, as for one without a meter");
      assertFalse(server.isRegistered(name));
    } finally {
      pool.close();
    }
  }

  @Test
  void anyNameWillDo() {
    String name = "a,b=\"c\"*?\n\\:ü";
    try (var pool = open(name);
        var registration = PoolMXBeans.register(pool)) {
      assertEquals(name, bean(registration).getName());
    }
  }

  @Test
  void aNameIsTakenOnce() {
    try (var pool = open("twice");
        var registration = PoolMXBeans.register(pool);
        var other = open("twice")) {
      var e = assertThrows(IllegalStateException.class, () -> PoolMXBeans.register(other));
      assertEquals(
          "a pool named 'twice' is registered already, as pool:type=WorkerPool,name=\"twice\": close that registration first, or give one of the two another name with name(...)",
          e.getMessage());
      assertEquals(PoolState.OPEN, bean(registration).getState());
      registration.close();
      registration.close();
      try (var second = PoolMXBeans.register(other)) {
        registration.close(); // which leaves the other's alone
        assertTrue(server.isRegistered(second.objectName()));
      }
    }
  }

  /** Anybody may, such as a container that empties its server. */
  @Test
  void oneThatSomebodyElseUnregistersLeavesTheNextOfItsNameAlone() throws Exception {
    try (var pool = open("twice");
        var registration = PoolMXBeans.register(pool);
        var other = open("twice")) {
      server.unregisterMBean(registration.objectName());
      try (var second = PoolMXBeans.register(other)) {
        registration.close();
        assertTrue(server.isRegistered(second.objectName()));
      }
    }
  }

  @Test
  void whoReadsThatItIsClosedIsTheLast() {
    var pool = open("closed");
    var registration = PoolMXBeans.register(pool);
    pool.close();
    assertTrue(server.isRegistered(registration.objectName()));
    assertEquals(PoolState.CLOSED, bean(registration).getState());
    assertFalse(server.isRegistered(registration.objectName()));
    registration.close();
  }

  @Test
  void oneThatIsClosedGivesWayToTheNextOfItsName() {
    var first = open("again");
    var old = PoolMXBeans.register(first);
    first.close();
    try (var second = open("again");
        var registration = PoolMXBeans.register(second)) {
      old.close();
      assertEquals(PoolState.OPEN, bean(registration).getState());
    }
  }

  @Test
  void aForgottenPoolIsNoticedAndItsMBeanGoes() {
    WeakReference<WorkerPool<String, String>> forgotten = new WeakReference<>(open("forgotten"));
    var registration = PoolMXBeans.register(forgotten.get());
    Await.until(
        "the MBean is gone",
        () -> {
          System.gc();
          return !server.isRegistered(registration.objectName());
        });
    assertNull(forgotten.get());
    registration.close();
  }
}
