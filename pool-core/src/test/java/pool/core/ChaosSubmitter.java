package pool.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Goes through its steps in a round of {@link Chaos}, and does to its futures what is planned. */
final class ChaosSubmitter implements Runnable {

  private static final class Leave extends RuntimeException {
    private static final long serialVersionUID = 1;
  }

  private final Chaos round;
  private final WorkerPool<ChaosJob, Object> pool;
  private final List<ChaosPlan.Step> steps;
  private final Deque<ChaosJob> toBeActedOn = new ArrayDeque<>();
  private int submits;

  ChaosSubmitter(Chaos round, WorkerPool<ChaosJob, Object> pool, List<ChaosPlan.Step> steps) {
    this.round = round;
    this.pool = pool;
    this.steps = steps;
  }

  @Override
  public void run() {
    for (ChaosPlan.Step step : steps) {
      if (step.interrupted()) {
        round.counters.fault("submitter interrupted");
        Thread.currentThread().interrupt();
      }
      try {
        take(step);
      } catch (PoolInterruptedException e) {
        if (!step.interrupted()) {
          round.violation("a submitter that nobody interrupted: %s", ChaosStacks.of(e));
        } else if (!Thread.currentThread().isInterrupted()) {
          round.violation("a submitter lost its interrupt flag");
        }
      } catch (PoolClosedException | PoolBrokenException | JobFailedException | Leave e) {
        // some of them may have been accepted
      }
      boolean _ = Thread.interrupted();
    }
    while (!toBeActedOn.isEmpty()) {
      act(toBeActedOn.remove());
    }
  }

  private void take(ChaosPlan.Step step) {
    List<ChaosJob> jobs = step.jobs();
    switch (step.way()) {
      case SUBMIT -> jobs.forEach(job -> submit(job, () -> Optional.of(pool.submit(job))));
      case KEYED -> jobs.forEach(job -> submit(job, () -> Optional.of(pool.submit(job.key, job))));
      case TRY -> jobs.forEach(job -> submit(job, () -> pool.trySubmit(job)));
      case MAP -> map(jobs);
      case MAP_ALL -> mapAll(jobs);
      case STREAM -> {
        try (Stream<Object> results = pool.stream(offered(jobs))) {
          consume(step, results);
        }
      }
      case STREAM_UNORDERED -> {
        try (Stream<Outcome<ChaosJob, Object>> outcomes = pool.streamUnordered(offered(jobs))) {
          consume(step, outcomes);
        }
      }
      case AWAIT_IDLE -> {
        boolean _ = pool.awaitIdle(Duration.ofMillis(2));
      }
    }
  }

  // One by one

  private void submit(ChaosJob job, Chaos.Submit way) {
    submits++;
    CompletableFuture<Object> future = round.offer(job, way);
    if (future != null && job.owner != ChaosJob.Owner.NOTHING) {
      toBeActedOn.add(job);
    }
    for (int i = toBeActedOn.size(); i > 0; i--) {
      ChaosJob next = toBeActedOn.remove();
      if (submits % (next.ownerWaits + 1) == 0) {
        act(next);
      } else {
        toBeActedOn.add(next);
      }
    }
  }

  private void act(ChaosJob job) {
    CompletableFuture<Object> future = job.future;
    if (future == null) {
      return;
    }
    round.counters.fault("owner " + job.owner);
    switch (job.owner) {
      case NOTHING -> {}
      case CANCEL -> assertCancelled(job, future, future.cancel(false));
      case CANCEL_AND_STOP -> assertCancelled(job, future, future.cancel(true));
      case COMPLETE -> assertDone(job, future, future.complete(ChaosJob.BY_HAND));
      case COMPLETE_EXCEPTIONALLY ->
          assertDone(job, future, future.completeExceptionally(new ByHand()));
      case TIME_OUT -> {
        CompletableFuture<?> _ = future.orTimeout(job.ownerWaits * 300L, TimeUnit.MICROSECONDS);
      }
    }
  }

  /** What an owner fails a future with. */
  static final class ByHand extends Exception {
    private static final long serialVersionUID = 1;
  }

  private void assertCancelled(ChaosJob job, CompletableFuture<Object> future, boolean cancelled) {
    if (cancelled != future.isCancelled() || !future.isDone()) {
      round.violation("cancel returned %s for %s", cancelled, job);
    }
  }

  private void assertDone(ChaosJob job, CompletableFuture<Object> future, boolean completed) {
    if (completed && !future.isDone()) {
      round.violation("completed by hand, but not done: %s", job);
    }
  }

  // BulkCalls

  private void map(List<ChaosJob> jobs) {
    offers(jobs);
    List<Object> results = pool.map(jobs);
    if (results.size() != jobs.size()) {
      round.violation("map returned %d results for %d jobs", results.size(), jobs.size());
    }
    for (int i = 0; i < jobs.size(); i++) {
      succeeded(jobs.get(i), results.get(i));
    }
  }

  private void mapAll(List<ChaosJob> jobs) {
    offers(jobs);
    List<Outcome<ChaosJob, Object>> outcomes = pool.mapAll(jobs);
    if (outcomes.size() != jobs.size()) {
      round.violation("mapAll returned %d outcomes for %d jobs", outcomes.size(), jobs.size());
    }
    for (int i = 0; i < jobs.size(); i++) {
      if (outcomes.get(i).job() != jobs.get(i)) {
        round.violation("mapAll: outcome %s in the place of %s", outcomes.get(i), jobs.get(i));
      }
      settled(outcomes.get(i));
    }
  }

  private void offers(List<ChaosJob> jobs) {
    jobs.forEach(job -> job.offer = ChaosJob.Offer.PERHAPS_ACCEPTED);
  }

  private void succeeded(ChaosJob job, @Nullable Object result) {
    settled(new Outcome.Succeeded<>(job, result));
  }

  private void settled(Outcome<ChaosJob, Object> outcome) {
    ChaosJob job = outcome.job();
    if (job.fate != null) {
      round.violation("settled twice: %s", job);
    }
    job.settled(outcome);
    switch (outcome) {
      case Outcome.Succeeded(ChaosJob _, Object result) -> {
        if (!Objects.equals(result, job.result())) {
          round.violation("result %s for %s", result, job);
        }
      }
      case Outcome.Failed(ChaosJob _, Throwable cause) ->
          new ChaosChecks(round, pool, null).failure(job, cause);
      case Outcome.Cancelled<ChaosJob, Object> _, Outcome.NotStarted<ChaosJob, Object> _ -> {}
    }
  }

  // Streams

  private Stream<ChaosJob> offered(List<ChaosJob> jobs) {
    return jobs.stream().peek(job -> job.offer = ChaosJob.Offer.PERHAPS_ACCEPTED);
  }

  private void consume(ChaosPlan.Step step, Stream<?> stream) {
    Iterator<?> delivered = stream.iterator();
    int count = 0;
    while (count < step.leavesAfter() && delivered.hasNext()) {
      switch (delivered.next()) {
        case Outcome<?, ?> outcome -> settled(ofJob(outcome));
        case null -> succeeded(step.jobs().get(count), null);
        case Object result -> succeeded(step.jobs().get(count), result);
      }
      count++;
    }
    if (count < step.leavesAfter() && count < step.jobs().size()) {
      long undelivered = step.jobs().stream().filter(job -> job.fate == null).count();
      round.violation("a stream of %d jobs did not deliver %d", step.jobs().size(), undelivered);
    }
    if (step.leavesAfter() <= step.jobs().size() && step.leavesByThrowing()) {
      throw new Leave();
    }
  }

  @SuppressWarnings("unchecked") // it came out of streamUnordered
  private static Outcome<ChaosJob, Object> ofJob(Outcome<?, ?> outcome) {
    return (Outcome<ChaosJob, Object>) outcome;
  }
}
