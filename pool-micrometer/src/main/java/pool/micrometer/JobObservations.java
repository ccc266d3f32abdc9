package pool.micrometer;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import pool.core.JobContext;

/**
 * Makes each run of a job an observation, a child of the observation in which the job was
 * submitted. The registry's handlers turn observations into spans, timers, or both.
 *
 * {@snippet :
 * WorkerPool.of(factory).context(new JobObservations(registry, factory.name())).open();
 * }
 *
 * <p>When a run throws, its exception becomes the observation's error. A job that is run again has
 * an observation for each run. The observation ends before the job settles; callbacks that are
 * chained to the job and run on the worker run in the submitter's observation.
 *
 * <p>A batch is one observation, and its jobs have none of their own. If all of them were submitted
 * in the same observation, the batch's observation is a child of that one. Otherwise it has no
 * parent, but knows the submitters' observations: with a {@link BatchTracingObservationHandler} its
 * span has links to their spans.
 *
 * <p>With a registry that has no handlers, such as {@link ObservationRegistry#NOOP}, a job costs no
 * more than without a context.
 */
public final class JobObservations implements JobContext {

  private static final JobObservationConvention JOB = new DefaultJobObservationConvention();
  private static final BatchObservationConvention BATCH = new DefaultBatchObservationConvention();

  private final ObservationRegistry registry;
  private final String poolName;
  private final @Nullable JobObservationConvention jobConvention;
  private final @Nullable BatchObservationConvention batchConvention;

  /**
   * Observes with the conventions of the registry, or else the default ones.
   *
   * @param registry makes the observations
   * @param poolName the name of the pool that is observed, for the key {@code pool}
   */
  public JobObservations(ObservationRegistry registry, String poolName) {
    this(registry, poolName, null, null);
  }

  /**
   * Observes with the given conventions.
   *
   * @param registry makes the observations
   * @param poolName the name of the pool that is observed, for the key {@code pool}
   * @param jobConvention for runs of a job; null for the registry's convention, or else the default
   * @param batchConvention for runs of a batch; null for the registry's convention, or else the
   *     default
   */
  public JobObservations(
      ObservationRegistry registry,
      String poolName,
      @Nullable JobObservationConvention jobConvention,
      @Nullable BatchObservationConvention batchConvention) {
    this.registry = registry;
    this.poolName = poolName;
    this.jobConvention = jobConvention;
    this.batchConvention = batchConvention;
  }

  @Override
  public Scope capture() {
    return registry.isNoop() ? Scope.NONE : new Submitter(registry.getCurrentObservation());
  }

  @Override
  public void aroundBatch(List<Scope> scopes, Run run) throws Exception {
    List<Observation> submitters = scopes.stream().mapMulti(JobObservations::submitter).toList();
    List<Observation> each = submitters.stream().distinct().toList();
    BatchObservationContext context =
        new BatchObservationContext(poolName, workerName(), scopes.size(), each);
    Observation observation =
        PoolObservation.BATCH.observation(batchConvention, BATCH, () -> context, registry);
    if (each.size() == 1 && submitters.size() == scopes.size()) {
      observation.parentObservation(each.getFirst());
    }
    observation.observeChecked(() -> {
      run.run();
      context.hasReturned();
    });
  }

  /** Passes on the observation in which a job was submitted, if there was one. */
  private static void submitter(Scope scope, Consumer<Observation> submitters) {
    if (scope instanceof Submitter submitter && submitter.observation != null) {
      submitters.accept(submitter.observation);
    }
  }

  /** Threads are named after their workers. */
  private static String workerName() {
    return Thread.currentThread().getName();
  }

  /** The observation in which a job was submitted; several workers use that of a bulk call. */
  private final class Submitter implements Scope {

    private final @Nullable Observation observation;

    Submitter(@Nullable Observation observation) {
      this.observation = observation;
    }

    @Override
    public void run(Runnable body) {
      if (observation == null) {
        body.run();
      } else {
        try (Observation.Scope _ = observation.openScope()) {
          body.run();
        }
      }
    }

    @Override
    public void around(Run run) throws Exception {
      JobObservationContext context = new JobObservationContext(poolName, workerName());
      PoolObservation.JOB
          .observation(jobConvention, JOB, () -> context, registry)
          .parentObservation(observation)
          .observeChecked(() -> {
            run.run();
            context.hasReturned();
          });
    }
  }
}
