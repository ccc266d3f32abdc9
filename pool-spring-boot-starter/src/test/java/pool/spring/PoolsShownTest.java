package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import pool.api.WorkerFactory;
import pool.core.PoolState;
import pool.core.WorkerPool;

/** Health, endpoint and meters. */
@ExtendWith(OutputCaptureExtension.class)
class PoolsShownTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolAutoConfiguration.class,
                  PoolHealthAutoConfiguration.class,
                  PoolEndpointAutoConfiguration.class,
                  PoolMetricsAutoConfiguration.class))
          .withUserConfiguration(Gated.class)
          .withPropertyValues(
              "pool.pools.gated.factory=gate",
              "pool.pools.gated.workers=2",
              "pool.pools.gated.min-open=0",
              "management.endpoints.web.exposure.include=*");

  @Configuration(proxyBeanMethods = false)
  static class Gated {

    final Factories.Gate gates = new Factories.Gate();

    @Bean
    WorkerFactory<String, String> gate() {
      return gates.factory();
    }

    /** Declared, and not configured by the configurer. */
    @Bean
    WorkerPool<String, String> declared() {
      return WorkerPool.of(Factories.greet()).name("declared").workers(1).leaveOpenOnExit().open();
    }
  }

  @SuppressWarnings("unchecked")
  private static WorkerPool<String, String> gated(AssertableApplicationContext context) {
    return context.getBean("gated", WorkerPool.class);
  }

  private static Health health(AssertableApplicationContext context, String pool) {
    var all = context.getBean("poolsHealthContributor", CompositeHealthContributor.class);
    return ((HealthIndicator) all.getContributor(pool)).health();
  }

  private static Factories.Gate gates(AssertableApplicationContext context) {
    return context.getBean(Gated.class).gates;
  }

  @Test
  void healthIsDownWithoutAWorkerUpWithSomeAndOutOfServiceWhenItCloses() {
    runner.run(context -> {
      Factories.Gate gates = gates(context);
      Conditions.await(() -> health(context, "gated").getDetails().containsKey("lastFailure"));
      assertThat(health(context, "gated").getStatus()).isEqualTo(Status.DOWN);
      assertThat(health(context, "gated").getDetails())
          .containsEntry("workers", "0 of 2 open")
          .containsEntry("state", PoolState.DEGRADED)
          .hasEntrySatisfying(
              "lastFailure",
              last ->
                  assertThat(last.toString())
                      .contains("cannot be opened", "is shut", "password=***")
                      .doesNotContain("secret"));

      gates.open.put(1, true);
      Conditions.await(() -> health(context, "gated").getStatus().equals(Status.UP));
      assertThat(health(context, "gated").getDetails())
          .containsEntry("workers", "1 of 2 open")
          .containsEntry("state", PoolState.DEGRADED);

      gates.open.put(0, true);
      Conditions.await(() -> gated(context).stats().state() == PoolState.OPEN);
      assertThat(health(context, "gated").getStatus()).isEqualTo(Status.UP);
      assertThat(health(context, "gated").getDetails()).containsEntry("workers", "2 of 2 open");

      gates.open.clear();
      for (int worker = 0; worker < 2; worker++) {
        assertThatThrownBy(() -> gated(context).submit("break").join()).isNotNull();
      }
      Conditions.await(() -> health(context, "gated").getStatus().equals(Status.DOWN));

      gates.open.put(0, true);
      var job = gated(context).submit("wait");
      assertThat(gates.started.await(20, TimeUnit.SECONDS)).isTrue();
      gated(context).beginShutdown();
      assertThat(health(context, "gated").getStatus()).isEqualTo(Status.OUT_OF_SERVICE);
      assertThat(health(context, "gated").getDetails())
          .containsEntry("state", PoolState.CLOSING)
          .containsEntry("running", 1L);
      gates.release.countDown();
      assertThat(job.get(20, TimeUnit.SECONDS)).isEqualTo("wait");
    });
  }

  /** Whether a worker is opened is decided by the test. */
  @Configuration(proxyBeanMethods = false)
  static class Held {

    final Semaphore mayOpen = new Semaphore(0);

    @Bean
    WorkerFactory<String, String> held() {
      return WorkerFactory.of(
          "held",
          String.class,
          String.class,
          context -> {
            mayOpen.acquire();
            return job -> job;
          });
    }
  }

  @Test
  void healthIsDownUntilTheFirstWorkerIsOpenAndNotWhenItIsRecycled() {
    runner
        .withUserConfiguration(Held.class)
        .withPropertyValues(
            "pool.pools.one.factory=held",
            "pool.pools.one.workers=1",
            "pool.pools.one.min-open=0",
            "pool.pools.one.max-jobs-per-worker=1")
        .run(context -> {
          Semaphore mayOpen = context.getBean(Held.class).mayOpen;
          assertThat(health(context, "one").getStatus()).isEqualTo(Status.DOWN);
          mayOpen.release();
          Conditions.await(() -> health(context, "one").getStatus().equals(Status.UP));

          @SuppressWarnings("unchecked")
          WorkerPool<String, String> pool = context.getBean("one", WorkerPool.class);
          assertThat(pool.call("a")).isEqualTo("a");
          Conditions.await(() -> health(context, "one").getDetails().containsValue("0 of 1 open"));
          assertThat(health(context, "one").getStatus()).isEqualTo(Status.UP);
          mayOpen.release();
          Conditions.await(() -> health(context, "one").getStatus().equals(Status.UP));
        });
  }

  @Test
  void healthIsDownWhenAnOpeningHangsForLong() {
    runner
        .withUserConfiguration(Held.class)
        .withPropertyValues(
            "pool.pools.one.factory=held",
            "pool.pools.one.workers=1",
            "pool.pools.one.min-open=0",
            "pool.pools.one.max-jobs-per-worker=1",
            "management.health.pools.grace=50ms")
        .run(context -> {
          Semaphore mayOpen = context.getBean(Held.class).mayOpen;
          mayOpen.release();
          @SuppressWarnings("unchecked")
          WorkerPool<String, String> pool = context.getBean("one", WorkerPool.class);
          assertThat(pool.call("a")).isEqualTo("a");
          Conditions.await(() -> health(context, "one").getStatus().equals(Status.DOWN));
          mayOpen.release();
          Conditions.await(() -> health(context, "one").getStatus().equals(Status.UP));
        });
  }

  @Test
  void healthKnowsPoolsThatTheApplicationDeclares() {
    runner.run(context -> {
      assertThat(health(context, "declared").getStatus()).isEqualTo(Status.UP);
      assertThat(health(context, "declared").getDetails()).containsEntry("workers", "1 of 1 open");
    });
  }

  @Test
  void healthIsSwitchedOff() {
    runner
        .withPropertyValues("management.health.pools.enabled=false")
        .run(context -> assertThat(context).doesNotHaveBean("poolsHealthContributor"));
  }

  @Test
  void theEndpointTellsWhoDoesWhatAndNotWithWhichJob() {
    runner.run(context -> assertThat(shownJob(context)).isNull());
  }

  @Test
  void theEndpointShowsJobsWhereItIsAskedTo() {
    runner
        .withPropertyValues("management.endpoint.pools.show-jobs=true")
        .run(context -> assertThat(shownJob(context)).isEqualTo("wait"));
  }

  private static String shownJob(AssertableApplicationContext context) throws Exception {
    Factories.Gate gates = gates(context);
    PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
    Conditions.await(() -> endpoint.pool("gated").lastFailure() != null);
    gates.open.put(1, true);
    var job = gated(context).submit("wait");
    assertThat(gates.started.await(20, TimeUnit.SECONDS)).isTrue();
    assertThat(endpoint.pools().pools()).containsOnlyKeys("gated", "declared");
    PoolsEndpoint.PoolDescriptor pool = endpoint.pool("gated");
    PoolsEndpoint.WorkerDescriptor worker = pool.workers().get(1);
    gates.release.countDown();
    job.get(20, TimeUnit.SECONDS);
    assertThat(pool.running()).isEqualTo(1);
    assertThat(pool.lastFailure().worker()).startsWith("gated-");
    assertThat(worker.name()).isEqualTo("gated-1");
    assertThat(worker.currentJobSince()).isNotNull();
    return worker.currentJob();
  }

  @Test
  void theEndpointReplacesWorkersAndSaysWhyItDidNot() {
    runner.run(context -> {
      Factories.Gate gates = gates(context);
      PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
      gates.open.put(0, true);
      gates.open.put(1, true);
      Conditions.await(() -> gated(context).stats().state() == PoolState.OPEN);
      assertThat(endpoint.replaceWorkers("gated"))
          .isEqualTo(new PoolsEndpoint.ReplaceDescriptor(2, 0, true, null));

      gates.open.clear();
      PoolsEndpoint.ReplaceDescriptor failed = endpoint.replaceWorkers("gated");
      assertThat(failed.complete()).isFalse();
      assertThat(failed.cause()).contains("is shut").doesNotContain("secret");

      assertThatThrownBy(() -> endpoint.replaceWorkers("other"))
          .isInstanceOf(InvalidEndpointRequestException.class)
          .hasMessageContaining("no pool is named 'other'");
      gated(context).shutdownNow();
      assertThatThrownBy(() -> endpoint.replaceWorkers("gated"))
          .isInstanceOf(InvalidEndpointRequestException.class)
          .hasMessageContaining("is closing");
      assertThat(endpoint.pool("other")).isNull();
    });
  }

  @Test
  void metersAreBoundToTheRegistryOfTheApplication() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .run(context -> {
          gates(context).open.put(0, true);
          assertThat(gated(context).submit("a").get(20, TimeUnit.SECONDS)).isEqualTo("a");
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          Conditions.await(
              () -> registry.get("pool.run").tag("pool", "gated").timer().count() == 1);
          assertThat(registry.find("pool.jobs.submitted").tag("pool", "declared").meter())
              .isNotNull();
          assertThat(registry.find("pool.run").tag("pool", "declared").meter()).isNull();
        });
  }

  @Test
  void metersAreMeasuredOfPoolsThatAreMadeLate() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor()))
        .run(context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry.find("pool.jobs.submitted").tag("pool", "gated").meter()).isNotNull();
          assertThat(context.getBean("declared", WorkerPool.class)).isNotNull();
          assertThat(registry.find("pool.jobs.submitted").tag("pool", "declared").meter())
              .isNotNull();
        });
  }

  @Test
  void metersHaveWhatTheApplicationAddsToAll() {
    runner
        .withConfiguration(AutoConfigurations.of(MetricsAutoConfiguration.class))
        .withBean(SimpleMeterRegistry.class)
        .withBean(MeterFilter.class, () -> MeterFilter.commonTags(Tags.of("region", "north")))
        .run(context -> {
          MeterRegistry registry = context.getBean(MeterRegistry.class);
          assertThat(registry.find("pool.wait").tag("region", "north").meter()).isNotNull();
          assertThat(registry.find("pool.workers").tag("region", "north").meter()).isNotNull();
        });
  }

  @Test
  void metersAreTakenAwayWithTheContextAndThoseOfAnotherStay(CapturedOutput output) {
    SimpleMeterRegistry shared = new SimpleMeterRegistry();
    ApplicationContextRunner sharing =
        runner.withBean(MeterRegistry.class, () -> shared, bean -> bean.setDestroyMethodName(""));
    sharing.run(first -> {
      assertThat(shared.find("pool.run").tag("pool", "gated").meter()).isNotNull();
      sharing.run(second -> assertThat(second).hasNotFailed());
      assertThat(output).contains("pool 'gated' is not measured in full");
      assertThat(shared.find("pool.run").tag("pool", "gated").meter()).isNotNull();
    });
    assertThat(shared.getMeters()).isEmpty();
  }

  @Test
  void metersOfAnotherContextStayBehindACompositeToo() {
    SimpleMeterRegistry shared = new SimpleMeterRegistry();
    ApplicationContextRunner sharing =
        runner.withBean(
            MeterRegistry.class,
            () -> new CompositeMeterRegistry(Clock.SYSTEM, List.of(shared)),
            bean -> bean.setDestroyMethodName(""));
    sharing.run(first -> {
      sharing.run(second -> assertThat(second).hasNotFailed());
      assertThat(shared.find("pool.run").tag("pool", "gated").meter()).isNotNull();
      assertThat(shared.find("pool.workers").tag("pool", "gated").meter()).isNotNull();
    });
    assertThat(shared.getMeters()).isEmpty();
  }

  @Test
  void metersAreSwitchedOff() {
    runner
        .withBean(SimpleMeterRegistry.class)
        .withPropertyValues("pool.metrics.enabled=false")
        .run(context -> assertThat(context.getBean(MeterRegistry.class).getMeters()).isEmpty());
  }

  @Test
  void theEndpointIsNotThereWithoutAccess() {
    runner
        .withPropertyValues("management.endpoint.pools.access=NONE")
        .run(context -> assertThat(context).doesNotHaveBean(PoolsEndpoint.class));
  }

  @Test
  void theEndpointDoesNotWaitForBusyWorkersForEver() {
    runner
        .withPropertyValues("management.endpoint.pools.replace-timeout=200ms")
        .run(context -> {
          Factories.Gate gates = gates(context);
          PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
          gates.open.put(0, true);
          gates.open.put(1, true);
          Conditions.await(() -> gated(context).stats().state() == PoolState.OPEN);
          var job = gated(context).submit("wait");
          assertThat(gates.started.await(20, TimeUnit.SECONDS)).isTrue();
          PoolsEndpoint.ReplaceDescriptor soFar = endpoint.replaceWorkers("gated");
          assertThat(soFar.complete()).isFalse();
          assertThat(soFar.left()).isPositive();
          assertThat(soFar.cause()).isEqualTo("not complete within PT0.2S");
          gates.release.countDown();
          assertThat(job.get(20, TimeUnit.SECONDS)).isEqualTo("wait");
          assertThat(endpoint.replaceWorkers("gated").complete()).isTrue();
        });
  }

  @Test
  void nothingIsShownWhereTheApplicationHasNothingToShowItWith() {
    runner
        .withClassLoader(
            new FilteredClassLoader(
                "io.micrometer",
                "org.springframework.boot.health",
                "org.springframework.boot.actuate"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          assertThat(context).doesNotHaveBean(PoolFailures.class);
          assertThat(context).doesNotHaveBean(PoolMeters.class);
          assertThat(context).hasBean("gated");
        });
  }
}
