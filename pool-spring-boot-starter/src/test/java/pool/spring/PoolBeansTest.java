package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.PoolState;
import pool.core.WorkerPool;

/** Pools that an application declares itself, and how all pools are closed. */
@ExtendWith(OutputCaptureExtension.class)
class PoolBeansTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolAutoConfiguration.class));

  /** Pools of which the second uses the first, each of whose workers tells when it closes. */
  @Configuration(proxyBeanMethods = false)
  static class Declared {

    final List<String> events = new CopyOnWriteArrayList<>();
    final Factories.Gate gate = new Factories.Gate();

    @Bean
    WorkerPool<String, String> below() {
      return WorkerPool.of(telling("below")).workers(1).leaveOpenOnExit().open();
    }

    @Bean
    WorkerPool<String, String> above(WorkerPool<String, String> below) {
      gate.open.put(0, true);
      WorkerFactory<String, String> factory =
          WorkerFactory.of(
              "above",
              String.class,
              String.class,
              context -> {
                context.own(() -> events.add("above closed"));
                Worker<String, String> waits = gate.factory().open(context);
                return job -> below.call(waits.run(job));
              });
      return WorkerPool.of(factory).workers(1).leaveOpenOnExit().open();
    }

    private WorkerFactory<String, String> telling(String name) {
      return WorkerFactory.of(
          name,
          String.class,
          String.class,
          context -> {
            context.own(() -> events.add(name + " closed"));
            return job -> job + " below";
          });
    }

    /** Stops after the pools, as nothing does that uses them. */
    @Bean
    SmartLifecycle earlierPhase() {
      return new Phase(PoolLifecycle.PHASE - 1, () -> events.add("earlier phase"));
    }

    /** Stops before the pools, like a web server. */
    @Bean
    SmartLifecycle laterPhase() {
      return new Phase(PoolLifecycle.PHASE + 1, () -> events.add("later phase"));
    }
  }

  private static final class Phase implements SmartLifecycle {

    private final int phase;
    private final Runnable atStop;
    private volatile boolean running;

    Phase(int phase, Runnable atStop) {
      this.phase = phase;
      this.atStop = atStop;
    }

    @Override
    public void start() {
      running = true;
    }

    @Override
    public void stop() {
      running = false;
      atStop.run();
    }

    @Override
    public boolean isRunning() {
      return running;
    }

    @Override
    public int getPhase() {
      return phase;
    }
  }

  @Test
  void poolsDrainBetweenThePhasesTheLastMadeFirst() {
    runner
        .withUserConfiguration(Declared.class)
        .run(context -> {
          Declared declared = context.getBean(Declared.class);
          CompletableFuture<?> job = submit(context, "above", "wait");
          assertThat(declared.gate.started.await(20, TimeUnit.SECONDS)).isTrue();
          WorkerPool<?, ?> above = context.getBean("above", WorkerPool.class);
          Thread closing = Thread.startVirtualThread(context::close);
          await(() -> above.stats().state() == PoolState.CLOSING);
          declared.gate.release.countDown();
          assertThat(closing.join(Duration.ofSeconds(20))).isTrue();
          assertThat(job.join()).isEqualTo("wait below");
          assertThat(declared.events)
              .containsExactly("later phase", "above closed", "below closed", "earlier phase");
        });
  }

  @Test
  void poolsCloseInThePhaseThatTheApplicationWants() {
    runner
        .withUserConfiguration(Declared.class)
        .withPropertyValues("pool.lifecycle.phase=" + Integer.MAX_VALUE)
        .run(context -> {
          Declared declared = context.getBean(Declared.class);
          context.close();
          assertThat(declared.events)
              .containsExactly("above closed", "below closed", "later phase", "earlier phase");
        });
  }

  @Test
  void aCloseIsLoggedOnce(CapturedOutput output) {
    runner.withUserConfiguration(Declared.class).run(context -> {});
    assertThat(output.getOut()).containsOnlyOnce("pool 'above' closed cleanly");
    assertThat(output.getOut()).containsOnlyOnce("pool 'below' closed cleanly");
    assertThat(output.getOut()).doesNotContain(" WARN ");
  }

  @Test
  void whatIsNotDoneWithinThePhaseIsStoppedAndToldOnce(CapturedOutput output) {
    runner
        .withUserConfiguration(Declared.class)
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=500ms")
        .run(context -> {
          Declared declared = context.getBean(Declared.class);
          CompletableFuture<?> job = submit(context, "above", "wait");
          assertThat(declared.gate.started.await(20, TimeUnit.SECONDS)).isTrue();
          context.close();
          assertThat(job).isDone();
          assertThat(declared.events).contains("above closed", "below closed");
        });
    assertThat(output.getOut())
        .containsOnlyOnce("pool 'above' closed uncleanly")
        .contains(" WARN ");
    assertThat(output.getOut()).doesNotContain("PoolCloseException");
  }

  @Configuration(proxyBeanMethods = false)
  static class ClosesSoon {

    final Factories.Gate gate = new Factories.Gate();

    @Bean
    WorkerPool<String, String> above(PoolBuilderConfigurer configurer) {
      gate.open.put(0, true);
      return configurer
          .configure("above", WorkerPool.of(gate.factory()))
          .workers(1)
          .closeTimeout(Duration.ofMillis(1))
          .open();
    }
  }

  @Test
  void aShorterCloseTimeoutOfThePoolCounts() {
    runner
        .withUserConfiguration(ClosesSoon.class)
        .withPropertyValues("spring.lifecycle.timeout-per-shutdown-phase=1h")
        .run(context -> {
          CompletableFuture<?> job = submit(context, "above", "wait");
          Factories.Gate gate = context.getBean(ClosesSoon.class).gate;
          assertThat(gate.started.await(20, TimeUnit.SECONDS)).isTrue();
          context.close();
          assertThat(job).isCancelled(); // else it would have waited for the gate, and failed
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class FailsLater {

    static WorkerPool<String, String> opened;

    @Bean
    WorkerPool<String, String> early() {
      opened = WorkerPool.of(Factories.greet()).workers(1).open();
      return opened;
    }

    @Bean
    String late(WorkerPool<String, String> early) {
      throw new IllegalStateException("on purpose");
    }
  }

  @Test
  void aContextThatFailsClosesWhatItHasOpened() {
    runner
        .withUserConfiguration(FailsLater.class)
        .run(context -> {
          assertThat(context).hasFailed();
          assertThat(FailsLater.opened.stats().state()).isEqualTo(PoolState.CLOSED);
        });
  }

  @Configuration(proxyBeanMethods = false)
  static class SameName {

    static WorkerPool<String, String> second;

    @Bean
    WorkerPool<String, String> one() {
      return WorkerPool.of(Factories.greet()).workers(1).open();
    }

    @Bean
    WorkerPool<String, String> two(WorkerPool<String, String> one) {
      second = WorkerPool.of(Factories.greet()).workers(1).open();
      return second;
    }
  }

  @Test
  void twoPoolsOfOneNameAreRefused() {
    runner
        .withUserConfiguration(SameName.class)
        .run(context -> {
          assertThat(context).hasFailed();
          assertThat(context.getStartupFailure())
              .rootCause()
              .hasMessageContaining(
                  "two pools are named 'greet', those of the beans 'one' and 'two'");
          assertThat(SameName.second.stats().state()).isEqualTo(PoolState.CLOSED);
        });
  }

  @Test
  void aContextThatWasStoppedIsNotStartedAgain() {
    runner
        .withUserConfiguration(Declared.class)
        .run(context -> {
          ConfigurableApplicationContext started = context.getSourceApplicationContext();
          started.stop();
          assertThatThrownBy(started::start).rootCause().hasMessageContaining("make a new context");
        });
  }

  /** Spring's tests pause contexts between the classes that share them. */
  @Test
  void aContextThatIsPausedKeepsItsPools() {
    runner
        .withUserConfiguration(Declared.class)
        .run(context -> {
          ConfigurableApplicationContext started = context.getSourceApplicationContext();
          started.pause();
          started.restart();
          assertThat(context.getBean("below", WorkerPool.class).stats().state())
              .isEqualTo(PoolState.OPEN);
        });
  }

  @SuppressWarnings("unchecked")
  private static CompletableFuture<?> submit(
      org.springframework.context.ApplicationContext context, String pool, String job) {
    return ((WorkerPool<String, String>) context.getBean(pool, WorkerPool.class)).submit(job);
  }

  private static void await(Condition condition) throws Exception {
    Conditions.await(condition);
  }

  /** Its jobs are what the other's are made of. */
  static final class ParserFactory implements WorkerFactory<String, Integer> {

    @Override
    public String name() {
      return "parser";
    }

    @Override
    public Class<String> jobType() {
      return String.class;
    }

    @Override
    public Class<Integer> resultType() {
      return Integer.class;
    }

    @Override
    public Worker<String, Integer> open(WorkerContext context) {
      return Integer::valueOf;
    }
  }

  /** Its workers use the pool of the other. */
  static final class AdderFactory implements WorkerFactory<String, Long> {

    private final WorkerPool<String, Integer> parser;

    AdderFactory(WorkerPool<String, Integer> parser) {
      this.parser = parser;
    }

    @Override
    public String name() {
      return "adder";
    }

    @Override
    public Class<String> jobType() {
      return String.class;
    }

    @Override
    public Class<Long> resultType() {
      return Long.class;
    }

    @Override
    public Worker<String, Long> open(WorkerContext context) {
      return job -> parser.map(List.of(job.split("\\+"))).stream().mapToLong(i -> i).sum();
    }
  }

  /** Made before both factories. */
  record Caller(WorkerPool<String, Integer> parser) {}

  @Test
  void aPoolMayBeWantedBeforeTheFactoriesAreMade() {
    runner
        .withBean("caller", Caller.class)
        .withBean("adderFactory", AdderFactory.class)
        .withBean("parserFactory", ParserFactory.class)
        .withPropertyValues(
            "pool.pools.adder.workers=1",
            "pool.pools.words.factory=parser",
            "pool.pools.parser.workers=1")
        .run(context -> assertThat(context.getBean(Caller.class).parser().call("7")).isEqualTo(7));
  }

  /** The same pool, as another bean. */
  @Configuration(proxyBeanMethods = false)
  static class Renamed {

    @Bean
    @Primary
    WorkerPool<String, String> main(@Qualifier("below") WorkerPool<String, String> below) {
      return below;
    }
  }

  @Test
  void aPoolMayHaveTwoBeans() {
    runner
        .withUserConfiguration(Declared.class, Renamed.class)
        .run(context -> assertThat(context).hasNotFailed());
  }

  @Test
  @SuppressWarnings("unchecked")
  void aFactoryMayUseThePoolOfAnother() {
    runner
        .withBean("adderFactory", AdderFactory.class)
        .withBean("parserFactory", ParserFactory.class)
        .withPropertyValues("pool.pools.adder.workers=1", "pool.pools.parser.workers=1")
        .run(context -> {
          var adder = (WorkerPool<String, Long>) context.getBean("adder", WorkerPool.class);
          assertThat(adder.submit("1+2").get(20, TimeUnit.SECONDS)).isEqualTo(3);
        });
  }
}
