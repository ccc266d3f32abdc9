package pool.core;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import pool.api.Option;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.core.internal.life.Settings;

class BuilderTest {

  private static final Option<String> URL = Option.required("url", text -> text, "where");
  private static final Option<Integer> RETRIES =
      Option.optional("retries", Integer::valueOf, 3, "how often");
  private static final Option<Integer> PIN =
      Option.optional("pin", Integer::valueOf, 0, "a secret").secret();

  private final AtomicInteger opened = new AtomicInteger();

  private final WorkerFactory<String, String> fetching =
      WorkerFactory.of(
          "fetch",
          String.class,
          String.class,
          List.of(URL, RETRIES, PIN),
          context -> {
            opened.incrementAndGet();
            return _ -> context.get(URL) + " " + context.get(RETRIES);
          });

  private WorkerPool.Builder<String, String> builder() {
    return WorkerPool.of(fetching);
  }

  private static void refused(String message, Executable executable) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, executable).getMessage());
  }

  @Test
  void optionsAreReadOnceAndGivenToWorkers() {
    try (var pool = builder().option("url", "a").option(RETRIES, 5).open()) {
      assertEquals("a 5", pool.submit("").join());
    }
    try (var pool = builder().options(Map.of("url", "b")).open()) {
      assertEquals("b 3", pool.submit("").join());
    }
  }

  @Test
  void aWorkerSeesItsOptionsAsTheyWereWrittenAndWhetherItsPoolCloses() {
    AtomicReference<WorkerContext> seen = new AtomicReference<>();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "fetch",
            String.class,
            String.class,
            List.of(URL),
            context -> {
              seen.set(context);
              return job -> job;
            });
    try (var _ = WorkerPool.of(factory).workers(1).option("url", "a").open()) {
      assertEquals(Map.of("url", "a"), seen.get().options());
      assertFalse(seen.get().isClosing());
    }
    assertTrue(seen.get().isClosing());
  }

  @Test
  void badOptionsAreRefusedBeforeAnyWorkerOpens() {
    refused(
        "factory 'fetch': option 'url' is required but was not given: where; its options are url,"
            + " pin, retries",
        builder()::open);
    refused(
        "factory 'fetch' has no option 'retrys'; its options are retries, url, pin",
        builder().option("url", "a").option("retrys", "1")::open);
    refused(
        "factory 'fetch': option 'retries' cannot be read from 'many': For input string: \"many\";"
            + " its options are retries, pin, url",
        builder().option("url", "a").option("retries", "many")::open);
    assertEquals(0, opened.get());
  }

  @Test
  void theValueOfAnUnknownOptionIsPrintedWhenNoneIsSecret() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of("echo", String.class, String.class, List.of(URL), _ -> job -> job);
    refused(
        "factory 'echo' has no option 'ulr' (given as 'a'); its options are url",
        WorkerPool.of(factory).option("url", "a").option("ulr", "a")::open);
  }

  @ParameterizedTest
  @ValueSource(strings = {"pin", "pni"})
  void secretsAreNotPrinted(String name) {
    IllegalArgumentException e =
        assertThrows(
            IllegalArgumentException.class,
            builder().option("url", "a").option(name, "hunter2")::open);
    for (Throwable t = e; t != null; t = t.getCause()) {
      assertFalse(t.toString().contains("hunter2"), t::toString);
    }
  }

  @Test
  void anotherOptionOfTheSameNameIsRefused() {
    Option<String> often = Option.required("retries", text -> text, "often or never");
    String wayOut =
        "' was given with another Option of that name: use the factory's own constant, or give the"
            + " value as text";
    refused(
        "factory 'fetch': the value of option 'retries" + wayOut,
        builder().option("url", "a").option(often, "often")::open);
    refused(
        "factory 'fetch': the value of option 'url" + wayOut,
        builder().optionFrom(Option.required("url", text -> text, "where"), () -> "a")::open);
    assertEquals(0, opened.get());
  }

  @Test
  void anotherValueOfTheSameTypeIsTaken() {
    Option<Number> limit = Option.optional("limit", Integer::valueOf, 3, "any number");
    Option<List<String>> names = Option.required("names", List::of, "any list");
    Option<Runnable> action =
        Option.required("action", BuilderTest::unreadable, "not to be written as text");
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "any",
            String.class,
            String.class,
            List.of(limit, names, action),
            context -> _ -> context.get(limit) + " " + context.get(names));
    try (var pool =
        WorkerPool.of(factory)
            .option(limit, 5L)
            .option(names, new ArrayList<>(List.of("a")))
            .option(action, () -> {})
            .open()) {
      assertEquals("5 [a]", pool.submit("").join());
    }
  }

  private static Runnable unreadable(String text) {
    throw new IllegalArgumentException(text);
  }

  @Test
  void badNumbersAndTimesAreRefused() {
    refused("workers must be at least 1, but was 0", () -> builder().workers(0));
    refused(
        "workers must be at most 1000000, but was 2147483647",
        builder().option("url", "a").workers(Integer.MAX_VALUE)::open);
    refused("queueCapacity must be at least 1, but was -1", () -> builder().queueCapacity(-1));
    refused(
        "openTimeout must be more than 0, but was PT0S",
        () -> builder().openTimeout(Duration.ZERO));
    refused(
        "cancelGrace must not be negative, but was PT-1S",
        () -> builder().cancelGrace(Duration.ofSeconds(-1)));
    refused("the pool's name must not be blank", () -> builder().name(" "));
  }

  @Test
  void everyTimeMustBePositiveAndEveryNumberAtLeastOne() {
    refused("maxAttempts must be at least 1, but was 0", () -> builder().maxAttempts(0));
    refused("maxRetries must not be negative, but was -1", () -> builder().maxRetries(-1));
    refused(
        "first must be more than 0, but was PT0S",
        () -> builder().retryOn(_ -> true, Duration.ZERO, Duration.ZERO));
    refused(
        "longest must be at least first, PT2S, but was PT1S",
        () -> builder().retryOn(_ -> true, Duration.ofSeconds(2), Duration.ofSeconds(1)));
    refused("maxBatch must be at least 1, but was 0", () -> builder().maxBatch(0));
    refused("maxJobsPerWorker must be at least 1, but was 0", () -> builder().maxJobsPerWorker(0));
    Map<String, Function<Duration, Object>> times =
        Map.of(
            "stallAfter", builder()::stallAfter,
            "maxWorkerAge", builder()::maxWorkerAge,
            "pingInterval", builder()::pingInterval,
            "jobTimeout", builder()::jobTimeout,
            "openTimeout", builder()::openTimeout,
            "closeTimeout", builder()::closeTimeout,
            "closeOnExit", builder()::closeOnExit);
    times.forEach((name, setter) -> {
      refused(name + " must be more than 0, but was PT0S", () -> setter.apply(Duration.ZERO));
      refused(
          name + " must be more than 0, but was PT-0.000000001S",
          () -> setter.apply(Duration.ofNanos(-1)));
    });
  }

  @Test
  void nullIsRefusedByName() {
    refusedNull("factory", () -> WorkerPool.of((WorkerFactory<String, String>) null));
    refusedNull("threads", () -> builder().threads(null));
    refusedNull("whenFull", () -> builder().whenFull(null));
    refusedNull("distribution", () -> builder().distribution(null));
    refusedNull(
        "failures", () -> builder().retryOn(null, Duration.ofSeconds(1), Duration.ofSeconds(1)));
    refusedNull("context", () -> builder().context(null));
    refusedNull("listener", () -> builder().listener(null));
    refusedNull("the value of option 'url'", () -> builder().option("url", null));
    refusedNull("the value of option 'retries'", () -> builder().option(RETRIES, null));
  }

  private static void refusedNull(String message, Executable executable) {
    assertEquals(message, assertThrows(NullPointerException.class, executable).getMessage());
  }

  @Test
  void whatIsSetIsWhatThePoolIsMadeOf() {
    PoolListener listener = new PoolListener() {};
    Duration second = Duration.ofSeconds(1);
    Predicate<Throwable> isNamed = _ -> true;
    JobContext context = JobContext.mdc();
    var builder = builder();
    List<Object> each =
        List.of(
            builder.name("mine"),
            builder.workers(1),
            builder.threads(ThreadKind.PLATFORM),
            builder.option("pin", "1"),
            builder.options(Map.of("url", "a")),
            builder.option(RETRIES, 1),
            builder.queueCapacity(1),
            builder.whenFull(WhenFull.REJECT),
            builder.distribution(Distribution.EVEN),
            builder.maxAttempts(1),
            builder.maxRetries(5),
            builder.retryOn(isNamed, second, second.multipliedBy(2)),
            builder.maxBatch(8),
            builder.maxJobsPerWorker(1),
            builder.maxWorkerAge(second),
            builder.pingInterval(second.multipliedBy(2)),
            builder.jobTimeout(second.multipliedBy(3)),
            builder.openTimeout(second.multipliedBy(4)),
            builder.closeTimeout(second.multipliedBy(5)),
            builder.cancelGrace(Duration.ZERO),
            builder.closeOnExit(second.multipliedBy(6)),
            builder.context(context),
            builder.listener(listener),
            builder.stallAfter(second.multipliedBy(7)));
    each.forEach(returned -> assertSame(builder, returned));
    Settings settings = builder.settings();
    Map<String, Object> values = new HashMap<>();
    builder.options().read(fetching).forEach((name, value) -> values.put(name, value.get()));
    assertEquals(Map.of("pin", "1", "url", "a"), builder.options().texts());
    assertEquals(Map.of("url", "a", "retries", 1, "pin", 1), values);
    assertEquals(
        new Settings(
            "mine",
            1,
            ThreadKind.PLATFORM,
            1,
            WhenFull.REJECT,
            Distribution.EVEN,
            1,
            5,
            new Settings.RetryOn(isNamed, second, second.multipliedBy(2)),
            8,
            1,
            Optional.of(second),
            Optional.of(second.multipliedBy(2)),
            Optional.of(second.multipliedBy(3)),
            1,
            second.multipliedBy(4),
            Optional.of(second.multipliedBy(5)),
            Duration.ZERO,
            Optional.of(second.multipliedBy(6)),
            List.of(context),
            listener,
            second.multipliedBy(7)),
        settings);
  }

  @Test
  void whatIsNotSetIsTheDefault() {
    Settings settings = builder().option("url", "a").settings();
    assertEquals("fetch", settings.name());
    assertEquals("Settings[fetch]", settings.toString(), "for it has secrets");
    assertEquals(Runtime.getRuntime().availableProcessors(), settings.workers());
    assertEquals(1_024, settings.queueCapacity());
    assertEquals(Long.MAX_VALUE, settings.maxJobsPerWorker());
    assertEquals(Duration.ofSeconds(5), settings.cancelGrace());
    assertEquals(Duration.ofSeconds(30), settings.openTimeout());
    assertEquals(Optional.of(Duration.ofSeconds(30)), settings.closeOnExit());
    assertEquals(settings.workers(), settings.minOpen());
    assertEquals(Duration.ofSeconds(30), settings.stallAfter());
    assertEquals(Optional.empty(), settings.jobTimeout());
  }

  @Test
  void theLastOfAnOptionCounts() {
    var builder = builder().option("url", "a").option(RETRIES, 5).option("retries", "7");
    assertEquals(7, builder.options().read(fetching).get("retries").get());
    builder.option(RETRIES, 9);
    assertEquals(9, builder.options().read(fetching).get("retries").get());
    assertEquals(Map.of("url", "a"), builder.options().texts());
  }

  @Test
  void aMillionWorkersAreTheMostAndFewOnesTakeHandfuls() {
    var builder = builder().option("url", "a");
    assertFalse(builder.workers(1_000_000).settings().claimsSeveral());
    refused(
        "workers must be at most 1000000, but was 1000001", builder.workers(1_000_001)::settings);
    assertTrue(builder.workers(64).settings().claimsSeveral());
    assertFalse(builder.workers(65).settings().claimsSeveral());
  }

  @Test
  void aFactoryWithoutOptionsSaysSo() {
    refused(
        "factory 'echo' has no option 'url' (given as 'a'); it has no options",
        WorkerPool.of(WorkerFactory.of("echo", String.class, String.class, _ -> job -> job))
                .option("url", "a")
            ::open);
  }

  @Test
  void anOptionCanBeReadAnewAtEachOpening() throws Exception {
    AtomicInteger version = new AtomicInteger();
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "login",
            String.class,
            String.class,
            List.of(URL),
            context -> {
              String password = context.get(URL);
              assertSame(password, context.get(URL)); // read once for each opening
              return _ -> password;
            });
    try (var pool =
        WorkerPool.of(factory)
            .workers(1)
            .maxJobsPerWorker(1)
            .optionFrom(URL, () -> "secret " + version.incrementAndGet())
            .open()) {
      assertEquals("secret 1", pool.call("a"));
      assertEquals("secret 2", pool.call("b"));
    }
  }

  @Test
  void aSupplierThatHasNoValueFailsTheOpening() {
    WorkerFactory<String, String> factory =
        WorkerFactory.of(
            "login",
            String.class,
            String.class,
            List.of(URL),
            context -> {
              String url = context.get(URL);
              return _ -> url;
            });
    OpenFailedException e =
        assertThrows(
            OpenFailedException.class,
            () -> WorkerPool.of(factory).workers(1).optionFrom(URL, () -> null).open());
    assertTrue(
        e.getMessage().contains("the supplier of option 'url' returned null instead of a value"),
        e.getMessage());
  }

  @Test
  void theInterruptThatAFailedOpeningLeavesIsSeenByNobody() {
    Queue<Boolean> seen = new ConcurrentLinkedQueue<>();
    WorkerFactory<String, String> interrupted =
        WorkerFactory.of(
            "interrupted",
            String.class,
            String.class,
            context -> {
              AutoCloseable _ = context.own(() -> seen.add(Thread.currentThread().isInterrupted()));
              Thread.currentThread().interrupt();
              throw new IllegalStateException() {
                @Override
                public String getMessage() {
                  seen.add(Thread.currentThread().isInterrupted());
                  return "interrupted";
                }
              };
            });
    assertThrows(OpenFailedException.class, () -> WorkerPool.of(interrupted).workers(1).open());
    assertTrue(seen.size() >= 2, seen::toString);
    assertFalse(seen.contains(true), seen::toString);
  }

  @Test
  void aFactoryWithoutClassTokensHasGenericTypes() throws Exception {
    WorkerFactory<String, List<String>> words =
        WorkerFactory.of("words", _ -> text -> List.of(text.split(" ")));
    try (var pool = WorkerPool.of(words).workers(1).open()) {
      assertEquals(List.of("a", "b"), pool.call("a b"));
    }
    IllegalArgumentException e =
        assertThrows(IllegalArgumentException.class, () -> words.read("a line"));
    assertTrue(e.getMessage().contains("override WorkerFactory.read"), e.getMessage());
  }
}
