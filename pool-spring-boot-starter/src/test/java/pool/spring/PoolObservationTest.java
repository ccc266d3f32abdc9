package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.context.ContextRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import pool.api.WorkerFactory;
import pool.core.WorkerPool;

/** What Micrometer knows of a request, in the request's jobs. */
class PoolObservationTest {

  private static final ThreadLocal<String> TENANT = new ThreadLocal<>();

  private final List<Observation.Context> observed = new CopyOnWriteArrayList<>();
  private final ObservationRegistry observations = ObservationRegistry.create();
  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolAutoConfiguration.class, PoolObservationAutoConfiguration.class))
          .withBean(ObservationRegistry.class, () -> observations)
          .withBean("tell", WorkerFactory.class, PoolObservationTest::telling)
          .withPropertyValues("pool.pools.p.factory=tell", "pool.pools.p.workers=1");

  PoolObservationTest() {
    observations
        .observationConfig()
        .observationHandler(
            new ObservationHandler<>() {
              @Override
              public void onStop(Observation.Context context) {
                observed.add(context);
              }

              @Override
              public boolean supportsContext(Observation.Context context) {
                return true;
              }
            });
    ContextRegistry.getInstance()
        .registerThreadLocalAccessor("tenant", TENANT::get, TENANT::set, TENANT::remove);
  }

  @AfterEach
  void forgetTheTenant() {
    ContextRegistry.getInstance().removeThreadLocalAccessor("tenant");
    TENANT.remove();
  }

  private static WorkerFactory<String, String> telling() {
    return WorkerFactory.of(
        "tell", String.class, String.class, context -> job -> job + TENANT.get());
  }

  private String call(WorkerPool<String, String> pool) {
    TENANT.set("acme");
    return Observation.createNotStarted("request", observations).observe(() -> pool.call("of "));
  }

  @SuppressWarnings("unchecked")
  private static WorkerPool<String, String> pool(
      org.springframework.context.ApplicationContext context) {
    return context.getBean("p", WorkerPool.class);
  }

  @Test
  void aRunIsAnObservationOfTheRequestsAndKnowsWhatIsPropagated() {
    runner.run(context -> {
      assertThat(call(pool(context))).isEqualTo("of acme");
      assertThat(observed)
          .extracting(Observation.Context::getName)
          .containsExactly("pool.job", "request");
      assertThat(observed.getFirst().getParentObservation().getContextView())
          .isSameAs(observed.getLast());
      assertThat(observed.getFirst().getLowCardinalityKeyValue("pool").getValue()).isEqualTo("p");
    });
  }

  @Test
  void bothAreSwitchedOff() {
    runner
        .withPropertyValues("pool.observations.enabled=false", "pool.context.snapshot=false")
        .run(context -> {
          assertThat(call(pool(context))).isEqualTo("of null");
          assertThat(observed).extracting(Observation.Context::getName).containsExactly("request");
        });
  }

  @Test
  void withoutContextPropagationRunsAreObservedAllTheSame() {
    runner
        .withClassLoader(new FilteredClassLoader("io.micrometer.context"))
        .run(context -> {
          assertThat(call(pool(context))).isEqualTo("of null");
          assertThat(observed)
              .extracting(Observation.Context::getName)
              .containsExactly("pool.job", "request");
        });
  }
}
