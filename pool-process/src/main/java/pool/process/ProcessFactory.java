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
 * Opens workers that live in separate processes. A crash of native code, an {@code
 * OutOfMemoryError}, {@code System.exit} or {@code kill -9} ends only one worker, and a run that
 * hangs is killed instead of being abandoned.
 *
 * <pre>{@code
 * WorkerFactory<Path, Text> isolated = ProcessFactory.named("extract", Path.class, Text.class)
 *     .heap("512m").killAfter(Duration.ofSeconds(2)).jvmOption("--enable-native-access=ALL-UNNAMED");
 * try (WorkerPool<Path, Text> pool = WorkerPool.of(isolated).workers(4).open()) {
 *   List<Text> texts = pool.map(paths);
 * }
 * }</pre>
 *
 * <p>Each worker has a child JVM with the classes of its parent: the class path and the modules,
 * including those of a runtime image, or the jar of a Spring Boot application. There the worker is
 * opened, run, pinged, finished and closed as it would be here. Jobs and results travel by {@link
 * Codec}. A job fails with what the worker threw, as a {@link pool.codec.RemoteFailure}; {@link
 * pool.api.WorkerBrokenException}, {@link pool.api.RetryLaterException} and {@link
 * pool.api.BatchRolledBackException} have their usual meaning. A process that ends by itself breaks
 * its worker, and the exception says how it ended.
 *
 * <p>No process is left behind: a close asks the process to end, then terminates it, then kills it.
 * When the parent is gone, a child closes its worker, without finishing it, and ends within two
 * seconds.
 *
 * <p>Immutable: each setting returns another factory.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class ProcessFactory<J, R> implements WorkerFactory<J, R> {

  private static final long SMALLEST_HEAP = 2 << 20; // the least that any JVM needs
  private static final Duration TO_DESCRIBE = Duration.ofSeconds(30);
  private static final Duration LONGEST_KILL_AFTER = Duration.ofDays(1);

  private final String factory;
  private final @Nullable WorkerFactory<J, R> seen; // null when only the child sees it
  private final boolean isClass;
  private final Class<J> jobType;
  private final Class<R> resultType;
  private final Codecs<J, R> codecs;
  private final List<Path> directories; // of plugins
  private final ProcessSettings settings;
  private final ProcessCounters counters; // shared with the factories that settings return
  private volatile @Nullable List<Option<?>> optionsInChild; // null until a child was asked

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

  /** Uses the types of the factory itself, if it is seen here, since the child uses those, too. */
  @SuppressWarnings("unchecked") // a subtype of the jobs, a supertype of the results
  private static <J, R> Codecs<J, R> codecs(
      @Nullable WorkerFactory<J, R> seen, Class<J> jobType, Class<R> resultType) {
    return seen == null
        ? Codecs.of(null, jobType, resultType)
        : Codecs.of(seen, seen.jobType(), seen.resultType());
  }

  /**
   * Makes a factory for the workers of a plugin. The child finds the plugin by its name, on the
   * module path and the class path; it need not be found here.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the name of the plugin's factory
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
   * Makes a factory for the workers of a plugin that may be in a plugin directory. The child
   * searches the same directories as {@code among}.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param name the name of the plugin's factory
   * @param jobType the type of its jobs
   * @param resultType the type of its results
   * @param among the factories to search here, such as {@code
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
   * Makes a factory for the workers of a factory class.
   *
   * @param <J> the jobs
   * @param <R> the results
   * @param factoryClass a public class with a public constructor without parameters
   * @return a factory with default settings
   * @throws IllegalArgumentException when the class cannot be instantiated
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
   * The largest heap of a child. Default: a quarter of the memory, divided by the number of
   * processors.
   *
   * @param size as {@code -Xmx} takes it: {@code 512m}
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is not a size, less than 2 MB, or not less than {@link
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
   * How much memory a child may use, including native memory. A child that uses more is killed if a
   * job is running, and replaced by another process between jobs. Default: no limit. Works on
   * Linux; elsewhere it has no effect. A JVM alone uses about 50 MB; {@code
   * -XX:MaxDirectMemorySize} also bounds buffers outside the heap.
   *
   * @param size {@code 1g}, for example; more than the heap
   * @return a factory with this setting
   * @throws IllegalArgumentException when it is not a size, 0, or no more than the heap
   */
  public ProcessFactory<J, R> maxMemory(String size) {
    return maxMemory(size, size);
  }

  /**
   * Sets two limits on the memory that {@link #maxMemory(String)} limits: for what a child keeps
   * between jobs, and for what it uses while a job runs.
   *
   * @param betweenJobs {@code 500m}, for example: a child with more is replaced before the next job
   * @param whileRunning at least as much: a child with more is killed
   * @return a factory with this setting
   * @throws IllegalArgumentException when one is not a size, 0, or no more than the heap, or when
   *     the second is less than the first
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
   * How long a run may take to stop, when it is asked to, before its process is killed: 2 s by
   * default, and never more than half of the pool's {@code cancelGrace}. A worker may take five
   * times as long to close; but a process that is replaced before a job which is then cancelled has
   * two thirds of {@code cancelGrace} to be gone.
   *
   * @param time more than 0, at most a day
   * @return a factory with this setting
   * @throws IllegalArgumentException when {@code time} is out of range
   */
  public ProcessFactory<J, R> killAfter(Duration time) {
    if (!time.isPositive() || time.compareTo(LONGEST_KILL_AFTER) > 0) {
      throw new IllegalArgumentException(
          "killAfter must be positive and at most a day, but was " + time);
    }
    return with(s -> s.killAfter = time);
  }

  /**
   * Adds an option for the child's JVM. It follows the default options, which give the child a
   * small heap and compiler so that many start quickly. The process table shows it, so it is no
   * place for secrets.
   *
   * @param option one argument of {@code java}
   * @return a factory with this option added
   */
  public ProcessFactory<J, R> jvmOption(String option) {
    Objects.requireNonNull(option, "option");
    return with(
        s -> s.jvmOptions = Stream.concat(s.jvmOptions.stream(), Stream.of(option)).toList());
  }

  /**
   * Adds a variable to the child's environment. The child inherits its parent's variables, except
   * those with options for JVMs.
   *
   * @param name the variable's name
   * @param value the variable's value
   * @return a factory with this variable added
   */
  public ProcessFactory<J, R> environment(String name, String value) {
    Map<String, String> environment = new HashMap<>(settings.environment);
    environment.put(Objects.requireNonNull(name, "name"), Objects.requireNonNull(value, "value"));
    return with(s -> s.environment = Map.copyOf(environment));
  }

  /**
   * The child's working directory. Default: its parent's.
   *
   * @param directory a directory that exists
   * @return a factory with this setting
   */
  public ProcessFactory<J, R> directory(Path directory) {
    Objects.requireNonNull(directory, "directory");
    return with(s -> s.directory = directory);
  }

  /**
   * The Java runtime of the child. Default: its parent's.
   *
   * @param javaHome a folder with {@code bin/java}
   * @return a factory with this setting
   */
  public ProcessFactory<J, R> javaHome(Path javaHome) {
    Objects.requireNonNull(javaHome, "javaHome");
    return with(s -> s.javaHome = javaHome);
  }

  /**
   * The child's whole class path, including this library, instead of the classes of its parent.
   *
   * @param entries jars and folders of classes, at least one
   * @return a factory with this setting
   * @throws IllegalArgumentException when there is no entry
   */
  public ProcessFactory<J, R> classPath(List<Path> entries) {
    if (entries.isEmpty()) {
      throw new IllegalArgumentException("classPath must have at least 1 entry, but had none");
    }
    return with(s -> s.classPath = List.copyOf(entries));
  }

  /**
   * What became of the processes of this factory and of all factories that its settings returned.
   * Any thread may call it. A process is counted as ended before the exception that reports its end
   * is thrown.
   *
   * @return the counts so far
   */
  public ProcessCounts counts() {
    return counters.now();
  }

  /**
   * Returns a supplier of the current {@link #counts}, which does not keep this factory and its
   * plugin in memory.
   *
   * @return a supplier that reads the counts whenever it is called
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
   * The plugin's options. If only a child has the plugin, this starts one to ask for them; their
   * values are then texts.
   *
   * @throws IllegalStateException when no child can answer
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
