package pool.process;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
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

  private static final long SMALLEST_HEAP = 2 << 20; // of any JVM
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
  private final ProcessCounters counters; // shared with those made of this by a setting
  private volatile @Nullable List<Option<?>> optionsInChild; // null until one was asked

  private ProcessFactory(
      String factory,
      @Nullable WorkerFactory<J, R> seen,
      boolean isClass,
      Class<J> jobType,
      Class<R> resultType,
      List<Path> directories,
      ProcessSettings settings,
      ProcessCounters counters) {
    this.factory = factory;
    this.seen = seen;
    this.isClass = isClass;
    this.jobType = jobType;
    this.resultType = resultType;
    this.directories = directories;
    this.settings = settings;
    this.counters = counters;
    this.codecs = codecs(seen, jobType, resultType);
  }

  /** Of the factory's own types, where it is seen: the child has those, too. */
  @SuppressWarnings("unchecked") // a subtype of the jobs, a supertype of the results
  private static <J, R> Codecs<J, R> codecs(
      @Nullable WorkerFactory<J, R> seen, Class<J> jobType, Class<R> resultType) {
    return seen == null
        ? Codecs.of(null, jobType, resultType)
        : Codecs.of(seen, seen.jobType(), seen.resultType());
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
        name,
        seen,
        false,
        jobType,
        resultType,
        among.directories(),
        new ProcessSettings(),
        new ProcessCounters());
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
          ("%s cannot be made again in another process: it must be public, have a public constructor"
                  + " without parameters, and its module must export or open its package to"
                  + " pool.process; a factory of WorkerFactory.of(...) is no class of its own (%s)")
              .formatted(factoryClass.getName(), e),
          e);
    }
    return new ProcessFactory<>(
        factoryClass.getName(),
        seen,
        true,
        seen.jobType(),
        seen.resultType(),
        List.of(),
        new ProcessSettings(),
        new ProcessCounters());
  }

  private ProcessFactory<J, R> with(Consumer<ProcessSettings> change) {
    return new ProcessFactory<>(
        factory, seen, isClass, jobType, resultType, directories, settings.with(change), counters);
  }

  /**
   * The largest heap of a child. Default: a quarter of the memory, divided by the processors.
   *
   * @param size as {@code -Xmx} takes it: {@code 512m}
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is no size, less than 2 MB, or as much as {@link
   *     #maxMemory}
   */
  public ProcessFactory<J, R> heap(String size) {
    if (ByteSize.parse("heap", size) < SMALLEST_HEAP) {
      throw new IllegalArgumentException(
          "heap must be at least %d bytes, but was '%s'".formatted(SMALLEST_HEAP, size));
    }
    ProcessFactory<J, R> sized = with(s -> s.heap = size);
    sized.requireRoomForHeap();
    return sized;
  }

  /**
   * How much of a child may be in memory, native memory included. One that has more is killed while
   * a job runs, and replaced by another process between jobs. Default: any. On Linux; elsewhere
   * without effect. A JVM alone has about 50 MB; buffers outside the heap are also bounded by
   * {@code -XX:MaxDirectMemorySize}.
   *
   * @param size {@code 1g}, for example; more than the heap
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is no size, none at all, or no more than the heap
   */
  public ProcessFactory<J, R> maxMemory(String size) {
    return maxMemory(size, size);
  }

  /**
   * Two limits for what {@link #maxMemory(String)} limits: of what a child keeps between jobs, and
   * of what it has while a job runs.
   *
   * @param betweenJobs {@code 500m}, for example: a child with more is replaced before the next job
   * @param whileRunning at least as much: a child with more is killed
   * @return a factory with this setting
   * @throws IllegalArgumentException when one is no size, none at all, or no more than the heap, or
   *     when the second is less than the first
   */
  public ProcessFactory<J, R> maxMemory(String betweenJobs, String whileRunning) {
    long keeps = ByteSize.parse("maxMemory", betweenJobs);
    long runs = ByteSize.parse("maxMemory", whileRunning);
    if (runs < keeps) {
      throw new IllegalArgumentException(
          "maxMemory while a job runs must be at least that between jobs, %s, but was %s"
              .formatted(betweenJobs, whileRunning));
    }
    ProcessFactory<J, R> limited =
        with(s -> {
          s.maxMemory = keeps;
          s.maxRunMemory = runs;
        });
    limited.requireRoomForHeap();
    return limited;
  }

  private void requireRoomForHeap() {
    String heap = settings.heap;
    if (heap != null
        && settings.maxMemory > 0
        && settings.maxMemory <= ByteSize.parse("heap", heap)) {
      throw new IllegalArgumentException(
          "maxMemory must be more than the heap, %s, but was %d bytes"
              .formatted(heap, settings.maxMemory));
    }
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
   * What has become of the processes of this factory and of all that were made of it by a setting.
   * Any thread; an end counts before the exception that tells of it is thrown.
   *
   * @return the counts so far
   */
  public ProcessCounts counts() {
    return counters.now();
  }

  /**
   * The same at any later time, without keeping this factory and its plugin in memory.
   *
   * @return what gives the counts at the time when it is asked
   */
  public Supplier<ProcessCounts> counter() {
    return counters::now;
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
    List<Option<?>> known = optionsInChild;
    return known != null ? known : askOnce();
  }

  private synchronized List<Option<?>> askOnce() {
    List<Option<?>> known = optionsInChild;
    if (known != null) {
      return known;
    }
    try {
      known = askForOptions();
      optionsInChild = known;
      return known;
    } catch (IOException e) {
      throw new IllegalStateException(
          "factory '%s' is not on the path here, and a process cannot be asked for its options: %s"
              .formatted(factory, e.getMessage()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while a process was asked for options", e);
    }
  }

  private List<Option<?>> askForOptions() throws IOException, InterruptedException {
    ChildProcess child = ChildProcess.start(settings, name() + "-options", types(), counters);
    try {
      byte[] request = request(WorkerContext.standalone(), Map.of()).bytes();
      child.channel().write(Message.DESCRIBE, Message.request(1, false, request), () -> {});
      FrameChannel.Frame answer = awaitAnswer(child);
      long _ = answer.body().readLong();
      if (answer.kind() != Message.DONE) {
        throw new IOException(Failures.read(answer.body()).getMessage());
      }
      return OptionBytes.readAll(answer.body());
    } catch (EOFException e) {
      throw new IOException("it " + child.ending(), e);
    } finally {
      child.end(Duration.ZERO);
    }
  }

  private static FrameChannel.Frame awaitAnswer(ChildProcess child)
      throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TO_DESCRIBE.toNanos();
    while (true) {
      FrameChannel.Frame answer = child.channel().read(TimeUnit.MILLISECONDS.toNanos(100));
      if (answer != null) {
        return answer;
      }
      if (Thread.interrupted()) {
        throw new InterruptedException();
      }
      if (System.nanoTime() - deadline >= 0) {
        throw new IOException("it has not answered within " + TO_DESCRIBE);
      }
    }
  }

  @Override
  public J read(String line) {
    return seen == null ? WorkerFactory.super.read(line) : seen.read(line);
  }

  @Override
  public Worker<J, R> open(WorkerContext context) throws Exception {
    List<Option<?>> known = seen != null ? seen.options() : optionsInChild;
    Map<String, String> options =
        known == null ? context.options() : OptionTexts.of(context, known);
    ProcessWorker<J, R> worker =
        new ProcessWorker<>(
            new ProcessWorker.Plan<>(
                settings, types(), request(context, options), codecs, counters),
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

  private OpenRequest request(WorkerContext context, Map<String, String> options) {
    return new OpenRequest(
        factory,
        isClass,
        directories,
        (seen == null ? jobType : seen.jobType()).getName(),
        (seen == null ? resultType : seen.resultType()).getName(),
        context.poolName(),
        context.workerName(),
        context.index(),
        context.cancelGrace(),
        options,
        seen != null);
  }
}
