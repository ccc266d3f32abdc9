package pool.testkit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.testkit.engine.EngineTestKit;
import org.junit.platform.testkit.engine.Event;
import org.junit.platform.testkit.engine.Events;

/** Each bad plugin fails in one test, with a message that names its fault. */
class BadPluginsTest {

  private record Fault(Class<?> plugin, String test, String... message) {}

  private static final List<Fault> FAULTS =
      List.of(
          new Fault(
              BadWorkers.LeaksAThread.class,
              "workersThatWereClosedLeaveNoThread",
              "after opening and closing 1 times, 1 threads were left PT1S later: [#",
              "\"heartbeat\"",
              "let close end what"),
          new Fault(
              BadWorkers.LeaksAVirtualThread.class,
              "workersThatWereClosedLeaveNoThread",
              "\"heartbeat\" virtual"),
          new Fault(
              BadWorkers.LeaksAFile.class,
              "workersThatWereClosedLeaveNoFileDescriptor",
              "after opening and closing 1 times, 1 file descriptors were left",
              "leaked"),
          new Fault(
              BadWorkers.ForgetsAFile.class,
              "workersThatWereClosedLeaveNoFileDescriptor",
              "file descriptors were left PT10S later, or until the garbage collector closed them",
              "forgotten"),
          new Fault(
              BadWorkers.DiffersFromWorkerToWorker.class,
              "resultsAreEqualAloneAndInAPool",
              "job 'two' gave 'TWO0' alone, but 'TWO1' in a pool of 2 workers on virtual threads"),
          new Fault(
              BadWorkers.ForgetsTheSixthOfABatch.class,
              "aBatchWorkerTellsWhatBecameOfEachJob",
              "runAll returned without telling what became of job 'two', number 5 of 6"),
          new Fault(
              BadWorkers.FailsAllForOneOfABatch.class,
              "aBatchWorkerTellsWhatBecameOfEachJob",
              "runAll threw java.lang.IllegalArgumentException: an empty job for job '' of failing()"),
          new Fault(
              BadWorkers.DiesOfAFailedJob.class,
              "aWorkerGoesOnAfterAFailedJob",
              "job 'one' failed after job '' had failed",
              "in a transaction that was aborted"),
          new Fault(
              BadWorkers.DoesNotFail.class,
              "aWorkerGoesOnAfterAFailedJob",
              "job 'three' of failing() gave 'THREE' instead of failing"),
          new Fault(
              BadWorkers.TakesAFailedJobForABreak.class,
              "aWorkerGoesOnAfterAFailedJob",
              "job '' of failing() broke the worker"),
          new Fault(
              BadWorkers.ClosesBadlyAfterAFailedJob.class,
              "aWorkerClosesAfterAFailedJob",
              "close threw java.lang.IllegalStateException: nothing to commit after job '' had failed"),
          new Fault(
              BadWorkers.IgnoresThatItIsStopped.class,
              "aJobThatIsStoppedComesBack",
              "job 'slow', on a virtual thread, cancelled and interrupted, did not come back within PT1S",
              "BadWorkers$IgnoresThatItIsStopped"),
          new Fault(
              BadWorkers.CannotCancel.class,
              "aJobThatIsStoppedComesBack",
              "cancel threw java.lang.UnsupportedOperationException"),
          new Fault(
              BadWorkers.IsNotSlow.class,
              "aJobThatIsStoppedComesBack",
              "job 'quick' ended before it was stopped; let slow() give one"),
          new Fault(
              BadWorkers.KeepsThatItBroke.class,
              "aBrokenWorkerSaysSo",
              "is broken, but job 'one' gave ''; throw WorkerBrokenException"),
          new Fault(
              BadWorkers.TakesABreakForAFailedJob.class,
              "aBrokenWorkerSaysSo",
              "is broken, but job 'one' threw java.lang.IllegalStateException: no connection"),
          new Fault(
              BadWorkers.ClosesInFinish.class,
              "aWorkerFinishesBeforeItCloses",
              "close threw java.lang.IllegalStateException: already closed after finish"),
          new Fault(
              BadWorkers.FailsToFinishBesideAnother.class,
              "aWorkerFinishesBeforeItCloses",
              "shout-1 failed to close: java.lang.IllegalStateException: the index is locked"),
          new Fault(
              BadFactories.IsForOnePoolAtATime.class,
              "twoPoolsAtOnceDoNotDisturbEachOther",
              "did not open while another was open",
              "the session is used by shout-first"),
          new Fault(
              BadFactories.ClosesWhatAnotherPoolUses.class,
              "twoPoolsAtOnceDoNotDisturbEachOther",
              "failed after another pool had closed",
              "the shared session is closed"),
          new Fault(
              BadFactories.HasAnOptionWithoutDescription.class,
              "everyOptionIsDescribed",
              "option 'mode' has no description"),
          new Fault(
              BadFactories.HasAnOptionTwice.class,
              "everyOptionIsDescribed",
              "two options are named 'limit'"),
          new Fault(
              BadFactories.HasAnOptionWhoseReaderReturnsNull.class,
              "everyErrorOfAnOptionSaysWhy",
              "the reader of option 'mode' returns null for ''"),
          new Fault(
              BadFactories.HasAnOptionThatDoesNotSayWhy.class,
              "everyErrorOfAnOptionSaysWhy",
              "option 'mode' refuses '' without saying why"),
          new Fault(
              BadFactories.ListsAnotherFactory.class,
              "theModuleAndTheServicesFileAgree",
              "module shouting provides [shouting.Shout], but",
              "lists [shouting.Other]"),
          new Fault(
              BadFactories.KeepsItsClassLoader.class,
              "itsClassLoaderCanBeCollected",
              "factory 'registering'",
              "its class loader was still kept PT1S after"));

  @TestFactory
  Stream<DynamicTest> eachFailsInOneTestWithAMessageThatNamesItsFault() {
    return FAULTS.stream()
        .map(fault -> dynamicTest(fault.plugin.getSimpleName(), () -> assertFails(fault)));
  }

  private static void assertFails(Fault fault) throws Exception {
    Event failure;
    try {
      List<Event> failed = failed(fault.plugin);
      assertEquals(1, failed.size(), () -> fault.plugin + " " + failed);
      failure = failed.getFirst();
    } finally {
      LeftOpen.cleanUp();
    }
    assertEquals(fault.test + "()", failure.getTestDescriptor().getDisplayName());
    String message =
        String.valueOf(
            failure
                .getRequiredPayload(TestExecutionResult.class)
                .getThrowable()
                .orElseThrow()
                .getMessage());
    assertTrue(message.startsWith("factory '"), message);
    for (String part : fault.message) {
      assertTrue(message.contains(part), message);
    }
  }

  private static List<Event> failed(Class<?> plugin) {
    Events tests =
        EngineTestKit.engine("junit-jupiter").selectors(selectClass(plugin)).execute().testEvents();
    return tests.failed().list();
  }
}
