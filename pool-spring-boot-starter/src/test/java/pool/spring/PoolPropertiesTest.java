package pool.spring;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.MDC;
import org.springframework.aot.generate.ClassNameGenerator;
import org.springframework.aot.generate.DefaultGenerationContext;
import org.springframework.aot.generate.GeneratedFiles;
import org.springframework.aot.generate.InMemoryGeneratedFiles;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.aot.AbstractAotProcessor;
import org.springframework.context.aot.ApplicationContextAotGenerator;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.InputStreamSource;
import org.springframework.javapoet.ClassName;
import pool.api.Option;
import pool.api.WorkerFactory;
import pool.core.JobContext;
import pool.core.WorkerPool;
import pool.plugins.example.download.Rows;
import pool.spring.Factories.Length;
import pool.spring.Factories.LengthFactory;

/** Pools of the properties: by which factory, by what they are injected, and what is refused. */
class PoolPropertiesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolAutoConfiguration.class));

  @Configuration(proxyBeanMethods = false)
  static class Three {

    @Bean
    WorkerFactory<String, String> greet() {
      return Factories.greet();
    }

    @Bean
    WorkerFactory<String, List<String>> words() {
      return Factories.words();
    }

    @Bean
    LengthFactory lengthFactory() {
      return new LengthFactory();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Users {

    @Autowired WorkerPool<URI, Length> byTypes;

    @Autowired WorkerPool<String, List<String>> byGenericTypes;

    @Autowired
    @Qualifier("words")
    WorkerPool<String, List<String>> byQualifierOfALongerName;

    @Autowired
    @Qualifier("second")
    WorkerPool<String, String> byQualifier;

    @Autowired WorkerPool<String, String> first; // by the name of the bean

    @Autowired WorkerPool<String, String> firstPool; // the same, by the longer one
  }

  private static final String[] FOUR = {
    "pool.pools.first.factory=greet",
    "pool.pools.second.factory=greet",
    "pool.pools.second.options.greeting=good morning",
    "pool.pools.length.workers=1",
    "pool.pools.words.workers=1"
  };

  @Test
  void poolsAreInjectedByTheirTypesAndByTheirNames() {
    runner
        .withUserConfiguration(Three.class, Users.class)
        .withPropertyValues(FOUR)
        .run(context -> {
          Users users = context.getBean(Users.class);
          assertThat(users.byTypes.call(URI.create("a:b"))).isEqualTo(new Length(3));
          assertThat(users.byGenericTypes.call("a b")).containsExactly("a", "b");
          assertThat(users.byQualifier.call("you")).isEqualTo("good morning you");
          assertThat(users.first.call("you")).isEqualTo("hello you");
          assertThat(users.firstPool).isSameAs(users.first);
          assertThat(users.byQualifierOfALongerName.name()).isEqualTo("words");
          assertThat(beans(context, URI.class, Length.class)).containsExactly("length");
        });
  }

  private static String[] beans(ApplicationContext context, Class<?> jobs, Class<?> results) {
    return context.getBeanNamesForType(
        ResolvableType.forClassWithGenerics(WorkerPool.class, jobs, results));
  }

  @Test
  void aPluginOfTheClassPathIsFoundBesideBeansAndInjectedByItsTypes(@TempDir Path folder) {
    AtomicReference<WorkerPool<String, Rows>> seen = new AtomicReference<>();
    runner
        .withUserConfiguration(Three.class)
        .withBean(ByTypes.class)
        .withPropertyValues(
            "pool.pools.first.factory=greet",
            "pool.pools.ask.factory=query",
            "pool.pools.ask.options.writable=true",
            "pool.pools.ask.options.database=jdbc:sqlite:" + folder.resolve("a.db"))
        .run(context -> {
          assertThat(context).hasNotFailed();
          seen.set(context.getBean(ByTypes.class).pool);
          assertThat(beans(context, String.class, Rows.class)).containsExactly("ask");
          assertThat(seen.get().call("SELECT 6 * 7").toString()).contains("42");
        });
    assertThat(seen.get().toString()).isEqualTo("WorkerPool[ask, CLOSED]");
  }

  static class ByTypes {
    final WorkerPool<String, Rows> pool;

    ByTypes(WorkerPool<String, Rows> anyName) {
      this.pool = anyName;
    }
  }

  @Test
  void aPluginOfADirectoryIsFound(@TempDir Path folder) throws Exception {
    PluginJar.shout(folder.resolve("plugins"));
    runner
        .withPropertyValues(
            "pool.pools.shout.plugins=" + folder.resolve("plugins"), "pool.pools.shout.workers=1")
        .run(context -> {
          assertThat(beans(context, String.class, String.class)).containsExactly("shout");
          @SuppressWarnings("unchecked")
          WorkerPool<String, String> pool = context.getBean("shout", WorkerPool.class);
          assertThat(pool.call("hello")).isEqualTo("HELLO!");
        });
  }

  /** Asks a builder what it was told, which otherwise only the pool does. */
  static class Settings implements PoolBuilderCustomizer {

    String told = "";

    @SuppressWarnings("unchecked")
    static Map<String, String> texts(WorkerPool.Builder<?, ?> builder) {
      try {
        Field texts = WorkerPool.Builder.class.getDeclaredField("optionTexts");
        texts.setAccessible(true);
        return (Map<String, String>) texts.get(builder);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }

    @Override
    public void customize(String name, WorkerPool.Builder<?, ?> builder) {
      try {
        Method settings = WorkerPool.Builder.class.getDeclaredMethod("settings");
        settings.setAccessible(true);
        Object record = settings.invoke(builder);
        for (RecordComponent component : record.getClass().getRecordComponents()) {
          told += component.getName() + "=" + component.getAccessor().invoke(record) + " ";
        }
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void whatIsSaidOfAPoolIsToldToItsBuilder() {
    runner
        .withUserConfiguration(Three.class, Settings.class)
        .withPropertyValues(
            "pool.pools.greet.workers=3",
            "pool.pools.greet.threads=platform",
            "pool.pools.greet.queue-capacity=7",
            "pool.pools.greet.when-full=reject",
            "pool.pools.greet.distribution=even",
            "pool.pools.greet.job-timeout=2s",
            "pool.pools.greet.open-timeout=3s",
            "pool.pools.greet.close-timeout=4s",
            "pool.pools.greet.cancel-grace=5ms",
            "pool.pools.greet.max-jobs-per-worker=6",
            "pool.pools.greet.max-worker-age=1h",
            "pool.pools.greet.ping-interval=1m",
            "pool.pools.greet.max-attempts=2",
            "pool.pools.greet.max-retries=0",
            "pool.pools.greet.min-open=1",
            "pool.pools.greet.max-batch=9")
        .run(context -> {
          WorkerPool<?, ?> pool = context.getBean("greetPool", WorkerPool.class);
          assertThat(pool.stats().workers()).hasSize(3);
          assertThat(context.getBean(Settings.class).told)
              .contains("workers=3", "threads=PLATFORM", "queueCapacity=7", "whenFull=REJECT")
              .contains("distribution=EVEN", "jobTimeout=Optional[PT2S]", "openTimeout=PT3S")
              .contains("closeTimeout=Optional[PT4S]", "cancelGrace=PT0.005S")
              .contains("maxJobsPerWorker=6", "maxWorkerAge=Optional[PT1H]")
              .contains("pingInterval=Optional[PT1M]", "maxAttempts=2", "maxRetries=0")
              .contains("minOpen=1", "maxBatch=9", "closeOnExit=Optional.empty");
        });
  }

  /** Lazy beans would be made by the first request, which would wait for the workers. */
  @Test
  void poolsAreOpenedAtTheStartAlsoWhereBeansAreLazy() {
    runner
        .withUserConfiguration(Three.class)
        .withInitializer(context ->
            context.addBeanFactoryPostProcessor(
                new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
        .withPropertyValues("pool.pools.first.factory=greet")
        .run(context -> {
          assertThat(context.getBeanFactory().containsSingleton("first")).isTrue();
        });
  }

  @Test
  void optionsMayHaveAnyName() {
    Map<String, String> options = new ConcurrentHashMap<>();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "any",
            String.class,
            String.class,
            List.of(
                Option.string("userAgent", "-", ""),
                Option.string("user_agent", "-", ""),
                Option.string("a.b-c", "-", "")),
            context -> job -> job);
    PoolBuilderCustomizer asking = (name, builder) -> options.putAll(Settings.texts(builder));
    runner
        .withBean("any", WorkerFactory.class, () -> factory)
        .withBean(PoolBuilderCustomizer.class, () -> asking)
        .withPropertyValues(
            "pool.pools.p.factory=any",
            "pool.pools.p.options.userAgent=1",
            "pool.pools.p.options.[user_agent]=2",
            "pool.pools.p.options.a.b-c=3")
        .run(context ->
            assertThat(options)
                .containsExactlyInAnyOrderEntriesOf(
                    Map.of("userAgent", "1", "user_agent", "2", "a.b-c", "3")));
  }

  @Configuration(proxyBeanMethods = false)
  static class Customized {

    @Bean
    @Order(2)
    PoolBuilderCustomizer last() {
      return (name, builder) -> builder.workers(name.equals("first") ? 2 : 4);
    }

    @Bean
    @Order(1)
    PoolBuilderCustomizer earlier() {
      return (name, builder) -> builder.workers(3).option(Factories.GREETING, "welcome");
    }
  }

  @Test
  void customizersHaveTheLastWordInTheirOrder() {
    runner
        .withUserConfiguration(Three.class, Customized.class)
        .withPropertyValues(
            "pool.pools.first.factory=greet",
            "pool.pools.first.workers=1",
            "pool.pools.first.options.greeting=hi")
        .run(context -> {
          @SuppressWarnings("unchecked")
          WorkerPool<String, String> pool = context.getBean("first", WorkerPool.class);
          assertThat(pool.stats().workers()).hasSize(2);
          assertThat(pool.call("you")).isEqualTo("welcome you");
        });
  }

  private static final ScopedValue<String> TENANT = ScopedValue.newInstance();

  @Configuration(proxyBeanMethods = false)
  static class Contexts {

    @Bean
    JobContext tenants() {
      return () -> {
        String tenant = TENANT.orElse("nobody");
        return body -> ScopedValue.where(TENANT, tenant).run(body);
      };
    }

    @Bean
    WorkerFactory<String, String> surrounded() {
      return WorkerFactory.of(
          "surrounded",
          String.class,
          String.class,
          context -> job -> MDC.get("request") + " of " + TENANT.orElse("nobody"));
    }
  }

  @Test
  void contextsThatAreBeansAndTheMdcAreCarried() {
    assertThat(seenByAJob()).isEqualTo("17 of acme");
  }

  @Test
  void theMdcIsNotCarriedWhereItIsSwitchedOff() {
    assertThat(seenByAJob("pool.context.mdc=false")).isEqualTo("null of acme");
  }

  private String seenByAJob(String... more) {
    AtomicReference<String> seen = new AtomicReference<>();
    runner
        .withUserConfiguration(Contexts.class)
        .withPropertyValues("pool.pools.p.factory=surrounded")
        .withPropertyValues(more)
        .run(context -> {
          @SuppressWarnings("unchecked")
          WorkerPool<String, String> pool = context.getBean("p", WorkerPool.class);
          MDC.put("request", "17");
          ScopedValue.where(TENANT, "acme").run(() -> seen.set(pool.call("")));
          MDC.remove("request");
        });
    return seen.get();
  }

  // What is refused:

  private void assertRefused(String property, String reason, String... properties) {
    assertRefused(Three.class, property, reason, properties);
  }

  private void assertRefused(
      Class<?> configuration, String property, String reason, String... properties) {
    runner
        .withUserConfiguration(configuration)
        .withPropertyValues(properties)
        .run(context -> {
          assertThat(context).hasFailed();
          FailureAnalysis analysis =
              new PoolConfigurationFailureAnalyzer().analyze(context.getStartupFailure());
          assertThat(analysis).isNotNull();
          assertThat(analysis.getDescription()).contains("Property: " + property).contains(reason);
          assertThat(analysis.getAction()).isNotBlank();
        });
  }

  @Test
  void aFactoryThatIsNotThereIsNamedWithThoseThatAre() {
    assertRefused(
        "pool.pools.p.factory",
        "no factory is named 'great'; there are 'greet' (bean greet), 'length' (bean lengthFactory), 'words' (bean words), 'command' (plugin)",
        "pool.pools.p.factory=great");
  }

  @Configuration(proxyBeanMethods = false)
  static class None {}

  @Test
  void withoutBeansTheNearestPluginsAreNamed() {
    assertRefused(
        None.class,
        "pool.pools.p.factory",
        "no factory is named 'quarry'; there are query,",
        "pool.pools.p.factory=quarry");
  }

  @Configuration(proxyBeanMethods = false)
  static class SameAsPlugin {

    @Bean
    WorkerFactory<String, String> note() {
      return Factories.greet();
    }

    @Bean
    WorkerFactory<String, String> other() {
      return WorkerFactory.of("query", String.class, String.class, context -> job -> job);
    }

    @Bean
    WorkerFactory<String, String> another() {
      return Factories.greet();
    }
  }

  /** Its pool would fit where the other is wanted. */
  @Test
  void aMisspelledNameOfAPoolIsToldThoughThereIsOneFactoryOnly() {
    runner
        .withUserConfiguration(OneFactory.class)
        .withBean(Wanting.class)
        .withPropertyValues("pool.pools.greet.workers=1", "pool.pools.gret.workers=1")
        .run(context ->
            assertThat(context.getStartupFailure())
                .rootCause()
                .hasMessageContaining("no factory is named 'gret'"));
  }

  record Wanting(WorkerPool<String, String> pool) {}

  @Configuration(proxyBeanMethods = false)
  static class OneFactory {

    @Bean
    WorkerFactory<String, String> greet() {
      return Factories.greet();
    }
  }

  @Test
  void anEmptyValueIsAsOneThatIsNotGiven() {
    runner
        .withBean("greet", WorkerFactory.class, Factories::greet)
        .withPropertyValues(
            "pool.pools.greet.workers=1",
            "pool.pools.greet.job-timeout=",
            "pool.pools.greet.close-timeout=${NOT_GIVEN:}")
        .run(context -> assertThat(context).hasNotFailed().hasBean("greetPool"));
  }

  @Test
  void aSwitchIsOffInEachWayThatBootKnows() {
    for (String off : List.of("false", "off", "no", "0")) {
      runner
          .withPropertyValues("pool.context.mdc=" + off)
          .run(context -> assertThat(context).doesNotHaveBean("mdcJobContext"));
    }
  }

  @Test
  void aFactoryIsFoundByAnAliasOfItsBean() {
    runner
        .withBean("greet", WorkerFactory.class, Factories::greet)
        .withInitializer(context -> context.getBeanFactory().registerAlias("greet", "hello"))
        .withPropertyValues("pool.pools.hello.workers=1")
        .run(context -> assertThat(context).hasNotFailed().hasBean("helloPool"));
  }

  @Test
  void aBeanWithTheNameOfAPluginIsRefused() {
    assertRefused(
        SameAsPlugin.class,
        "pool.pools.p.factory",
        "several factories are named 'note': the bean 'note', a plugin",
        "pool.pools.p.factory=note");
  }

  @Test
  void aBeanThatCallsItselfAsAPluginDoesIsRefused(@TempDir Path folder) {
    assertRefused(
        SameAsPlugin.class,
        "pool.pools.p.factory",
        "several factories are named 'query': the bean 'other', a plugin",
        "pool.pools.p.factory=query",
        "pool.pools.p.options.writable=true",
        "pool.pools.p.options.database=jdbc:sqlite:" + folder.resolve("a.db"));
  }

  @Test
  void twoBeansThatCallThemselvesTheSameAreRefused() {
    assertRefused(
        SameAsPlugin.class,
        "pool.pools.p.factory",
        "several factories are named 'greet': the bean 'note', the bean 'another'",
        "pool.pools.p.factory=greet");
  }

  @Test
  void aBadValueIsNamedWithItsProperty() {
    assertRefused(
        "pool.pools.greet.workers%n    Value: \"0\"".formatted(),
        "workers must be at least 1",
        "pool.pools.greet.workers=0");
  }

  @Test
  void aPropertyThatPoolsDoNotHaveIsRefused() {
    assertRefused(
        "pool.pools.greet.worker", "pools have no such property", "pool.pools.greet.worker=2");
  }

  @Test
  void anOptionThatTheFactoryDoesNotHaveIsRefused() {
    assertRefused(
        "pool.pools.greet",
        "factory 'greet' has no option 'greting' (given as 'x'); its options are greeting",
        "pool.pools.greet.options.greting=x");
  }

  @Test
  void propertiesThatDoNotAgreeAreRefused() {
    assertRefused(
        "pool.pools.greet", "minOpen", "pool.pools.greet.workers=2", "pool.pools.greet.min-open=3");
  }

  @Test
  void whyAPluginCouldNotBeLoadedIsToldWhereItsFactoryIsMissing(@TempDir Path plugins)
      throws Exception {
    Files.writeString(plugins.resolve("shout.jar"), "no jar");
    runner
        .withUserConfiguration(Three.class)
        .withPropertyValues("pool.pools.shout.plugins=" + plugins)
        .run(context ->
            assertThat(context.getStartupFailure())
                .hasStackTraceContaining("no factory is named 'shout'")
                .hasStackTraceContaining("one could not be loaded: ")
                .hasStackTraceContaining("shout.jar"));
  }

  /** A build may lack what the pools need, and no code could be generated that opens them. */
  @Test
  void poolsAreLeftOutOfWhatIsGeneratedAheadOfTime() throws Exception {
    InMemoryGeneratedFiles files = new InMemoryGeneratedFiles();
    DefaultGenerationContext generation =
        new DefaultGenerationContext(
            new ClassNameGenerator(ClassName.get("pool.spring", "Generated")), files);
    System.setProperty(AbstractAotProcessor.AOT_PROCESSING, "true"); // as a processor does
    try (var context = new AnnotationConfigApplicationContext()) {
      TestPropertyValues.of(FOUR).and("pool.pools.greet.plugins=/not/here").applyTo(context);
      context.register(Three.class, PoolAutoConfiguration.class);
      new ApplicationContextAotGenerator().processAheadOfTime(context, generation);
    } finally {
      System.clearProperty(AbstractAotProcessor.AOT_PROCESSING);
    }
    generation.writeGeneratedContent();
    Map<String, InputStreamSource> sources = files.getGeneratedFiles(GeneratedFiles.Kind.SOURCE);
    StringBuilder text = new StringBuilder();
    for (InputStreamSource source : sources.values()) {
      text.append(new String(source.getInputStream().readAllBytes(), StandardCharsets.UTF_8));
    }
    assertThat(text).contains("lengthFactory").doesNotContain("\"second\"");
  }

  @Test
  void aDirectoryOfPluginsThatIsNotThereIsRefused() {
    assertRefused(
        "pool.pools.greet.plugins", "no/such/folder", "pool.pools.greet.plugins=no/such/folder");
  }

  @Configuration(proxyBeanMethods = false)
  @Import(Three.class)
  static class NamesAreTaken {

    @Bean
    String greetPool() {
      return "";
    }
  }

  @Test
  void aPoolWhoseNamesAreTakenIsRefused() {
    assertRefused(
        NamesAreTaken.class,
        "pool.pools.greet",
        "there are beans named 'greet' and 'greetPool' already",
        "pool.pools.greet.workers=1");
  }

  @Test
  void aPoolThatCannotOpenSaysHowTheApplicationStartsAllTheSame() {
    Factories.Gate gate = new Factories.Gate();
    runner
        .withBean("gate", WorkerFactory.class, gate::factory)
        .withPropertyValues("pool.pools.p.factory=gate")
        .run(context -> {
          FailureAnalysis analysis = new OpenFailureAnalyzer().analyze(context.getStartupFailure());
          assertThat(analysis.getDescription()).contains("is shut").doesNotContain("secret");
          assertThat(analysis.getAction()).contains("min-open");
        });
  }
}
