package pool.process;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import pool.api.Option;
import pool.api.Worker;
import pool.api.WorkerContext;
import pool.api.WorkerFactory;
import pool.api.internal.BatchForwarder;
import pool.codec.Codec;
import pool.codec.Codecs;
import pool.core.WorkerFactories;

/**
 * Opens workers that live in processes of their own: a crash of native code, an {@code
 * OutOfMemoryError}, {@code System.exit} or {@code kill -9} ends one worker, and a run that hangs
 * is killed instead of being abandoned.
 *
 * <pre>{@code
 * WorkerFactory<Path, Text> isolated = ProcessFactory.named("extract", Path.class, Text.class)
 *     .heap("512m").killAfter(Duration.ofSeconds(2)).jvmOption("--enable-native-access=ALL-UNNAMED");
 * try (WorkerPool<Path, Text> pool = WorkerPool.of(isolated).workers(4).open()) {
 *   List<Text> texts = pool.map(paths);
 * }
 * }</pre>
 *
 * <p>Each worker has a child JVM, which sees what its parent sees: the class path and the modules,
 * those of a runtime image among them, or the jar of a Spring Boot application. Its worker is
 * opened, asked, pinged, finished and closed there as it would be here. Jobs and results travel by
 * {@link Codec}. A job fails with what the worker threw, as a {@link pool.codec.RemoteFailure};
 * {@link pool.api.WorkerBrokenException}, {@link pool.api.RetryLaterException} and {@link
 * pool.api.BatchRolledBackException} mean what they mean here. A process that ends by itself breaks
 * its worker, and the exception says how it ended.
 *
 * <p>No process is left: a close asks, then terminates, then kills. When the parent is gone, a
 * child closes its worker, without finishing it, and ends within two seconds.
 *
 * <p>Immutable: each setting makes another factory.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class ProcessFactory<J, R> implements WorkerFactory<J, R> {

  private static final Pattern SIZE = Pattern.compile("([0-9]{1,9})([kKmMgG]?)");
  private static final Duration TO_DESCRIBE = Duration.ofSeconds(30);
  private static final Duration LONGEST_KILL_AFTER = Duration.ofDays(1);

  private final String factory;
  private final @Nullable WorkerFactory<J, R> seen; // here; null when only the child has it
  private final boolean isClass;
  private final Class<J> jobType;
  private final Class<R> resultType;
  private final Codecs<J, R> codecs;
  private final List<Path> directories; // of plugins
  private final ProcessSettings settings;
  private final ProcessCounters counters = new ProcessCounters();
  private volatile @Nullable List<Option<?>> told; // by a child; null until one was asked

  private ProcessFactory(
      String factory,
      @Nullable WorkerFactory<J, R> seen,
      boolean isClass,
      Class<J> jobType,
      Class<R> resultType,
      List<Path> directories,
      ProcessSettings settings) {
    this.factory = factory;
    this.seen = seen;
    this.isClass = isClass;
    this.jobType = jobType;
    this.resultType = resultType;
    this.directories = directories;
    this.settings = settings;
    this.codecs = Codecs.of(seen, jobType, resultType);
  }

  /**
   * The workers of a plugin. The child finds it by its name, on the module path and the class path;
   * here it need not be found.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name of the factory
   * @param jobType the type of its jobs
   * @param resultType the type of its results
   * @return a factory with default settings
   * @throws IllegalArgumentException when the plugin is found here and has other types, or when a
   *     type cannot travel
   */
  public static <J, R> ProcessFactory<J, R> named(
      String name, Class<J> jobType, Class<R> resultType) {
    return named(name, jobType, resultType, WorkerFactories.load());
  }

  /**
   * The workers of a plugin that may lie in a plugin directory. The child looks where these were
   * looked for.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name of the factory
   * @param jobType the type of its jobs
   * @param resultType the type of its results
   * @param among which it may be found here, such as {@code
   *     WorkerFactories.load().and(WorkerFactories.in(directory))}
   * @return a factory with default settings
   * @throws IllegalArgumentException when the plugin is found here and has other types, or when a
   *     type cannot travel
   */
  public static <J, R> ProcessFactory<J, R> named(
      String name, Class<J> jobType, Class<R> resultType, WorkerFactories among) {
    WorkerFactory<J, R> seen =
        among.found().stream().anyMatch(info -> info.name().equals(name))
            ? among.factory(name, jobType, resultType)
            : null;
    return new ProcessFactory<>(
        name, seen, false, jobType, resultType, among.directories(), new ProcessSettings());
  }

  /**
   * The workers of a factory class.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factoryClass public, with a public constructor without parameters
   * @return a factory with default settings
   * @throws IllegalArgumentException when it cannot be made
   */
  public static <J, R> ProcessFactory<J, R> of(Class<? extends WorkerFactory<J, R>> factoryClass) {
    WorkerFactory<J, R> seen;
    try {
      seen = factoryClass.getConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "%s must be public and have a public constructor without parameters"
              .formatted(factoryClass.getName()),
          e);
    }
    return new ProcessFactory<>(
        factoryClass.getName(),
        seen,
        true,
        seen.jobType(),
        seen.resultType(),
        List.of(),
        new ProcessSettings());
  }

  private ProcessFactory<J, R> with(Consumer<ProcessSettings> change) {
    return new ProcessFactory<>(
        factory, seen, isClass, jobType, resultType, directories, settings.with(change));
  }

  /**
   * The largest heap of a child. Default: a quarter of the memory, divided by the processors.
   *
   * @param size as {@code -Xmx} takes it: {@code 512m}
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is no size
   */
  public ProcessFactory<J, R> heap(String size) {
    long _ = bytes("heap", size);
    return with(s -> s.heap = size);
  }

  /**
   * How much of a child may be in memory, native memory included. One that has more is killed while
   * a job runs, and replaced by another process between jobs. Default: any. On Linux; elsewhere
   * without effect.
   *
   * @param size {@code 1g}, for example; more than the heap
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is no size, or none at all
   */
  public ProcessFactory<J, R> maxMemory(String size) {
    long bytes = bytes("maxMemory", size);
    return with(s -> s.maxMemory = bytes);
  }

  private static long bytes(String setting, String size) {
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || matcher.group(1).matches("0+")) {
      throw new IllegalArgumentException(
          "%s must be a size such as 512m, but was '%s'".formatted(setting, size));
    }
    int shift =
        switch (matcher.group(2).toLowerCase(Locale.ROOT)) {
          case "k" -> 10;
          case "m" -> 20;
          case "g" -> 30;
          default -> 0;
        };
    return Math.multiplyExact(Long.parseLong(matcher.group(1)), 1L << shift);
  }

  /**
   * How long a run that is to stop may take to do so, before its process is killed: 2 s by default,
   * and never more than half of the pool's {@code cancelGrace}. A worker may take five times as
   * long to close.
   *
   * @param time more than 0, at most a day
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is not
   */
  public ProcessFactory<J, R> killAfter(Duration time) {
    if (!time.isPositive() || time.compareTo(LONGEST_KILL_AFTER) > 0) {
      throw new IllegalArgumentException(
          "killAfter must be positive and at most a day, but was " + time);
    }
    return with(s -> s.killAfter = time);
  }

  /**
   * An option of the child's JVM, after those that it has anyway: a small heap and compiler, so
   * that many start quickly. It stands in the process table: no place for secrets.
   *
   * @param option one argument of {@code java}
   * @return a factory with this setting besides
   */
  public ProcessFactory<J, R> jvmOption(String option) {
    Objects.requireNonNull(option, "option");
    return with(
        s -> s.jvmOptions = Stream.concat(s.jvmOptions.stream(), Stream.of(option)).toList());
  }

  /**
   * A variable of the child's environment, besides its parent's, of which those with options for
   * JVMs are left out.
   *
   * @param name of the variable
   * @param value of it
   * @return a factory with this setting besides
   */
  public ProcessFactory<J, R> environment(String name, String value) {
    Map<String, String> environment = new HashMap<>(settings.environment);
    environment.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return with(s -> s.environment = Map.copyOf(environment));
  }

  /**
   * The child's working directory. Default: its parent's.
   *
   * @param directory that exists
   * @return a factory with this setting
   */
  public ProcessFactory<J, R> directory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return with(s -> s.directory = directory);
  }

  /**
   * Where the child's Java runtime is. Default: its parent's.
   *
   * @param javaHome a folder with {@code bin/java}
   * @return a factory with this setting
   */
  public ProcessFactory<J, R> javaHome(Path javaHome) {
    Objects.requireNonNull(javaHome, "javaHome");
    return with(s -> s.javaHome = javaHome);
  }

  /**
   * All that the child sees, this library among it, instead of what its parent sees: jars and
   * folders of classes, which it takes for a class path.
   *
   * @param entries of the class path, at least one
   * @return a factory with this setting
   * @throws IllegalArgumentException when there is none
   */
  public ProcessFactory<J, R> classPath(List<Path> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("classPath must have at least 1 entry, but had none");
    }
    return with(s -> s.classPath = List.copyOf(entries));
  }

  /**
   * What has become of the processes of this factory: not of those of another that was made of it
   * by a setting. Any thread; an end counts when the worker's thread has noticed it.
   *
   * @return the counts so far
   */
  public ProcessCounts counts() {
    return counters.now();
  }

  @Override
  public String name() {
    return seen == null ? factory : seen.name();
  }

  @Override
  public Class<J> jobType() {
    return jobType;
  }

  @Override
  public Class<R> resultType() {
    return resultType;
  }

  @Override
  public String description() {
    return seen == null ? "" : seen.description();
  }

  /**
   * The plugin's. When only a child has the plugin, one is started to be asked; its options are
   * texts then.
   *
   * @throws IllegalStateException when it cannot be asked
   */
  @Override
  public List<Option<?>> options() {
    if (seen != null) {
      return seen.options();
    }
    List<Option<?>> known = told;
    if (known != null) {
      return known;
    }
    try {
      known = askForOptions();
      told = known;
      return known;
    } catch (IOException e) {
      throw new IllegalStateException(
          "factory '%s' cannot be asked for its options: %s".formatted(factory, e.getMessage()), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a process was asked for options", e);
    }
  }

  private List<Option<?>> askForOptions() throws IOException, InterruptedException {
    ChildProcess child = ChildProcess.start(settings, name() + "-options", types(), counters);
    try {
      byte[] told = told(WorkerContext.standalone()).bytes();
      byte[] request = Message.request(1, false, told);
      child.channel().write(Message.DESCRIBE, request, () -> {});
      long deadline = System.nanoTime() + TO_DESCRIBE.toNanos();
      FrameChannel.Frame answer = null;
      while (answer == null) {
        answer = child.channel().read(TimeUnit.MILLISECONDS.toNanos(100));
        if (Thread.interrupted()) {
          throw new InterruptedException();
        }
        if (answer == null && System.nanoTime() - deadline >= 0) {
          throw new IOException("it does not answer");
        }
      }
      long _ = answer.body().readLong();
      if (answer.kind() != Message.DONE) {
        throw new IOException(Failures.read(answer.body()));
      }
      return OptionBytes.readAll(answer.body());
    } finally {
      child.end(Duration.ZERO);
    }
  }

  @Override
  public J read(String line) {
    return seen == null ? WorkerFactory.super.read(line) : seen.read(line);
  }

  @Override
  public Worker<J, R> open(WorkerContext context) throws Exception {
    ProcessWorker<J, R> worker =
        new ProcessWorker<>(
            new ProcessWorker.Plan<>(
                settings, types(), told(context), codecs, seen != null, counters),
            context);
    return worker.takesBatches() ? new BatchForwarder<>(worker, worker::runAll) : worker;
  }

  private List<Class<?>> types() {
    List<Class<?>> types = new ArrayList<>(List.of(jobType, resultType));
    if (seen != null) {
      types.add(seen.getClass());
    }
    return types;
  }

  private ChildContext.Told told(WorkerContext context) {
    return new ChildContext.Told(
        factory,
        isClass,
        directories,
        jobType.getName(),
        resultType.getName(),
        context.poolName(),
        context.workerName(),
        context.index(),
        context.cancelGrace(),
        context.options());
  }
}
