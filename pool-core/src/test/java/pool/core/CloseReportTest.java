package pool.core;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import pool.core.CloseReport.Abandoned;
import pool.core.CloseReport.CloseFailure;
import pool.core.CloseReport.WorkerTimes;

/** What an operator reads, line by line. */
class CloseReportTest {

  private final List<Object> returned = new ArrayList<>();
  private final List<CloseFailure> failures = new ArrayList<>();
  private final List<Abandoned> abandoned = new ArrayList<>();
  private final List<WorkerTimes> workers = new ArrayList<>();
  private long cancelledJobs;

  private CloseReport report() {
    return new CloseReport(
        "p",
        10,
        1,
        2,
        3,
        cancelledJobs,
        4,
        returned,
        failures,
        abandoned,
        workers,
        Duration.ofMillis(1_234));
  }

  private static String lines(String... lines) {
    return Stream.of(lines).collect(Collectors.joining(System.lineSeparator()));
  }

  private static String counts(String how) {
    return "pool 'p' closed "
        + how
        + " in 1234 ms: 10 submitted = 1 succeeded + 2 failed + 3 cancelled + 4 not started";
  }

  private static WorkerTimes times(String worker, int opened, long opening, long closing) {
    return new WorkerTimes(worker, opened, Duration.ofMillis(opening), Duration.ofMillis(closing));
  }

  @Test
  void aCleanOneIsALineOfCounts() {
    workers.add(times("p-0", 1, 999, 999));
    assertTrue(report().isClean());
    assertEquals(counts("cleanly"), report().toString());
  }

  @Test
  void eachThingThatWentWrongMakesItUnclean() {
    returned.add("job");
    assertFalse(report().isClean());
    returned.clear();
    cancelledJobs = 1;
    assertFalse(report().isClean());
    cancelledJobs = 0;
    failures.add(new CloseFailure("p-0", new IOException()));
    assertFalse(report().isClean());
    failures.clear();
    abandoned.add(new Abandoned("p-0", Optional.empty(), List.of()));
    assertFalse(report().isClean());
  }

  @Test
  void eachThingThatWentWrongHasItsLine() {
    cancelledJobs = 2;
    failures.add(new CloseFailure("p-0", new IOException("disk full")));
    StackTraceElement frame = new StackTraceElement("Some", "method", "Some.java", 7);
    abandoned.add(new Abandoned("p-1", Optional.of("the job"), List.of(frame, frame)));
    abandoned.add(new Abandoned("p-2", Optional.empty(), List.of()));
    assertEquals(
        lines(
            counts("uncleanly"),
            "  2 running jobs were cancelled by the close",
            "  p-0 failed to close: java.io.IOException: disk full",
            "  p-1 was abandoned with job the job",
            "    at Some.method(Some.java:7)",
            "    at Some.method(Some.java:7)",
            "  p-2 was abandoned"),
        report().toString());
  }

  @Test
  void theSlowestToOpenAndToCloseAreNamedFromASecondOn() {
    workers.add(times("p-0", 1, 1_000, 400));
    workers.add(times("p-1", 3, 999, 5_000));
    workers.add(times("p-2", 2, 700, 6_000));
    assertEquals(
        lines(
            counts("cleanly"),
            "  slowest to open: p-0, 1000 ms",
            "  slowest to close: p-2, 6000 ms for 2 workers"),
        report().toString());
  }

  @Test
  void itsListsAreCopies() {
    CloseReport report = report();
    returned.add("job");
    failures.add(new CloseFailure("p-0", new IOException()));
    abandoned.add(new Abandoned("p-0", Optional.empty(), List.of()));
    workers.add(times("p-0", 1, 1_000, 0));
    assertEquals(List.of(), report.notStartedJobs());
    assertEquals(List.of(), report.closeFailures());
    assertEquals(List.of(), report.abandoned());
    assertEquals(List.of(), report.workers());
    assertThrows(UnsupportedOperationException.class, () -> report.notStartedJobs().add("job"));
  }

  @Test
  void itsExceptionSaysTheSameAndSuppressesWhatWasThrown() {
    IOException cause = new IOException("disk full");
    failures.add(new CloseFailure("p-0", cause));
    PoolCloseException e = new PoolCloseException(report());
    assertEquals(e.report().toString(), e.getMessage());
    assertEquals(report(), e.report());
    assertArrayEquals(new Throwable[] {cause}, e.getSuppressed());
  }
}
