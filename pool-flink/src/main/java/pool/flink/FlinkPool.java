package pool.flink;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.streaming.api.datastream.AsyncDataStream;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.SingleOutputStreamOperator;
import org.apache.flink.streaming.api.environment.StreamExecutionEnvironment;
import org.apache.flink.streaming.api.operators.collect.CollectSinkOperatorFactory;
import org.apache.flink.util.CloseableIterator;
import org.jspecify.annotations.Nullable;
import pool.api.WorkerFactory;
import pool.codec.Codecs;
import pool.codec.RemoteFailure;
import pool.core.Outcome;
import pool.core.ThreadKind;

/**
 * Runs the jobs of a stream with the workers of a plugin, on the tasks of a Flink cluster. Each
 * task opens its own pool when it begins, and closes the pool when the task ends, fails or is
 * cancelled.
 *
 * <pre>{@code
 * DataStream<Outcome<URI, Stored>> outcomes =
 *     FlinkPool.on(env)
 *         .factory("download", URI.class, Stored.class)
 *         .option("database", "jdbc:postgresql://store/documents")
 *         .workersPerTask(64)
 *         .run(uris);
 * }</pre>
 *
 * <p>An outcome is either {@link Outcome.Succeeded}, or {@link Outcome.Failed} with a {@link
 * RemoteFailure}. Flink does not run a job again because its worker threw. When a process is lost,
 * the jobs since the last checkpoint run again. A job may therefore run more than once, so make
 * jobs idempotent. Each outcome counts once in Flink's state and in exactly-once sinks.
 *
 * <p>{@link #run} makes these settings, unless the environment's configuration has them already:
 * checkpoints every 10 s ({@code execution.checkpointing.interval}), since without them a restart
 * begins the input anew; unaligned checkpoints ({@code execution.checkpointing.unaligned.enabled}),
 * which need not wait for jobs in buffers; restarts with a growing delay ({@code
 * restart-strategy.type}); and {@code task.cancellation.timeout}, within which a pool closes.
 *
 * <p>Not thread-safe. Used on the client only.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
public final class FlinkPool<J, R> {

  /** Flink's own type reserves memory for a length before the bytes have arrived. */
  private static final TypeInformation<byte[]> BYTES =
      new CodecType<>(byte[].class, new BytesCodec());

  /** For each worker, one job that it runs and one that it runs next. */
  private static final int JOBS_FOR_A_WORKER = 2;

  private final StreamExecutionEnvironment env;
  private final String factory;
  private final Class<J> jobType;
  private final Class<R> resultType;
  private final Optional<WorkerFactory<J, R>> onTheClient;
  private final OutcomeCodec<J, R> codec;

  private final Map<String, String> options = new HashMap<>();
  private String name;
  private int workersPerTask = Runtime.getRuntime().availableProcessors();
  private ThreadKind threads = ThreadKind.VIRTUAL;
  private int capacity; // 0: depends on the number of workers
  private int parallelism; // 0: as in the environment
  private long maxOutcomeBytes; // 0: as many as can come back to the client
  private int maxAttempts = 1;
  private int maxRetries = 3;
  private boolean ordered;
  private @Nullable Duration jobTimeout;
  private Duration openTimeout = Duration.ofSeconds(30);
  private Duration closeTimeout = Duration.ofMinutes(1);

  private FlinkPool(
      StreamExecutionEnvironment env, String factory, Class<J> jobType, Class<R> resultType) {
    this.env = env;
    this.factory = Objects.requireNonNull(factory, "factory");
    this.name = factory;
    this.jobType = Objects.requireNonNull(jobType, "jobType");
    this.resultType = Objects.requireNonNull(resultType, "resultType");
    this.onTheClient = Discovery.onClient(factory, jobType, resultType);
    this.codec = Discovery.codec(onTheClient, jobType, resultType);
  }

  /**
   * Begins with an environment.
   *
   * @param env the environment whose streams have the jobs
   * @return an object that asks for the factory
   */
  public static On on(StreamExecutionEnvironment env) {
    return new On(Objects.requireNonNull(env, "env"));
  }

  /** An environment for which no factory has been named yet. */
  public static final class On {

    private final StreamExecutionEnvironment env;

    private On(StreamExecutionEnvironment env) {
      this.env = env;
    }

    /**
     * Names the factory that opens the workers. Tasks find it through {@link
     * java.util.ServiceLoader} with the class loader of the Flink job. It need not be on the
     * client's class path, unless it has its own {@link Codecs}. If it is, mistakes are reported
     * here instead of on the cluster.
     *
     * @param <J> the jobs
     * @param <R> the results
     * @param name the factory's name
     * @param jobType its job type, or a subtype
     * @param resultType its result type, or a supertype
     * @return a pool with all defaults
     * @throws IllegalArgumentException when the factory has other types, or they have no codec
     * @throws pool.core.DuplicateFactoryException when the client sees several factories of that
     *     name
     */
    public <J, R> FlinkPool<J, R> factory(String name, Class<J> jobType, Class<R> resultType) {
      return new FlinkPool<>(env, name, jobType, resultType);
    }
  }

  /**
   * The name of the pool in Flink's pages and in savepoints, and the prefix of its workers' names.
   * Two pools of one environment need different names. Default: the factory's name.
   *
   * @param name the name
   * @return this
   */
  public FlinkPool<J, R> name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /**
   * Gives an option of the factory as text. If it is given twice, the last text counts. The Flink
   * job contains the text as it is, so anyone who can read the cluster's storage can read a secret
   * in it.
   *
   * @param name the option's name
   * @param value its text
   * @return this
   */
  public FlinkPool<J, R> option(String name, String value) {
    Objects.requireNonNull(name, "the name of an option");
    Objects.requireNonNull(value, () -> "the value of option '" + name + "'");
    options.put(name, value);
    return this;
  }

  /**
   * Gives options of the factory as texts.
   *
   * @param options from name to text
   * @return this
   */
  public FlinkPool<J, R> options(Map<String, String> options) {
    options.forEach(this::option);
    return this;
  }

  /**
   * How many workers each task opens. Default: as many as the client has processors.
   *
   * @param workers the number of workers, at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public FlinkPool<J, R> workersPerTask(int workers) {
    this.workersPerTask = atLeastOne("workersPerTask", workers);
    return this;
  }

  /**
   * The kind of threads that the workers run on. Default: {@link ThreadKind#VIRTUAL}.
   *
   * @param threads the kind
   * @return this
   */
  public FlinkPool<J, R> threads(ThreadKind threads) {
    this.threads = Objects.requireNonNull(threads, "threads");
    return this;
  }

  /**
   * How many jobs each task has under way: waiting, running, or done and not yet passed on. They
   * are part of each checkpoint, and all of them run again after a failure. Default: two for each
   * worker.
   *
   * @param jobs the number of jobs, at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public FlinkPool<J, R> capacity(int jobs) {
    this.capacity = atLeastOne("capacity", jobs);
    return this;
  }

  /**
   * How many bytes an outcome may have, with its job. A result that is larger fails its job; a job
   * that is larger itself ends the Flink job. Default: what Flink can bring back to {@link #runAll}
   * and {@code executeAndCollect}, {@code collect-sink.batch-size.max} of the environment, 2 MB: a
   * larger one would restart the Flink job for ever. Give more where outcomes go to a sink.
   *
   * @param bytes the number of bytes, at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public FlinkPool<J, R> maxOutcomeBytes(int bytes) {
    this.maxOutcomeBytes = atLeastOne("maxOutcomeBytes", bytes);
    return this;
  }

  /**
   * The number of tasks: one for each slot of the cluster that is to have a pool. Default: the
   * environment's parallelism.
   *
   * @param tasks the number of tasks, at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public FlinkPool<J, R> parallelism(int tasks) {
    this.parallelism = atLeastOne("parallelism", tasks);
    return this;
  }

  /**
   * Makes each task pass on outcomes in the order of its jobs, so that a long job holds back those
   * behind it. There is no order among several tasks. Default: each outcome as soon as its job is
   * done.
   *
   * @return this
   */
  public FlinkPool<J, R> ordered() {
    this.ordered = true;
    return this;
  }

  /**
   * How long a job may run, from its start, before it fails with a {@code TimeoutException} and is
   * stopped: the pool's {@code jobTimeout}. Flink's own limit is not used. Default: no limit.
   *
   * @param jobTimeout the limit
   * @return this
   * @throws IllegalArgumentException when it is not positive
   */
  public FlinkPool<J, R> jobTimeout(Duration jobTimeout) {
    this.jobTimeout = positive("jobTimeout", jobTimeout);
    return this;
  }

  /**
   * How often a task may run a job that breaks its worker: the pool's {@code maxAttempts}. Default:
   * 1.
   *
   * @param maxAttempts the number of runs, at least 1
   * @return this
   * @throws IllegalArgumentException when it is less than 1
   */
  public FlinkPool<J, R> maxAttempts(int maxAttempts) {
    this.maxAttempts = atLeastOne("maxAttempts", maxAttempts);
    return this;
  }

  /**
   * How often a task may put off a job that asks to be run later: the pool's {@code maxRetries}.
   * Default: 3.
   *
   * @param maxRetries the number of retries, at least 0
   * @return this
   * @throws IllegalArgumentException when it is less than 0
   */
  public FlinkPool<J, R> maxRetries(int maxRetries) {
    if (maxRetries < 0) {
      throw new IllegalArgumentException("maxRetries must not be negative, but was " + maxRetries);
    }
    this.maxRetries = maxRetries;
    return this;
  }

  /**
   * How long the opening of a worker may take, and how long a task whose workers are all broken
   * tries to open others before it fails and Flink starts it again: the pool's {@code openTimeout}.
   * Default: 30 s.
   *
   * @param openTimeout the limit
   * @return this
   * @throws IllegalArgumentException when it is not positive
   */
  public FlinkPool<J, R> openTimeout(Duration openTimeout) {
    this.openTimeout = positive("openTimeout", openTimeout);
    return this;
  }

  /**
   * How long the workers of a task may finish and close when its jobs are done, before they are
   * stopped. Another 30 s are for workers that do not come back; both together must be less than
   * {@code task.cancellation.timeout}, by default 180 s. A task that was cancelled stops its
   * workers at once. Default: 60 s.
   *
   * @param closeTimeout the limit
   * @return this
   * @throws IllegalArgumentException when it is not positive
   */
  public FlinkPool<J, R> closeTimeout(Duration closeTimeout) {
    this.closeTimeout = positive("closeTimeout", closeTimeout);
    return this;
  }

  /**
   * The type of streams of jobs, for sources and operators whose result type Flink cannot
   * determine, such as records of a module that is not open.
   *
   * @return the type
   */
  public TypeInformation<J> jobs() {
    return new CodecType<>(jobType, codec.jobs());
  }

  /**
   * The type of streams of outcomes, for operators that pass them on.
   *
   * @return the type
   */
  @SuppressWarnings("unchecked") // the class of all outcomes
  public TypeInformation<Outcome<J, R>> outcomes() {
    return new CodecType<>((Class<Outcome<J, R>>) (Class<?>) Outcome.class, codec);
  }

  /**
   * Runs the jobs of a stream, spread evenly over the tasks. Nothing happens until the environment
   * is executed.
   *
   * @param source the jobs
   * @return their outcomes
   * @throws IllegalArgumentException when the client sees the factory and its options are wrong, or
   *     when closing could take longer than Flink would wait
   */
  public DataStream<Outcome<J, R>> run(DataStream<? extends J> source) {
    PoolSettings<J, R> settings = settings();
    onTheClient.ifPresent(seen -> Discovery.checkOptions(settings, seen));
    SafeSettings.addTo(env, closeTimeout);
    DataStream<byte[]> bytes =
        source
            .map(codec::jobToBytes)
            .returns(BYTES)
            .name(name + " jobs")
            .uid("pool-jobs-" + name)
            .setParallelism(source.getParallelism()) // in the task of the source
            .rebalance();
    SingleOutputStreamOperator<byte[]> done = done(bytes, new PoolFunction<>(settings, codec));
    done.returns(BYTES).name(name).uid("pool-" + name);
    SingleOutputStreamOperator<Outcome<J, R>> outcomes =
        done.map(codec::fromBytes)
            .returns(outcomes())
            .name(name + " outcomes")
            .uid("pool-outcomes-" + name);
    if (parallelism > 0) {
      done.setParallelism(parallelism);
      outcomes.setParallelism(parallelism);
    }
    return outcomes;
  }

  private SingleOutputStreamOperator<byte[]> done(
      DataStream<byte[]> jobs, PoolFunction<J, R> pool) {
    int underWay = settings().capacity();
    long never = 0; // the pool's own time-outs stop long jobs
    return ordered
        ? AsyncDataStream.orderedWait(jobs, pool, never, TimeUnit.MILLISECONDS, underWay)
        : AsyncDataStream.unorderedWait(jobs, pool, never, TimeUnit.MILLISECONDS, underWay);
  }

  private PoolSettings<J, R> settings() {
    return new PoolSettings<>(
        name,
        factory,
        jobType,
        resultType,
        new HashMap<>(options),
        workersPerTask,
        threads,
        capacity > 0
            ? capacity
            : (int) Math.min(JOBS_FOR_A_WORKER * (long) workersPerTask, Integer.MAX_VALUE),
        maxOutcomeBytes > 0
            ? maxOutcomeBytes
            : env.getConfiguration().get(CollectSinkOperatorFactory.MAX_BATCH_SIZE).getBytes(),
        maxAttempts,
        maxRetries,
        jobTimeout,
        openTimeout,
        closeTimeout);
  }

  /**
   * Runs a batch on the cluster and waits for it. The jobs travel within the Flink job, and all
   * outcomes come back to this process; for more than some hundred thousand jobs, use {@link #run}
   * with a source and a sink. A batch ends with the first checkpoint after its last job.
   *
   * @param jobs what to do
   * @return the outcomes as they arrived, one for each job, unmodifiable
   * @throws Exception when the Flink job fails or cannot be submitted
   */
  @SuppressWarnings("try") // closing may be interrupted
  public List<Outcome<J, R>> runAll(Collection<? extends J> jobs) throws Exception {
    if (jobs.isEmpty()) { // Flink cannot make a stream without elements
      return List.of();
    }
    DataStream<J> source =
        env.fromData(new ArrayList<J>(jobs), jobs()).uid("pool-batch-" + name).setParallelism(1);
    List<Outcome<J, R>> outcomes = new ArrayList<>(jobs.size());
    try (CloseableIterator<Outcome<J, R>> arriving = run(source).executeAndCollect(name)) {
      arriving.forEachRemaining(outcomes::add);
    }
    return List.copyOf(outcomes);
  }

  private static int atLeastOne(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " must be at least 1, but was " + value);
    }
    return value;
  }

  private static Duration positive(String name, Duration value) {
    if (!value.isPositive()) {
      throw new IllegalArgumentException(name + " must be positive, but was " + value);
    }
    return value;
  }
}
