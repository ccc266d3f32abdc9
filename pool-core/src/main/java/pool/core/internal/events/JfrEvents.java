package pool.core.internal.events;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Threshold;
import jdk.jfr.Throttle;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;
import pool.api.internal.SafeText;
import pool.core.CloseReport;
import pool.core.PoolState;
import pool.core.ReplaceReason;

/** The pool's events for the JVM's flight recorder. Switched off, they cost next to nothing. */
@SuppressWarnings("UnusedVariable") // the recorder reads them
public final class JfrEvents {

  private JfrEvents() {}

  @Category("Worker Pool")
  @StackTrace(false)
  public abstract static class PoolEvent extends Event {
    @Label("Pool")
    String pool = "";
  }

  public abstract static class WorkerEvent extends PoolEvent {
    @Label("Worker")
    String worker = "";
  }

  private abstract static class WorkerTrouble extends WorkerEvent {
    @Label("Cause")
    String cause = "";
  }

  @Name("pool.State")
  @Label("Pool State")
  @Description("A pool has become open, degraded, closing or closed")
  private static final class State extends PoolEvent {
    @Label("State")
    String state = "";
  }

  @Name("pool.QueueFull")
  @Label("Queue Full")
  @Description("A submitter has found the queue of a pool full")
  @Throttle("100/s")
  private static final class QueueFull extends PoolEvent {}

  @Name("pool.WorkerOpen")
  @Label("Worker Open")
  @Description("A worker opens its resource")
  private static final class WorkerOpen extends WorkerEvent {}

  @Name("pool.WorkerFinish")
  @Label("Worker Finish")
  @Description("A healthy worker finishes")
  private static final class WorkerFinish extends WorkerEvent {}

  @Name("pool.WorkerClose")
  @Label("Worker Close")
  @Description("A worker closes its resource")
  private static final class WorkerClose extends WorkerEvent {}

  @Name("pool.WorkerNotOpened")
  @Label("Worker Not Opened")
  @Description("A worker could not be opened; it is tried again unless the pool is just opening")
  private static final class WorkerNotOpened extends WorkerTrouble {}

  @Name("pool.WorkerBreak")
  @Label("Worker Break")
  @Description("A worker is broken; it is closed and replaced")
  private static final class WorkerBreak extends WorkerTrouble {}

  @Name("pool.WorkerAbandon")
  @Label("Worker Abandon")
  @Description("A worker does not come back and is given up")
  private static final class WorkerAbandon extends WorkerEvent {
    @Label("Job")
    String job = "";

    @Label("Where It Hangs")
    String at = "";
  }

  @Name("pool.WorkerReplace")
  @Label("Worker Replace")
  @Description("A worker is opened next in the place of one that is closed or given up")
  private static final class WorkerReplace extends WorkerEvent {
    @Label("Slot")
    int slot;

    @Label("Reason")
    @Description("What was with the one before")
    String reason = "";

    @Label("Number")
    @Description("The new one is the how many-th worker of its slot")
    int number;
  }

  @Name("pool.JobRun")
  @Label("Job Run")
  @Description(
      "A worker runs a job; by default those of 10 ms and more, and at most 1,000 a second")
  @Threshold("10 ms")
  @Throttle("1000/s")
  private static final class JobRun extends WorkerEvent {
    @Label("Job")
    String job = "";

    @Label("Jobs")
    @Description("How many: more than one for a batch")
    int jobs;

    @Label("Waited")
    @Description("From its submission to the start of the run")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Failure")
    String failure = "";

    @Label("Dropped")
    @Description("The job had settled before its run returned: cancelled, or timed out")
    boolean dropped;
  }

  @Name("pool.JobPutOff")
  @Label("Job Put Off")
  @Description("A job is to be run again later")
  @Throttle("1000/s")
  private static final class JobPutOff extends WorkerTrouble {
    @Label("Job")
    String job = "";

    @Label("Delay")
    @Timespan(Timespan.NANOSECONDS)
    long delay;
  }

  /**
   * Initializes the classes of the events, on the thread that opens a pool. Each registers with the
   * recorder then, under the recorder's lock; a worker that waited for that would pin its carrier.
   */
  public static void initialize() {
    Object[] _ = {
      new State(),
      new QueueFull(),
      new WorkerOpen(),
      new WorkerFinish(),
      new WorkerClose(),
      new WorkerNotOpened(),
      new WorkerBreak(),
      new WorkerAbandon(),
      new WorkerReplace(),
      new JobRun(),
      new JobPutOff()
    };
  }

  public static void stateIs(String pool, PoolState state) {
    State event = new State();
    event.pool = pool;
    event.state = state.name();
    event.commit();
  }

  public static void queueIsFull(String pool) {
    QueueFull event = new QueueFull();
    event.pool = pool;
    event.commit();
  }

  /** The event that begins; as for the next two, the caller commits it. */
  public static WorkerEvent opens(String pool, String worker) {
    return begun(new WorkerOpen(), pool, worker);
  }

  public static WorkerEvent finishes(String pool, String worker) {
    return begun(new WorkerFinish(), pool, worker);
  }

  public static WorkerEvent closes(String pool, String worker) {
    return begun(new WorkerClose(), pool, worker);
  }

  /** Null when runs are not recorded. The caller ends it, and {@link #ran} tells more of it. */
  public static @Nullable WorkerEvent runs(String pool, String worker) {
    JobRun event = new JobRun();
    return event.isEnabled() ? begun(event, pool, worker) : null;
  }

  private static WorkerEvent begun(WorkerEvent event, String pool, String worker) {
    event.pool = pool;
    event.worker = worker;
    event.begin();
    return event;
  }

  public static boolean recordsJobs() {
    return new JobRun().isEnabled();
  }

  public static void ran(WorkerEvent begun, pool.core.JobRun run) {
    JobRun event = (JobRun) begun;
    if (event.shouldCommit()) { // only then is the job asked for its text
      event.job = SafeText.of(run.job());
      event.jobs = run.jobs();
      event.waited = run.waited().toNanos();
      Throwable failure = run.failure().orElse(null); // a lambda would be one more class to load
      event.failure = failure == null ? "" : SafeText.of(failure);
      event.dropped = run.dropped();
      event.commit();
    }
  }

  public static void putOff(
      String pool, String worker, Object job, Duration delay, Throwable cause) {
    JobPutOff event = new JobPutOff();
    if (event.shouldCommit()) { // only then is the job asked for its text
      event.job = SafeText.of(job);
      event.delay = delay.toNanos();
      trouble(event, pool, worker, cause);
    }
  }

  public static void notOpened(String pool, String worker, Throwable cause) {
    trouble(new WorkerNotOpened(), pool, worker, cause);
  }

  public static void broke(String pool, String worker, Throwable cause) {
    trouble(new WorkerBreak(), pool, worker, cause);
  }

  private static void trouble(WorkerTrouble event, String pool, String worker, Throwable cause) {
    if (!event.isEnabled()) {
      return;
    }
    event.pool = pool;
    event.worker = worker;
    event.cause = SafeText.of(cause);
    event.commit();
  }

  public static void replaces(String pool, String worker, int slot, ReplaceReason why, int number) {
    WorkerReplace event = new WorkerReplace();
    event.pool = pool;
    event.worker = worker;
    event.slot = slot;
    event.reason = why.name();
    event.number = number;
    event.commit();
  }

  public static boolean recordsAbandonments() {
    return new WorkerAbandon().isEnabled();
  }

  /** When they are recorded, on a thread that has time. */
  public static void abandoned(String pool, CloseReport.Abandoned abandoned) {
    WorkerAbandon event = new WorkerAbandon();
    event.pool = pool;
    event.worker = abandoned.worker();
    event.job = abandoned.job().map(SafeText::of).orElse("");
    event.at = abandoned.stack().isEmpty() ? "" : abandoned.stack().getFirst().toString();
    event.commit();
  }
}
