package pool.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import pool.api.Worker;
import pool.api.WorkerFactory;
import pool.core.ThreadKind;

/**
 * What a pool expects of the workers of a factory, as tests. A test class implements this interface
 * for its factory:
 *
 * {@snippet :
 * class DigestContractTest implements WorkerFactoryContract<String, String> {
 *   @Override public WorkerFactory<String, String> factory() { return new DigestFactory(); }
 *   @Override public List<String> samples() { return List.of("one", "two"); }
 *   @Override public List<String> failing() { return List.of(""); }
 * }
 * }
 *
 * <p>This is an interface, so that the test class can extend another class, and can have tests and
 * set-up of its own. A test that needs more information, such as a job that runs long, is aborted
 * unless the test class overrides the method that provides it; the reason names the method.
 *
 * <p>Each test calls these methods after the set-up, {@code failing()} and {@code slow()} perhaps
 * several times, so they should only name jobs, and open nothing. The jobs are run many times, by
 * workers without a pool and by pools on virtual and platform threads, so running a job must be
 * repeatable. Because the tests compare the threads and files of the whole JVM, no other tests run
 * at the same time.
 *
 * @param <J> the jobs
 * @param <R> the results
 */
@Isolated("it looks at the threads and open files of the whole JVM")
public interface WorkerFactoryContract<J, R> {

  // What the test class provides

  /**
   * The factory to test. If its class is public and has a public constructor without parameters,
   * the plugin's packaging and its class loader are tested, too.
   *
   * @return the factory
   */
  WorkerFactory<J, R> factory();

  /**
   * The options to open workers with.
   *
   * @return from name to text, empty by default
   */
  default Map<String, String> options() {
    return Map.of();
  }

  /**
   * Jobs that must succeed, each with the same result whichever worker runs it.
   *
   * @return at least one job
   */
  List<J> samples();

  /**
   * Jobs that must fail, and after which the worker must go on.
   *
   * @return no jobs by default
   */
  default List<J> failing() {
    return List.of();
  }

  /**
   * A job that runs for longer than {@link #bound} unless it is stopped.
   *
   * @return the job
   */
  default J slow() {
    return Assumptions.abort("nothing says how a worker is stopped: override slow()");
  }

  /**
   * Breaks the resource of a worker as it may break in use: ends its connection, deletes its file,
   * or has it run a job that breaks it. Called on the worker's thread, while no other worker of the
   * factory is open.
   *
   * @param worker the worker, which is open
   * @throws Exception when the resource cannot be broken; the test fails
   */
  default void breakResource(Worker<J, R> worker) throws Exception {
    Assumptions.abort("nothing says how a worker breaks: override breakResource(Worker)");
  }

  /**
   * The longest time that any one call may take: to open, to run a sample, to return when it is
   * stopped, to close. It also bounds the time until what a worker has closed is gone.
   *
   * @return more than 0; 10 s by default
   */
  default Duration bound() {
    return Duration.ofSeconds(10);
  }

  /**
   * How many workers to open, one after the other, to see whether they leave something behind. Use
   * fewer if opening takes long.
   *
   * @return at least 1; 50 by default
   */
  default int manyWorkers() {
    return 50;
  }

  /**
   * Whether two results of one job count as equal. Override it if results hold something that
   * differs from run to run, such as a time or the path of a temporary file.
   *
   * @param first a result, may be null
   * @param second another, may be null
   * @return as {@link Objects#equals} by default
   */
  default boolean areEqual(@Nullable R first, @Nullable R second) {
    return Objects.equals(first, second);
  }

  // What is promised: a worker's life

  /**
   * No thread is left after 1, 2 and {@link #manyWorkers} workers were opened, ran the jobs and
   * were closed.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void workersThatWereClosedLeaveNoThread() throws Exception {
    Leftovers.assertNone(Subject.of(this), new LiveThreads());
  }

  /**
   * No file, socket or pipe is left open after 1, 2 and {@link #manyWorkers} workers. Aborted where
   * the system does not list open files.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void workersThatWereClosedLeaveNoFileDescriptor() throws Exception {
    Leftovers.assertNone(Subject.of(this), new OpenFiles());
  }

  /**
   * A failing job throws, and the same worker then runs the samples with the usual results.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aWorkerGoesOnAfterAFailedJob() throws Exception {
    new LifeChecks<>(Subject.of(this)).aWorkerGoesOnAfterAFailedJob();
  }

  /**
   * A worker that does several jobs together reports for each job the result it would have alone. A
   * failing job among them fails no other: the worker reports the failure, or rolls the batch back.
   * Aborted for workers that do one job at a time.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aBatchWorkerTellsWhatBecameOfEachJob() throws Exception {
    new BatchChecks<>(Subject.of(this)).aBatchWorkerTellsWhatBecameOfEachJob();
  }

  /**
   * A worker closes without failure, even after it has failed a job, and without {@code finish}.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aWorkerClosesAfterAFailedJob() throws Exception {
    new LifeChecks<>(Subject.of(this)).aWorkerClosesAfterAFailedJob();
  }

  /**
   * A worker finishes, then closes, without failure, alone and in a pool.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aWorkerFinishesBeforeItCloses() throws Exception {
    new LifeChecks<>(Subject.of(this)).aWorkerFinishesBeforeItCloses();
  }

  /**
   * A slow job returns within the bound when it is cancelled and interrupted, on a virtual and on a
   * platform thread. If the worker then answers a ping, it runs a sample with the usual result.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aJobThatIsStoppedComesBack() throws Exception {
    for (ThreadKind threads : ThreadKind.values()) {
      new LifeChecks<>(Subject.of(this)).aJobThatIsStoppedComesBack(slow(), threads);
    }
  }

  /**
   * A worker whose resource broke throws {@code WorkerBrokenException}, or an error.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void aBrokenWorkerSaysSo() throws Exception {
    new LifeChecks<>(Subject.of(this)).aBrokenWorkerSaysSo();
  }

  // In pools

  /**
   * Workers without a pool and both workers of a pool of two, on virtual and on platform threads,
   * give equal results.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void resultsAreEqualAloneAndInAPool() throws Exception {
    new PoolChecks<>(Subject.of(this)).resultsAreEqualAloneAndInAPool();
  }

  /**
   * Two pools in one JVM do not disturb each other, even when one of them closes.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void twoPoolsAtOnceDoNotDisturbEachOther() throws Exception {
    new PoolChecks<>(Subject.of(this)).twoPoolsAtOnceDoNotDisturbEachOther();
  }

  // Options

  /** Each option has a unique name and a description. */
  @Test
  default void everyOptionIsDescribed() {
    OptionChecks.everyOptionIsDescribed(factory());
  }

  /** When an option refuses a text, it says why. */
  @Test
  default void everyErrorOfAnOptionSaysWhy() {
    OptionChecks.everyErrorOfAnOptionSaysWhy(factory());
  }

  // The plugin

  /**
   * The module descriptor and {@code META-INF/services} name the same factories. Aborted when
   * neither names this one.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void theModuleAndTheServicesFileAgree() throws Exception {
    Packaging.assertModuleAndServicesAgree(factory());
  }

  /**
   * The plugin's code can be unloaded. A new class loader loads its jar, or folder of classes,
   * anew; a worker opens, runs jobs, finishes and closes; then nothing keeps the loader.
   *
   * <p>Only this jar or folder is loaded anew: the plugin uses the test's libraries and native
   * code. The plugin that is loaded anew would not know jobs of the plugin's own classes, so the
   * test leaves them out; if there are no others, a worker is only opened and closed.
   *
   * @throws Exception when it is not so; the test fails
   */
  @Test
  default void itsClassLoaderCanBeCollected() throws Exception {
    new Unloading<>(Subject.of(this)).assertClassLoaderCanBeCollected();
  }
}
