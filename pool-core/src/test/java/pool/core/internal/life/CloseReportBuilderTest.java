package pool.core.internal.life;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import pool.core.CloseReport;
import pool.core.CloseReport.Abandoned;
import pool.core.CloseReport.CloseFailure;
import pool.core.CloseReport.WorkerTimes;
import pool.core.TestSettings;
import pool.core.internal.events.PoolEvents;
import pool.core.internal.util.PoolLock;

/** What is gathered for the report of a close. */
class CloseReportBuilderTest {

  private static final Duration TOOK = Duration.ofMillis(7);

  private final PoolLock lock = new PoolLock();
  private final Lifecycle life =
      new Lifecycle(new PoolEvents("echo", null), TestSettings.with(builder -> builder.workers(2)));
  private final CloseReportBuilder gathered = new CloseReportBuilder("echo", lock, life);
  private final IOException broken = new IOException("broken");

  private CloseReport report() {
    return gathered.report(new Counts(10, 0, 0, 1, 2, 3, 4), TOOK);
  }

  @Test
  void ofACloseWithoutTroubleItHasTheCountsOnly() {
    assertEquals(
        new CloseReport(
            "echo", 10, 1, 2, 3, 0, 4, List.of(), List.of(), List.of(), List.of(), TOOK),
        report());
    assertTrue(report().isClean());
  }

  @Test
  void itHasTheJobsThatWereNotStartedInTheirOrder() {
    gathered.expectNotStarted(2);
    gathered.notStarted("first");
    gathered.notStarted("second");
    gathered.notStarted("more than expected");
    assertEquals(List.of("first", "second", "more than expected"), gathered.notStartedJobs());
    assertEquals(gathered.notStartedJobs(), report().notStartedJobs());
    assertEquals(List.of(), report().closeFailures());
  }

  /** Their number is known all the same. */
  @Test
  void withoutMemoryForTheJobsThatWereNotStartedItSaysThatTheyAreLost() {
    assumeTrue(Runtime.getRuntime().maxMemory() < 4L * Integer.MAX_VALUE, "there would be memory");
    gathered.notStarted("there was room for it");
    gathered.expectNotStarted(Long.MAX_VALUE);
    gathered.notStarted("later");
    assertEquals(List.of(), gathered.notStartedJobs());
    CloseReport report = report();
    assertEquals(List.of(), report.notStartedJobs());
    assertEquals(4, report.notStarted());
    assertEquals(1, report.closeFailures().size());
    CloseFailure lost = report.closeFailures().getFirst();
    assertEquals("echo (jobs not started)", lost.worker());
    assertInstanceOf(OutOfMemoryError.class, lost.cause());
  }

  @Test
  void theJobsOfCancelledRunsAreCountedAndKeptOnlyForWhoeverWantsThemOnce() {
    gathered.cancelledRun("nobody wants it");
    assertEquals(List.of(), gathered.takeCancelledJobs());
    gathered.keepCancelledJobs(1);
    gathered.cancelledRun("one");
    gathered.cancelledRun(null); // it has just returned
    gathered.cancelledRun("other");
    assertEquals(List.of("one", "other"), gathered.takeCancelledJobs());
    assertEquals(List.of(), gathered.takeCancelledJobs());
    assertEquals(4, report().cancelledByClose());
  }

  @Test
  void theTimesOfTheWorkersOfASlotAreAddedUp() {
    gathered.opened(1, "echo-1", Duration.ofSeconds(1));
    gathered.opened(0, "echo-0", Duration.ofSeconds(2));
    gathered.closed(1, "echo-1", Duration.ofSeconds(3));
    gathered.opened(1, "echo-1", Duration.ofSeconds(4));
    gathered.closed(1, "echo-1", Duration.ofSeconds(5));
    assertEquals(
        List.of(
            new WorkerTimes("echo-0", 1, Duration.ofSeconds(2), Duration.ZERO),
            new WorkerTimes("echo-1", 2, Duration.ofSeconds(5), Duration.ofSeconds(8))),
        report().workers());
  }

  @Test
  void aWorkerThatFailedToCloseIsReportedUnlessItIsLate() {
    gathered.failed("echo-0", broken, false);
    gathered.failed("echo-1", broken, true); // it was reported as abandoned
    assertEquals(List.of(new CloseFailure("echo-0", broken)), report().closeFailures());
    life.closed();
    gathered.failed("echo-2", broken, false);
    assertEquals(1, report().closeFailures().size(), "the report has been written");
  }

  @Test
  void abandonedWorkersAreReported() {
    Abandoned abandoned = new Abandoned("echo-1", Optional.of("job"), List.of());
    gathered.abandoned(abandoned);
    assertEquals(List.of(abandoned), report().abandoned());
  }
}
