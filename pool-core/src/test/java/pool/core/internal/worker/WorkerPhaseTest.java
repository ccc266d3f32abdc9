package pool.core.internal.worker;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import pool.core.TestSettings;
import pool.core.WorkerState;
import pool.core.internal.job.JobFuture;
import pool.core.internal.job.Work;
import pool.core.internal.life.Base;
import pool.core.internal.worker.WorkerPhase.Phase;

/** What a worker's thread is at, and who is told. */
class WorkerPhaseTest {

  private static final long AGES = Long.MAX_VALUE / 4;

  private final AtomicInteger rings = new AtomicInteger();
  private final Base base =
      Base.of(
          TestSettings.with(builder -> builder.minOpen(0)),
          () -> {
            rings.incrementAndGet();
            return false; // so that each ring is one
          });
  private final Thread thread = Thread.ofPlatform().unstarted(() -> {});
  private final WorkerPhase phase = new WorkerPhase(base, thread);

  WorkerPhaseTest() {
    underLock(() -> base.life().beginOpening()); // since nobody is called before
  }

  @AfterEach
  void noFlagIsLeft() {
    assertFalse(Thread.interrupted());
  }

  private void underLock(Runnable action) {
    try (var _ = base.hold()) {
      action.run();
    }
  }

  private void close() {
    underLock(() -> {
      boolean _ = base.life().beginClosing();
    });
  }

  private void stop() {
    close();
    underLock(() -> {
      boolean _ = base.life().stop();
    });
  }

  private void drain() {
    close();
    underLock(() -> base.life().drained());
    assertTrue(base.life().isDrained());
  }

  /** The phases for which that holds, each of a thread of its own. */
  private Set<Phase> phases(Predicate<WorkerPhase> holds) {
    return Stream.of(Phase.values())
        .filter(each -> {
          WorkerPhase one = new WorkerPhase(base, thread);
          one.becomes(each);
          return holds.test(one);
        })
        .collect(Collectors.toCollection(() -> EnumSet.noneOf(Phase.class)));
  }

  private boolean becomesRings(Phase next) {
    int before = rings.get();
    phase.becomes(next);
    return rings.get() > before;
  }

  private boolean hangsDespiteInterrupt(long nanos, long grace) {
    try (var _ = base.hold()) {
      return phase.hangsDespiteInterrupt(nanos, grace);
    }
  }

  /** Until a clock that was read at the phase's begin has moved. */
  private void awaitTick() {
    while (System.nanoTime() == phase.since()) {
      Thread.onSpinWait();
    }
  }

  @Test
  void itBeginsWithOpening() {
    assertTrue(phase.is(Phase.OPENING));
    assertFalse(phase.is(Phase.SERVING));
    assertEquals(WorkerState.OPENING, phase.shown(null, 0));
  }

  @Test
  void itSaysSinceWhenItIsAtThat() {
    long before = System.nanoTime();
    phase.becomes(Phase.SERVING);
    assertTrue(phase.since() - before >= 0);
    assertTrue(System.nanoTime() - phase.since() >= 0);
  }

  @Test
  void anAbandonedThreadStaysAbandoned() {
    phase.becomes(Phase.ABANDONED);
    phase.becomes(Phase.CLOSED);
    assertTrue(phase.is(Phase.ABANDONED));
  }

  @Test
  void itIsOverWhenClosedOrAbandoned() {
    assertEquals(EnumSet.of(Phase.CLOSED, Phase.ABANDONED), phases(WorkerPhase::isOver));
  }

  // What is timed

  @Test
  void openingsPingsFinishingAndClosingAreTimed() {
    Set<Phase> ring = EnumSet.noneOf(Phase.class);
    for (Phase each : Phase.values()) {
      if (becomesRings(each)) {
        ring.add(each);
      }
    }
    assertEquals(EnumSet.of(Phase.OPENING, Phase.PINGING, Phase.FINISHING, Phase.CLOSING), ring);
  }

  @Test
  void whileThePoolClosesItsCloserTimesWhatEnds() {
    close();
    assertFalse(becomesRings(Phase.FINISHING));
    assertFalse(becomesRings(Phase.CLOSING));
    assertTrue(becomesRings(Phase.OPENING));
    assertTrue(becomesRings(Phase.PINGING));
  }

  @Test
  void openingsAndPingsHang() {
    assertEquals(EnumSet.of(Phase.OPENING, Phase.PINGING), phases(each -> each.hangsFor(0)));
    assertEquals(Set.of(), phases(each -> each.hangsFor(AGES)));
    long whatTheClockSays = Math.abs(System.nanoTime());
    assertEquals(Set.of(), phases(each -> each.hangsFor(whatTheClockSays)));
  }

  @Test
  void finishingAndClosingTakeTimeFromTheirBegin() {
    assertEquals(
        EnumSet.of(Phase.FINISHING, Phase.CLOSING), phases(each -> each.terminatingFor() > 0));
    phase.becomes(Phase.CLOSING);
    awaitTick();
    long least = System.nanoTime() - phase.since();
    long time = phase.terminatingFor();
    long most = System.nanoTime() - phase.since();
    assertTrue(least <= time && time <= most, () -> least + ", " + time + ", " + most);
  }

  @Test
  void otherwiseNoTimeIsTaken() {
    assertEquals(0, phase.terminatingFor());
  }

  // What begins

  @ParameterizedTest
  @EnumSource(names = {"OPENING", "PINGING", "FINISHING"})
  void whatBeginsFindsNoFlag(Phase next) {
    phase.becomes(Phase.CLOSING);
    Thread.currentThread().interrupt();
    assertTrue(phase.begins(next));
    assertTrue(phase.is(next));
    assertFalse(Thread.currentThread().isInterrupted());
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENING", "PINGING", "FINISHING"})
  void nothingBeginsOnceThePoolIsStopped(Phase next) {
    phase.becomes(Phase.CLOSING);
    stop();
    assertFalse(phase.begins(next));
    assertTrue(phase.is(Phase.CLOSING));
  }

  @ParameterizedTest
  @EnumSource(names = {"OPENING", "PINGING", "FINISHING"})
  void nothingBeginsOnceTheThreadIsAbandoned(Phase next) {
    phase.becomes(Phase.ABANDONED);
    assertFalse(phase.begins(next));
  }

  @Test
  void aDrainedPoolOpensNoneButItsWorkersFinish() {
    phase.becomes(Phase.SERVING);
    drain();
    assertFalse(phase.begins(Phase.OPENING));
    assertTrue(phase.begins(Phase.PINGING));
    assertTrue(phase.begins(Phase.FINISHING));
  }

  @Test
  void aPoolThatDrainsStillOpensWorkers() {
    phase.becomes(Phase.CLOSING);
    close();
    assertTrue(phase.begins(Phase.OPENING));
  }

  // Interrupts

  @Test
  void whatIsMeantIsInterruptedAndNothingElse() {
    phase.becomes(Phase.FINISHING);
    underLock(() -> phase.interruptIf(Phase.OPENING));
    assertFalse(thread.isInterrupted());
    underLock(() -> phase.interruptIf(Phase.FINISHING));
    assertTrue(thread.isInterrupted());
  }

  @Test
  void whatHangsIsInterruptedOnceAndThenHasItsGrace() {
    awaitTick();
    assertFalse(hangsDespiteInterrupt(AGES, 0));
    assertFalse(thread.isInterrupted());
    assertFalse(hangsDespiteInterrupt(1, AGES));
    assertTrue(thread.isInterrupted());
    assertTrue(hangsDespiteInterrupt(1, 0));
  }

  @Test
  void itIsInterruptedOnce() {
    AtomicInteger interrupts = new AtomicInteger();
    Thread counts =
        new Thread() {
          @Override
          public void interrupt() {
            interrupts.incrementAndGet();
          }
        };
    WorkerPhase hangs = new WorkerPhase(base, counts);
    underLock(() -> {
      assertFalse(hangs.hangsDespiteInterrupt(0, AGES));
      assertFalse(hangs.hangsDespiteInterrupt(0, AGES));
      assertEquals(1, interrupts.get());
      hangs.becomes(Phase.PINGING);
      assertFalse(hangs.hangsDespiteInterrupt(0, AGES));
      assertEquals(2, interrupts.get());
    });
  }

  @Test
  void whatDoesNotHangIsLeftAlone() {
    phase.becomes(Phase.SERVING);
    assertFalse(hangsDespiteInterrupt(0, 0));
    assertFalse(thread.isInterrupted());
  }

  // Pings

  @Test
  void aPingThatCameBackWasAnsweredInTime() {
    assertTrue(phase.begins(Phase.PINGING));
    assertTrue(phase.endsPing());
    assertTrue(phase.is(Phase.SERVING));
  }

  @Test
  void aPingThatWasInterruptedSinceItHungWasNot() {
    assertTrue(phase.begins(Phase.PINGING));
    assertFalse(hangsDespiteInterrupt(0, AGES));
    assertFalse(phase.endsPing());
    assertTrue(phase.begins(Phase.PINGING));
    assertTrue(phase.endsPing(), "the next was");
  }

  @Test
  void aPingOfAThreadThatWasAbandonedMeanwhileWasNot() {
    assertTrue(phase.begins(Phase.PINGING));
    phase.becomes(Phase.ABANDONED);
    assertFalse(phase.endsPing());
    assertTrue(phase.is(Phase.ABANDONED));
  }

  // What is said of it

  @Test
  void aWorkerThatServesRunsIsInACallbackOrIdle() {
    Threadless pool = new Threadless(builder -> builder.workers(1));
    JobFuture<String, String> job = pool.submit("a");
    List<WorkerState> shown = new ArrayList<>();
    var _ = job.thenRun(() -> shown.add(phase.shown(job, 0)));
    phase.becomes(Phase.SERVING);
    assertEquals(WorkerState.IDLE, phase.shown(null, 0));
    var _ =
        pool.runNext(text -> {
          shown.add(phase.shown(job, 0));
          return text;
        });
    assertEquals(List.of(WorkerState.RUNNING, WorkerState.CALLBACK), shown);
  }

  @Test
  void aWorkerWhoseJobWasCancelledRunsUntilItComesBack() {
    Threadless pool = new Threadless(builder -> builder.workers(1));
    JobFuture<String, String> job = pool.submit("a");
    Work<String, String> work = pool.next();
    phase.becomes(Phase.SERVING);
    assertEquals(WorkerState.RUNNING, phase.shown(work, 0));
    pool.cancel(job);
    assertEquals(WorkerState.RUNNING, phase.shown(work, 0));
    phase.becomes(Phase.CLOSING);
    assertEquals(WorkerState.CLOSING, phase.shown(work, 0), "whatever it has served");
  }
}
