package pool.core.internal.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future.State;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The future of a job in the hands of a user, without a pool. */
@Timeout(20)
class JobFutureByHandTest {

  private static final int SLOT = 3;

  /** A pool that notes what a future asks of it. */
  private static final class Owner implements JobOwner<String, Integer> {

    final List<String> asked = new ArrayList<>();
    Runnable whenSomebodyWaits =
        () -> {
          throw new AssertionError("nobody has to wait");
        };

    @Override
    public boolean settleCancelled(JobFuture<String, Integer> future, boolean stop) {
      asked.add(stop ? "cancel and stop" : "cancel");
      return future.endWaiting(JobState.CANCELLED);
    }

    @Override
    public void beginWait(JobFuture<String, Integer> future) {
      asked.add("begin wait");
      whenSomebodyWaits.run();
    }

    @Override
    public void endWait() {
      asked.add("end wait");
    }

    @Override
    public void placeSettled(
        PlaceFuture<String, Integer> place,
        Object bulk,
        @Nullable Integer result,
        @Nullable Throwable cause) {
      throw new AssertionError("no bulk call");
    }

    @Override
    public void noteTimeOut(JobFuture<String, Integer> future) {
      asked.add("time-out");
    }
  }

  private final Owner owner = new Owner();
  private final JobFuture<String, Integer> future = new JobFuture<>(owner, "job");

  private void succeed() {
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.SUCCEEDED));
    future.succeed(7);
  }

  private void fail(Throwable cause) {
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.FAILED));
    future.fail(cause);
  }

  // Cancelling

  @Test
  void oneThatWaitsIsCancelledOnce() {
    assertFalse(future.isCancelled());
    assertTrue(future.cancelHere(false));
    assertTrue(future.isCancelled());
    assertEquals(State.CANCELLED, future.state());
    assertFalse(future.cancelHere(true));
    assertEquals(List.of("cancel", "cancel and stop"), owner.asked);
  }

  @Test
  void whoCancelsLearnsWhetherItIsCancelledThoughAnotherDidIt() {
    assertTrue(future.cancel(true));
    assertTrue(future.cancel(false));
    assertEquals(List.of("cancel and stop", "cancel"), owner.asked);
  }

  @Test
  void oneThatHasSucceededCannotBeCancelled() {
    succeed();
    assertFalse(future.cancel(true));
    assertFalse(future.cancelHere(true));
    assertFalse(future.isCancelled());
    assertEquals(7, future.resultNow());
  }

  @Test
  void whoWaitsForACancelledJobIsToldThatItWasCancelled() {
    assertTrue(future.cancel(false));
    assertThrows(CancellationException.class, future::join);
    assertThrows(CancellationException.class, future::get);
    assertThrows(CancellationException.class, () -> future.get(1, TimeUnit.DAYS));
    assertThrows(IllegalStateException.class, future::exceptionNow);
  }

  /** Who has cancelled a job may rely on its future's being done, whoever settled the job. */
  @Test
  void whoCancelsOneThatHasSettledWaitsUntilItsFutureIsCompleted() throws Exception {
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.SUCCEEDED));
    CountDownLatch isAboutToCancel = new CountDownLatch(1);
    AtomicBoolean sawItDone = new AtomicBoolean();
    Thread canceller =
        Thread.ofPlatform()
            .daemon()
            .start(() -> {
              isAboutToCancel.countDown();
              boolean _ = future.cancelHere(true);
              sawItDone.set(future.isDone());
            });
    isAboutToCancel.await();
    while (canceller.isAlive() && canceller.getState() != Thread.State.TIMED_WAITING) {
      Thread.onSpinWait();
    }
    future.succeed(7);
    canceller.join();
    assertTrue(sawItDone.get());
  }

  @Test
  void theWaitForThatMayBeLimited() {
    assertTrue(future.start(SLOT) && future.endRun(SLOT, JobState.SUCCEEDED));
    long most = 2_000_000;
    long began = System.nanoTime();
    future.awaitPublication(most);
    assertTrue(System.nanoTime() - began >= most);
    assertFalse(future.isDone());
    future.succeed(7);
    future.awaitPublication();
  }

  // How it ended

  @Test
  void aCancellationExceptionOfTheJobItselfIsAFailureLikeAnyOther() throws Exception {
    CancellationException cause = new CancellationException("by itself");
    fail(cause);
    assertFalse(future.isCancelled());
    assertEquals(State.FAILED, future.state());
    assertSame(cause, future.exceptionNow());
    assertSame(cause, assertThrows(CompletionException.class, future::join).getCause());
    assertSame(cause, assertThrows(ExecutionException.class, future::get).getCause());
    assertSame(
        cause,
        assertThrows(ExecutionException.class, () -> future.get(1, TimeUnit.DAYS)).getCause());
    assertFalse(future.cancel(true));
    future.awaitDone();
  }

  @Test
  void theStateSaysHowItEnded() {
    assertEquals(State.RUNNING, future.state());
    succeed();
    assertEquals(State.SUCCESS, future.state());
    assertFalse(future.isCancelled());
    assertThrows(IllegalStateException.class, future::exceptionNow);
    JobFuture<String, Integer> failed = new JobFuture<>(owner, "failed");
    assertTrue(failed.endWaiting(JobState.FAILED));
    TimeoutException cause = new TimeoutException();
    failed.fail(cause);
    assertEquals(State.FAILED, failed.state());
    assertSame(cause, failed.exceptionNow());
    assertFalse(failed.isCancelled());
  }

  @Test
  void whoDoesNotWaitGetsTheResultIfItIsThere() throws Exception {
    assertEquals(-1, future.getNow(-1));
    assertThrows(TimeoutException.class, () -> future.get(0, TimeUnit.SECONDS));
    succeed();
    assertEquals(7, future.getNow(-1));
    assertEquals(7, future.get(0, TimeUnit.SECONDS));
  }

  // Waiting

  /** The pool completes the job just then: so these tests need no other thread. */
  private void succeedOnceSomebodyWaits() {
    owner.whenSomebodyWaits = this::succeed;
  }

  @Test
  void thePoolLearnsThatSomebodyJoins() {
    succeedOnceSomebodyWaits();
    assertEquals(7, future.join());
    assertEquals(List.of("begin wait", "end wait"), owner.asked);
    assertEquals(7, future.join());
    assertEquals(List.of("begin wait", "end wait"), owner.asked, "nobody had to wait again");
  }

  @Test
  void thePoolLearnsThatSomebodyGetsTheResult() throws Exception {
    succeedOnceSomebodyWaits();
    Thread.currentThread().interrupt(); // a wait that nobody ends would be over at once
    try {
      assertEquals(7, future.get());
    } finally {
      boolean _ = Thread.interrupted();
    }
    assertEquals(List.of("begin wait", "end wait"), owner.asked);
    assertEquals(7, future.get());
    assertEquals(List.of("begin wait", "end wait"), owner.asked, "nobody had to wait again");
  }

  @Test
  void thePoolLearnsThatSomebodyWaitsForTheEnd() throws Exception {
    owner.whenSomebodyWaits = () -> fail(new IllegalStateException("no"));
    Thread.currentThread().interrupt();
    try {
      future.awaitDone();
    } finally {
      boolean _ = Thread.interrupted();
    }
    assertTrue(future.isDone());
    assertEquals(List.of("begin wait", "end wait"), owner.asked);
    future.awaitDone();
    assertEquals(List.of("begin wait", "end wait"), owner.asked, "nobody had to wait again");
  }

  @Test
  void aWaitThatCouldNeverEndIsRefusedAndIsOver() {
    owner.whenSomebodyWaits =
        () -> {
          throw new IllegalStateException("it would wait for itself");
        };
    assertThrows(IllegalStateException.class, future::join);
    assertEquals(List.of("begin wait", "end wait"), owner.asked);
    assertThrows(IllegalStateException.class, future::get);
    assertEquals(List.of("begin wait", "end wait", "begin wait", "end wait"), owner.asked);
  }

  // Time-outs

  @Test
  void thePoolLearnsThatATimeOutMayCompleteIt() {
    assertSame(future, future.orTimeout(1, TimeUnit.DAYS));
    assertEquals(List.of("time-out"), owner.asked);
    assertSame(future, future.completeOnTimeout(8, 1, TimeUnit.DAYS));
    assertEquals(List.of("time-out", "time-out"), owner.asked);
    succeed();
    assertSame(future, future.orTimeout(1, TimeUnit.DAYS));
    assertSame(future, future.completeOnTimeout(8, 1, TimeUnit.DAYS));
    assertEquals(List.of("time-out", "time-out"), owner.asked, "none can complete it any more");
    assertEquals(7, future.resultNow());
  }

  // Completing

  @Test
  void whatASupplierThrowsIsTheFailure() {
    IllegalStateException cause = new IllegalStateException("no");
    assertSame(
        future,
        future.completeAsync(
            () -> {
              throw cause;
            },
            Runnable::run));
    assertSame(cause, future.exceptionNow());
  }

  @Test
  void oneThatIsGivenAValueByForceIsCancelledFirst() {
    future.obtrudeValue(8);
    assertEquals(List.of("cancel and stop"), owner.asked);
    assertTrue(future.isCalledOff());
    assertEquals(8, future.join());
  }

  @Test
  void oneThatIsGivenAFailureByForceIsCancelledFirst() {
    IllegalStateException cause = new IllegalStateException("by force");
    future.obtrudeException(cause);
    assertEquals(List.of("cancel and stop"), owner.asked);
    assertTrue(future.isCalledOff());
    assertSame(cause, assertThrows(CompletionException.class, future::join).getCause());
  }

  // Its run

  @Test
  void whetherItsWorkerHasEndedItsRunIsKnown() {
    assertFalse(future.hasEndedRun());
    assertTrue(future.start(SLOT));
    assertFalse(future.hasEndedRun());
    assertFalse(future.hasSucceeded());
    assertTrue(future.endRun(SLOT, JobState.SUCCEEDED));
    assertTrue(future.hasEndedRun());
    assertTrue(future.hasSucceeded());
    JobFuture<String, Integer> failed = new JobFuture<>(owner, "failed");
    assertTrue(failed.start(SLOT) && failed.endRun(SLOT, JobState.FAILED));
    assertTrue(failed.hasEndedRun());
    assertFalse(failed.hasSucceeded());
    JobFuture<String, Integer> cancelled = new JobFuture<>(owner, "cancelled");
    assertTrue(cancelled.start(SLOT) && cancelled.cancelRun(SLOT));
    assertFalse(cancelled.hasEndedRun(), "the worker may still run it");
  }

  @Test
  void onlyARunningJobCanBePutOffAndItIsDelayedUntilItIsDue() {
    assertFalse(future.delay(SLOT));
    assertFalse(future.isDelayed());
    assertTrue(future.isWaiting());
    assertTrue(future.start(SLOT));
    assertFalse(future.delay(SLOT - 1), "not its worker");
    assertTrue(future.delay(SLOT));
    assertTrue(future.isDelayed());
    assertTrue(future.makeDue());
    assertFalse(future.isDelayed());
    assertFalse(future.isForOneSlot(), "another slot's worker may try it");
  }

  @Test
  void aJobAloneIsItsOnlyPartAndKnowsItsPool() {
    assertEquals(List.of(future), future.parts());
    assertSame(owner, future.owner());
  }
}
